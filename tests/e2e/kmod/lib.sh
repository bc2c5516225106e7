# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The host's side of the tests here: builds what goes into dom0 and boots it.
# With FAULT=NO_ZAP, NO_FLUSH or RELEASE_FIRST the module has that fault. SUITE picks
# dom0's release; LOGS keeps the logs there.
set -eu
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
TOP=$(cd "$HERE/../../.." && pwd)
B=${B:-$TOP/build}
SUITE=${SUITE:-bookworm}

# build_modules DIR: xengt.ko and the judge for dom0's kernel, built outside of
# the tree
build_modules()
{
	local src=$work/src headers
	headers=$("$HERE/headers-for" "$SUITE")
	mkdir -p "$src/src"
	cp -r "$TOP/kmod" "$TOP/include" "$TOP/tests/e2e/judge" "$src/"
	cp -r "$TOP/src/boundary" "$src/src/"
	find "$src" \( -name '*.o' -o -name '*.cmd' -o -name '*.ko' \) -delete
	quietly make -s -C "$headers" "M=$src/kmod" \
		${FAULT:+"KCFLAGS=-DXENGT_FAULT_$FAULT"} modules
	quietly make -s -C "$headers" "M=$src/judge" \
		"KCFLAGS=-I$src/include" modules
	cp "$src/kmod/xengt.ko" "$src/judge/xengt_judge.ko" "$1/"
}

quietly()
{
	"$@" >"$work/log" 2>&1 && return
	sed 's/^/# /' "$work/log"
	echo "not ok 1 - $1"
	exit 1
}

# run_in_dom0 SCRIPT [XENBOX-ARG...]: with guests a and b, which need a kernel
# but are never run
run_in_dom0()
{
	local script=$1 guest
	shift
	work=$(mktemp -d)
	trap 'rm -rf "$work"' EXIT
	mkdir "$work/put"
	build_modules "$work/put"
	gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE \
		-I"$TOP/include" -o "$work/put/kmod-test" \
		"$HERE/kmod-test.c"
	# domctls: for the Xen whose headers are here, that is Debian 12's
	[ "$SUITE" != bookworm ] ||
		gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE \
			-I"$TOP/include" -o "$work/put/reuse-test" \
			"$HERE/reuse-test.c" -lxenctrl
	cp "$HERE"/*-in-dom0.sh "$HERE/dom0-lib.sh" \
		"$HERE/../in-dom0/tap.sh" "$work/put/"
	quietly make -s -C "$TOP" "B=$B" "$B/bin/xengt-gpusim"
	quietly "$HERE/../build-guest" --out "$work/guest"
	cat >"$work/cfg" <<-'END'
	name = "@NAME@"
	type = "hvm"
	memory = 64
	vcpus = 1
	kernel = "@KERNEL@"
	ramdisk = "@INITRD@"
	vga = "none"
	nographic = 1
	END
	guest="kernel=$work/guest/kernel,initrd=$work/guest/initrd,cfg=$work/cfg"
	"$HERE/../xenbox" --gpu "${GPU:-skl}" --no-deb --dom0-suite "$SUITE" \
		--gpusim-arg --gtt-mib --gpusim-arg 2 \
		--timeout "${E2E_TIMEOUT:-850}" ${LOGS:+--logs "$LOGS"} \
		--kernel-arg iomem=relaxed --put "$work/put:/root/kmod" \
		--guest "a:$guest" --guest "b:$guest" "$@" \
		-- sh "/root/kmod/$script"
}
