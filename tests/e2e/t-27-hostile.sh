#!/bin/bash
# box: vgpu
# budget: 2000
# A kernel of our own, with two processors, makes every attack that we know on the host and on
# a guest in which i915 works, on Skylake. `t-27-hostile.sh bdw` does the same on Broadwell.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/hostile.sh"
hostile_guests
gpu=skl
[ "$E2E_BOX" ] || gpu=${1:-skl}
hostile_run "$gpu" one 1 7
