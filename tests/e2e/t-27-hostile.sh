#!/bin/bash
# box: vgpu
# budget: 2000
# A kernel of our own, with two processors, attacks the host and a guest with i915 at work
# in every way that we know, on Skylake. `t-27-hostile.sh bdw` does the same on Broadwell.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/hostile.sh"
hostile_guests
gpu=skl
[ "$E2E_BOX" ] || gpu=${1:-skl}
hostile_run "$gpu" one 1 7
