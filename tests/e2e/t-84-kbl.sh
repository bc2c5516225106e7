#!/bin/bash
# long
# budget: 1500
# The tests of t-80-native and t-81-drm on Kaby Lake: Debian's i915 probes without a
# warning or error, and random batches give the right results.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_probes kbl bookworm
native_computes kbl bookworm "--count 1000"
native_end
