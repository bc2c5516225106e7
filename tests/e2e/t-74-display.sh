#!/bin/bash
# box: display
# budget: 2000
# A guest's display on real Xen: Debian's i915 shows known pictures through KMS,
# and the screenshots of xengt-ctl must be right in every pixel. Then the guest gets
# another monitor.
. "$(dirname "$0")/common.sh"
# shellcheck disable=SC2034	# common.sh uses both
E2E_GUEST_ARGS=(--extra-modules i915 --program "$B/e2e/kmstest")
# shellcheck disable=SC2034
E2E_GUEST_IMAGE=$B/e2e/guest-display
e2e_prepare
e2e_step "comparing pictures" make -C "$TOP" -s "B=$B" "$B/e2e/pngcmp"
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 4
END
e2e_run --gpu skl --put "$B/e2e/kmstest:/root/t/kmstest" \
	--put "$B/e2e/pngcmp:/root/t/pngcmp" \
	--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	74-display.sh 17 dp-linear dp-xtiled dp-ytiled dp-16bit dp-75 card
