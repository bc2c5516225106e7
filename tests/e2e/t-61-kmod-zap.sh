#!/bin/bash
# box: kmod
# budget: 600
# The judge checks that the module zaps before it releases frames, when a worker is killed,
# when a vGPU is closed, when a domain is destroyed, and when a guest gives frames away.
# With FAULT=NO_ZAP, NO_FLUSH or RELEASE_FIRST in the environment the module is built with
# that fault, and the test must fail.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
kmod_guests
kmod_run -- 61-kmod-zap.sh
