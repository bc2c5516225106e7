#!/bin/bash
# box: i915
# budget: 1800
# Debian's unmodified i915 in a guest, on Skylake with bookworm's kernel: i915 probes,
# works, recovers from hangs, sleeps, is unloaded and loaded again. A second guest works
# undisturbed. Only in this test the kernel's console is on the guest's display. A
# console on this display is slow, because the driver draws the console through the
# aperture, dword by dword, and QEMU passes each dword to the simulator.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare bookworm
# The guests are small, because both have to fit into 1 GiB. The aperture of guest one,
# through which the console is drawn, is mapped on demand; the aperture of guest two, and of the
# guests of other tests, is mapped at once.
for name in one two; do
	aperture=lazy
	[ $name = one ] || aperture=upfront
	i915_guest $name <<-END
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	vgt_aperture = "$aperture"
	END
done
i915_guest_run skl full 150 console
