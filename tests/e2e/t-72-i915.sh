#!/bin/bash
# parallel-safe
# budget: 2600
# Debian's unmodified i915 in a guest: it probes, works, recovers, sleeps, goes
# and comes back, on Skylake with bookworm's kernel. A second guest does not
# notice.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare bookworm
i915_guest one < /dev/null
i915_guest two < /dev/null
# shellcheck disable=SC2034	# common.sh uses it
E2E_TIMEOUT=1800
i915_guest_run skl full 150
