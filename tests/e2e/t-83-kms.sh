#!/bin/bash
# budget: 1200
# The display, as Debian's i915 drives it: kmstest draws known pictures with KMS
# ioctls, and what the simulated pipe scans out must be the same in every pixel. The
# test also tries fences, frame rates and hotplug.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kms/lib.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all "$B/e2e/kmstest" "$B/e2e/pngcmp"
kms_run skl 11 dp-linear dp-xtiled dp-ytiled dp-sprite dp-75 hdmi-linear
kms_run bdw 23 dp-linear dp-xtiled dp-sprite dp-75 hdmi-linear
kms_end
