#!/bin/bash
# box: display
# budget: 2000
# A viewer in another domain on real Xen: xengt-view in a second guest gets the pictures of
# a guest with Debian's i915. The pictures must be right in every pixel, and a still screen
# must cost no copy and no event. VIEW_KEEPER (t-70-view-kept): this program is in the second guest,
# instead of pngcmp.
. "$(dirname "$0")/common.sh"
# shellcheck disable=SC2034	# common.sh uses these variables
E2E_GUEST_ARGS=(--extra-modules "xen-gntdev,xen-evtchn,i915" --program "$B/e2e/kmstest"
	--program "$B/bin/xengt-view" --program "$B/e2e/${VIEW_KEEPER:-pngcmp}")
# shellcheck disable=SC2034
E2E_GUEST_IMAGE=$B/e2e/guest-view${VIEW_KEEPER:+-kept}
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 4
END
e2e_guest eyes < /dev/null
e2e_run --gpu skl --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	79-view.sh 23 dp-linear dp-75 ${VIEW_KEEPER:+keeps}
