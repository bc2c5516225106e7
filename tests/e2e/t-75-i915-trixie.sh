#!/bin/bash
# box: display
# budget: 2000
# Debian's unmodified i915 in a guest: Skylake, trixie's kernel (6.12), BAR2 above 4 GiB,
# and a kernel that uses no MSI.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
i915_guest_prepare trixie
# shellcheck disable=SC2034	# common.sh uses it
E2E_GUEST_CMDLINE=pci=nomsi
i915_guest one <<END
mmio_hole = 256
END
i915_guest_run skl probe 100 none intx high
