#!/bin/bash
# budget: 2000
# Debian's unmodified i915 runs random batches with known results, recovers from hangs, and
# from a reset of the whole GPU. Skylake gets 10,000 batches; Broadwell, and Skylake with
# kernel 6.12, get fewer batches.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_computes skl bookworm "--count 10000"
native_computes bdw bookworm "--count 1000"
native_computes skl trixie "--count 1000 --no-hang"
native_end
