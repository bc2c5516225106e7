# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Reads a kernel's log for messages of i915. To be sourced on the host, in dom0 and in guests.

# Reads a raw log ("<level>" before each line) from standard input. Prints the lines of
# level warning or worse from i915 or drm, and the line of i915 that it has given up on a
# GPU, whose level is lower.
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
