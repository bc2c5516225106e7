# shellcheck shell=bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions for the tests of kmod/i915 without Xen. Source this file after common.sh and
# native-i915.sh.

# beside_build SUITE: as beside_build_once, one process at a time, because tests that run at the
# same time share the folder.
beside_build() # SUITE
{
	mkdir -p "$B/e2e"
	(
		flock 9
		beside_build_once "$1" 9>&-
	) 9> "$B/e2e/.beside-lock"
}

# beside_build_once SUITE: proves that i915's private headers fit the kernel of the Debian
# release, and builds xengt-i915.ko and xengt-i915-test.ko for it, outside of the tree.
# Prints the folder of the modules.
beside_build_once() # SUITE
{
	local headers i915 out key src
	out=$(realpath -m "$B")/e2e/beside-$1${FAULT:+-$FAULT}
	src=$out/src
	headers=$("$E2E/kmod/headers-for" "$1") || return
	i915=$("$E2E/kmod/i915-headers-for" "$1") || return
	key=$({ echo "$headers $i915"; find "$TOP/kmod" "$TOP/include" "$TOP/src/boundary" \
		"$TOP/src/hw" "$E2E/kmod/beside_test.c" -name '*.[ch]' -o -name 'Kbuild*' |
		grep -vE '/(bnd|hw|kmod)_[a-z_]*\.c$' | LC_ALL=C sort | xargs sha256sum; } | sha256sum)
	if [ "$key" != "$(cat "$out/.key" 2>/dev/null)" ]; then
		rm -rf "$out"
		mkdir -p "$src/src" "$src/tests/e2e/kmod"
		cp -r "$TOP/kmod" "$TOP/include" "$src/"
		cp -r "$TOP/src/boundary" "$TOP/src/hw" "$src/src/"
		cp "$E2E/kmod/beside_test.c" "$src/tests/e2e/kmod/"
		rm -rf "$src/kmod/i915/headers"
		find "$src" \( -name '*.o' -o -name '*.cmd' -o -name '*.ko' \) -delete
		"$TOP/kmod/i915/headers-fit" "$headers" "$i915" >"$out/proof" || {
			cat "$out/proof" >&2
			return 1
		}
		make -s -C "$headers" "M=$src/kmod/i915" \
			"I915=$i915/drivers/gpu/drm/i915" TESTS=y \
			${FAULT:+"KCFLAGS=-DXENGT_FAULT_$FAULT"} modules >&2 || return
		cp "$src"/kmod/i915/*.ko "$out/"
		echo "$key" >"$out/.key"
	fi
	echo "$out"
}

# beside_native GPU SUITE COMMAND: i915 drives the simulated GPU. The GGTT is small, because the
# module clears half of its entries, and QEMU passes each write of an entry to the simulator.
# The test module is /root/beside.ko. Prints the machine's output.
beside_native() # GPU SUITE COMMAND
{
	local modules
	modules=$(beside_build "$2") || return 125
	"$E2E/native" --gpu "$1" --kernel-suite "$2" --timeout 900 \
		--logs "$B/log/beside-$1-$2${FAULT:+-$FAULT}" \
		--kernel-arg i915.enable_gvt=1 --gpusim-arg --gtt-mib --gpusim-arg 2 \
		--program "$B/e2e/drmtest" \
		--file "$modules/xengt-i915-test.ko:/root/beside.ko" \
		--command "$3"
}
