#!/bin/bash
# long
# budget: 4000
# As t-89-beside-i915; then the guests' and dom0's programs hang each engine.
. "$(dirname "$0")/common.sh"
BESIDE_SCOPE=full
# shellcheck source-path=SCRIPTDIR
. "$E2E/t-89-beside-i915.sh"
