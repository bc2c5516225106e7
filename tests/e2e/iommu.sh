# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Runs tests on a machine with an IOMMU. Source this file after common.sh.
. "$E2E/i915-guest.sh"
. "$E2E/fault.sh"

# Runs in-dom0/24-iommu.sh with the first argument as the way that xengt must
# take. Guest two has its aperture on demand.
iommu_run() # pvh|pv|strict XENBOX-ARG...
{
	local way=$1 guest
	shift
	i915_guest_prepare bookworm
	e2e_fault
	for guest in one two; do
		i915_guest $guest <<-END
		vgt_low_gm_sz = 32
		vgt_high_gm_sz = 96
		vgt_fence_sz = 2
		vgt_aperture = "$([ $guest = two ] && echo lazy || echo upfront)"
		END
	done
	e2e_run --gpu skl --iommu "$@" "${E2E_FAULT[@]}" --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
		24-iommu.sh "$way"
}
