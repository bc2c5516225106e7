#!/bin/bash
# long
# budget: 6000
# As t-27-hostile, beside dom0's own i915: a kernel of our own attacks the host and a guest in which
# i915 works, while dom0's program uses the GPU all the time, and all its results must be right.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/hostile.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
hostile_guests
modules=$(beside_build bookworm) || {
	echo "not ok 1 - the module"
	exit 1
}
# shellcheck disable=SC2034	# used by hostile_run
HOSTILE_HOW=beside
hostile_run "${1:-skl}" one 1 7 --put "$modules/xengt-i915.ko:/root/t/xengt-i915.ko" \
	--put "$B/e2e/drmtest:/root/t/drmtest"
