#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# /dev/xengt as its worst user sees it: every input that must be refused, every
# kind of frame, and the life of a vGPU, on real Xen.
# shellcheck source-path=SCRIPTDIR
. "$(dirname "$0")/lib.sh"
run_in_dom0 abi-in-dom0.sh
