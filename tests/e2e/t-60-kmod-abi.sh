#!/bin/bash
# box: kmod
# budget: 600
# Attacks /dev/xengt on real Xen: every input that must be refused, every kind of
# frame, and the life of a vGPU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
kmod_guests
kmod_run -- 60-kmod-abi.sh
