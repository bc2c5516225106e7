#!/bin/bash
# long
# budget: 2000
# Debian's unmodified i915 in a guest: Kaby Lake, bookworm's kernel. The module binds this
# GPU only if a parameter says that it is a simulated GPU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare bookworm
i915_guest one < /dev/null
E2E_ARGS+=(--kernel-arg xengt.simulator=1)
i915_guest_run kbl probe 100
