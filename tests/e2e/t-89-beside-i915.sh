#!/bin/bash
# budget: 3000
# Guests with Debian's unmodified i915 beside dom0's own unmodified i915 on real Xen: the three
# drivers run random batches on one GPU at the same time, and a program shows pictures on dom0's
# screen; then each guest hangs engines, and dom0 hangs one. BESIDE_GPU, BESIDE_GUESTS, BESIDE_BATCHES,
# BESIDE_HANGS (of each guest; 8 hang each engine in two ways) and BESIDE_DOM0_HANGS in the environment
# change the GPU, the guests and the numbers.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/i915-guest.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
guests=${BESIDE_GUESTS:-one two}
i915_guest_prepare bookworm
for name in $guests; do
	e2e_guest "$name" <<-END
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 4
	END
done
modules=$(beside_build bookworm) || {
	echo "not ok 1 - the module"
	exit 1
}
# shellcheck disable=SC2086	# words
beside_run --gpu "${BESIDE_GPU:-skl}" --put "$modules/xengt-i915.ko:/root/t/xengt-i915.ko" \
	--put "$B/e2e/drmtest:/root/t/drmtest" \
	--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- \
	89-beside-i915.sh "${BESIDE_HANGS:-5}" "${BESIDE_DOM0_HANGS:-1}" "${BESIDE_BATCHES:-200}" \
	100 1000 "$E2E_GUEST_SUITE" $guests
