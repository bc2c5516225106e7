# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs system tests in a dom0 whose Linux checks itself and the module (build-kasan). Source
# this file after common.sh.
#
# dom0 is a PVH domain: as a PV domain, a Linux 6.1 with KASAN ends in xen_start_kernel(), before
# the memory that KASAN needs is mapped.
KMOD_KIND=kasan
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"

# The checks make dom0's kernel several times as slow.
# shellcheck disable=SC2034	# for common.sh
E2E_SLOWER=4
# shellcheck disable=SC2034	# for common.sh
E2E_BOX=kasan		# tests are noted until kasan_boot

# Builds the kernel, and the module and the judge for this kernel. Sets KASAN to a folder for
# `xenbox --kernel`.
kasan_prepare()
{
	local kernel
	mkdir -p "$B/e2e"
	e2e_step "packages of the kernel's build" "$TOP/scripts/deps.sh" kasan
	kernel=$("$E2E/build-kasan") || {
		echo "not ok 1 - the kernel with KASAN"
		exit 1
	}
	KMOD_HEADERS=$kernel/build
	KASAN=$(realpath -m "$B")/e2e/kasan${FAULT:+-$FAULT}
	exec 9> "$B/e2e/.lock"
	flock 9
	e2e_step "the module" kmod_module
	e2e_step "the module is compiled for KASAN" kasan_compiled
	kmod_judge
	e2e_step "the modules of dom0" kasan_tree "$kernel"
	exec 9>&-
}

# Each file of the module and of the boundary that does more than hold a table is compiled for
# KASAN.
kasan_compiled()
{
	local object bad=0
	for object in "$KMOD"/src/kmod/{bnd,xengt}_*.o; do
		case ${object##*/} in
		bnd_abi.o | bnd_audit_mi.o | bnd_audit_render.o | bnd_audit_video.o | \
		xengt_vgpu_ops.o) continue ;;
		esac
		nm "$object" | grep -q __asan_report || {
			echo "$object is not compiled for KASAN"
			bad=1
		}
	done
	return $bad
}

# The kernel's modules, and xengt.ko among them, as dkms would install it.
kasan_tree() # KERNEL
{
	local version
	version=$(basename "$1"/lib/modules/*)
	rm -rf "${KASAN:?}/lib"
	mkdir -p "$KASAN/lib/modules"
	cp -r "$1/lib/modules/$version" "$KASAN/lib/modules/" || return
	mkdir "$KASAN/lib/modules/$version/updates"
	cp "$KMOD/put/xengt.ko" "$KASAN/lib/modules/$version/updates/" || return
	PATH=$PATH:/usr/sbin:/sbin depmod -b "$KASAN" "$version" || return
	ln -sfn "$1/vmlinux" "$KASAN/vmlinux"
}

# Notes a system test, FILE, that other machines run, too. Its name in this machine is kasan-NAME.
kasan_test() # FILE
{
	local main=$E2E_FILE
	e2e_begin "$E2E/$1"
	E2E_NAME=kasan-$E2E_NAME
	# shellcheck disable=SC1090	# shell_lint of tests/run checks the test
	. "$E2E/$1"
	e2e_begin "$main"
}

# Boots the machine and runs the noted tests.
kasan_boot() # [XENBOX-ARG...]
{
	E2E_ARGS+=(--kernel "$KASAN" --iommu --xen-arg dom0=pvh --dom0-mem 1536
		--put "$KMOD/put/xengt_judge.ko:/root/t/xengt_judge.ko" "$@")
	e2e_boot "${E2E_NAME#t-}${FAULT:+-$FAULT}"
}
