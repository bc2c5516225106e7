#!/bin/bash
# box: kmod
# budget: 900
# Random calls of /dev/xengt by several threads, well-formed and ill-formed, while others close
# the fds and change the guests' contexts.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
kmod_guests
kmod_run -- 63-kmod-fuzz.sh 10000 7
