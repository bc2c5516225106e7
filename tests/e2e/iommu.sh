# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Runs tests on a machine with an IOMMU. Source this file after common.sh.
. "$E2E/i915-guest.sh"
. "$E2E/fault.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"

# Builds everything, and makes two guests. Guest two has its aperture on demand.
iommu_prepare()
{
	local guest
	i915_guest_prepare bookworm
	kmod_files
	e2e_fault
	for guest in one two; do
		i915_guest $guest <<-END
		vgt_low_gm_sz = 32
		vgt_high_gm_sz = 96
		vgt_fence_sz = 2
		vgt_aperture = "$([ $guest = two ] && echo lazy || echo upfront)"
		END
	done
}

# Runs in-dom0/24-iommu.sh with the first argument as the way that xengt must take.
iommu_run() # pvh|pv|strict XENBOX-ARG...
{
	e2e_run --gpu skl --iommu --kernel-arg iomem=relaxed "${@:2}" "${E2E_FAULT[@]}" \
		--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" \
		--put "$KMOD/put/kmod-test:/root/t/kmod-test" -- \
		24-iommu.sh "$1"
}
