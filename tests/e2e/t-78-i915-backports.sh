#!/bin/bash
# long
# box: i915
# budget: 1800
# Debian's unmodified i915 in a guest, on Skylake with the newest kernel of trixie's
# backports. The test is t-72's, without the console.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare trixie-backports
for name in one two; do
	i915_guest $name <<-END
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	END
done
i915_guest_run skl full 150
