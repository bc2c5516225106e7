#!/bin/bash
# long
# budget: 4000
# As t-89-beside-i915, but the guests and dom0 hang each engine twice.
. "$(dirname "$0")/common.sh"
BESIDE_HANGS=8
BESIDE_DOM0_HANGS=8
# shellcheck source-path=SCRIPTDIR
. "$E2E/t-89-beside-i915.sh"
