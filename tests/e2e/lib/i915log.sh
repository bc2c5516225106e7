# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Reads a kernel's log for messages of i915. To be sourced on the host, in dom0 and in guests.

# From a raw log ("<level>" before each line) on standard input, prints the lines of
# level warning or worse from i915 or drm, and i915's line that it has given up on a GPU,
# which has a lower level.
i915_complaints()
{
	grep -E '^<[0-4]>.*(i915|\[drm|drm:|WARNING:)|add_taint_for_CI|wedged' ||
		true
}

# Prints the path that tells the kernel of a Debian release that the display's
# microcontroller has no firmware: empty for bookworm, /dev/null for later releases.
i915_no_dmc() # SUITE
{
	[ "$1" = bookworm ] || echo /dev/null
}
