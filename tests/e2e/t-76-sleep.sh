#!/bin/bash
# box: display
# budget: 900
# Debian's unmodified i915 in a guest without Xen's drivers (xen_nopv). The guest
# suspends to idle and resumes. MSIs reach this guest through the APIC, so an MSI
# can wake the guest; an event channel could not.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
seconds=10
i915_guest_prepare bookworm
# shellcheck disable=SC2034	# common.sh uses it
E2E_GUEST_CMDLINE="console=ttyS0 xen_nopv guestcmd=i915-sleep%20$seconds"
i915_guest one <<END
serial = "file:/var/log/xen/console/guest-one.log"
END
e2e_run --gpu skl --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	76-sleep.sh "$seconds"
