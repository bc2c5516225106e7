#!/bin/bash
# long
# budget: 1500
# Kaby Lake natively, as t-80-native and t-81-drm have the others: Debian's i915 probes
# it and has nothing to complain of, and random batches have the results that they must.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_probes kbl bookworm
native_computes kbl bookworm "--count 1000"
native_end
