#!/bin/bash
# box: bdw
# budget: 2000
# Debian's unmodified i915 in a guest: Broadwell, bookworm's kernel, 4 vCPUs.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare bookworm
i915_guest one <<END
vcpus = 4
END
i915_guest_run bdw probe 100
