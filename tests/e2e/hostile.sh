# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A hostile guest beside a guest with i915, for the system tests. Source this file after
# common.sh.
. "$E2E/i915-guest.sh"

# If the environment has FAULT, builds the module for dom0's kernel with this fault
# (tests/faults).
HOSTILE_FAULT=()
hostile_fault()
{
	[ "${FAULT:-}" ] || return 0
	# shellcheck source-path=SCRIPTDIR
	. "$E2E/kmod/lib.sh"
	e2e_step "the module with a fault" kmod_module
	HOSTILE_FAULT=(--put "$KMOD/put/xengt.ko:/root/t/faulty.ko")
}

# Makes two guests: `evil`, which runs our own kernel (tests/e2e/hostile), and `victim`, which
# runs Debian's i915.
hostile_guests()
{
	i915_guest_prepare bookworm
	e2e_step "the hostile kernel" make -C "$TOP" -s "B=$B" "$B/e2e/hostile/kernel"
	hostile_fault
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
	memory = 64
	vcpus = 2
	END
}

# Runs in-dom0/27-hostile.sh. ENGINES: one or every; RACES: number of races; SEED: seed of the
# first race.
hostile_run() # GPU ENGINES RACES SEED
{
	e2e_run --gpu "$1" "${HOSTILE_FAULT[@]}" --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
		27-hostile.sh "$2" "$3" "$4"
}
