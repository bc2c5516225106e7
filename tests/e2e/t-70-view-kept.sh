#!/bin/bash
# long
# budget: 3000
# A viewer in another domain that never unmaps the pages that dom0 grants: broker, sharer and guest
# are killed while the viewer has pages mapped.
. "$(dirname "$0")/common.sh"
# shellcheck disable=SC2034	# common.sh uses these variables
E2E_GUEST_ARGS=(--extra-modules "xen-gntdev,xen-evtchn,i915" --program "$B/e2e/kmstest"
	--program "$B/bin/xengt-view" --program "$B/e2e/keepview")
# shellcheck disable=SC2034
E2E_GUEST_IMAGE=$B/e2e/guest-view-kept
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 4
END
e2e_guest eyes < /dev/null
e2e_run --gpu skl --put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	79-view.sh 23 dp-linear dp-75 keeps
