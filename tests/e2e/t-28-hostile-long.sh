#!/bin/bash
# long
# budget: 9000
# t-27-hostile on Broadwell, each attack on every engine that has it, and many races, with a
# seed made from the head commit's id.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/hostile.sh"
hostile_guests
hostile_run bdw every 30 "$((0x$(git -C "$TOP" rev-parse --short=7 HEAD)))"
