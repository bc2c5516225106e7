#!/bin/bash
# budget: 2000
# Random batches with known results through Debian's unmodified i915, hangs it
# has to recover from, and a reset of the whole GPU: 10,000 batches on Skylake,
# fewer where it is only the other GPU or kernel that counts.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_computes skl bookworm "--count 10000"
native_computes bdw bookworm "--count 1000"
native_computes skl trixie "--count 1000 --no-hang"
native_end
