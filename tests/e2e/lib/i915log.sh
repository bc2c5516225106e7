# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# What a kernel's log says of i915. For the host, dom0 and guests; source it.

# From a raw log ("<level>" before each line) on standard input: lines of level
# warning or worse that come from i915 or drm, and its word for a GPU that it
# has given up on, which is no warning by itself.
i915_complaints()
{
	grep -E '^<[0-4]>.*(i915|\[drm|drm:|WARNING:)|add_taint_for_CI|wedged' ||
		true
}

# How to say "no firmware for the display's microcontroller" to the kernel of a
# Debian release: bookworm's takes an empty path, later releases take this one.
i915_no_dmc() # SUITE
{
	[ "$1" = bookworm ] || echo /dev/null
}
