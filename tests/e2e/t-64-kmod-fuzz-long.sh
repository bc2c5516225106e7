#!/bin/bash
# long
# budget: 9000
# t-63-kmod-fuzz with many more calls, and with a seed made from the head commit's id.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
kmod_guests
kmod_run -- 63-kmod-fuzz.sh 200000 "$((0x$(git -C "$TOP" rev-parse --short=7 HEAD)))"
