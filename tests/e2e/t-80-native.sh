#!/bin/bash
# budget: 2000
# An independent test of the simulator: Debian's unmodified i915 drives the
# simulator without a warning or error. There is neither Xen nor any program of
# xengt in the machine. The kernel's console is on the display.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_probes skl bookworm
native_probes bdw bookworm
native_probes skl trixie
native_end
