# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Searches a kernel's log for messages of i915. The host, dom0 and guests source this file.

# Reads a raw log ("<level>" before each line) from standard input. Prints the lines from i915
# or drm of level warning or worse. Also prints i915's line that the driver no longer uses a
# GPU, although its level is lower.
i915_complaints()
{
	grep -E '^<[0-4]>.*(i915|\[drm|drm:|WARNING:)|add_taint_for_CI|wedged' ||
		true
}

# Prints the value of i915.dmc_firmware_path with which this Debian release's kernel loads
# no firmware for the display's microcontroller: empty for bookworm, /dev/null for later
# releases.
i915_no_dmc() # SUITE
{
	[ "$1" = bookworm ] || echo /dev/null
}
