#!/bin/bash
# long
# budget: 1500
# The tests of t-80-native and t-81-drm with the newest kernel of trixie's backports on
# Skylake: Debian's i915 probes without a warning or error, and random batches give the
# right results, also after a reset of the whole GPU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_probes skl trixie-backports
native_computes skl trixie-backports "--count 1000 --no-hang"
native_end
