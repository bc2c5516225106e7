#!/bin/bash
# budget: 1200
# Tests the display, driven by Debian's i915. kmstest draws known pictures with KMS
# ioctls; every pixel that the simulated pipe scans out must be right. Also tests
# fences, frame rates and hotplug.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kms/lib.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all "$B/e2e/kmstest" "$B/e2e/pngcmp"
kms_run skl 11 dp-linear dp-xtiled dp-ytiled dp-sprite dp-75 hdmi-linear
kms_run bdw 23 dp-linear dp-xtiled dp-sprite dp-75 hdmi-linear
kms_end
