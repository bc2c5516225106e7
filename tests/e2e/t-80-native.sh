#!/bin/bash
# budget: 2000
# The judge of the simulator that nobody here wrote: Debian's unmodified i915
# drives it, without Xen or anything of ours, and has nothing to complain of. The
# kernel's console is on its display.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
native_prepare
native_probes skl bookworm
native_probes bdw bookworm
native_probes skl trixie
native_end
