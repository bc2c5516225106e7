# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A hostile guest beside a guest with i915, for the system tests. Source this file after
# common.sh.
. "$E2E/i915-guest.sh"
. "$E2E/fault.sh"

# Makes two guests: `evil`, which runs our own kernel (tests/e2e/hostile), and `victim`, which
# runs Debian's i915.
hostile_guests()
{
	i915_guest_prepare bookworm
	e2e_step "the hostile kernel" make -C "$TOP" -s "B=$B" "$B/e2e/hostile/kernel"
	e2e_fault
	i915_guest victim <<-END
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	END
	E2E_GUEST_IMAGE=$B/e2e/hostile
	e2e_guest evil <<-END
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	vgt_fence_sz = 4
	vgt_aperture = "lazy"
	memory = 64
	vcpus = 2
	END
}

# Runs in-dom0/27-hostile.sh. ENGINES: one or every; RACES: number of races; SEED: seed of the
# first race. In a machine with --iommu the IOMMU must refuse no access of the GPU.
# HOSTILE_HOW=beside: dom0's i915 drives the GPU. HOSTILE_HOW=slow: dom0 is too slow for a comparison
# of the guests' times.
hostile_run() # GPU ENGINES RACES SEED [XENBOX-ARG...]
{
	e2e_run --gpu "$1" "${@:5}" "${E2E_FAULT[@]}" --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
		27-hostile.sh "$2" "$3" "$4" "$1" "${HOSTILE_HOW:-}"
}
