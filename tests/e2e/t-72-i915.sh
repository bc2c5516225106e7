#!/bin/bash
# box: i915
# budget: 1800
# Debian's unmodified i915 in a guest: it probes, works, recovers, sleeps, goes
# and comes back, on Skylake with bookworm's kernel. A second guest does not
# notice. The kernel's console is on its display, in this test alone: it is drawn through
# the aperture, dword by dword, each an exchange of QEMU with the simulator.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare bookworm
# small ones: both have to fit into 1 GiB
for name in one two; do
	i915_guest $name <<-END
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	END
done
i915_guest_run skl full 150 console
