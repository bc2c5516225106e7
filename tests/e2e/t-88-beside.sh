#!/bin/bash
# long
# budget: 3000
# Guests beside dom0's own i915 on real Xen: dom0's unmodified i915 drives the GPU, and two
# guests without a driver work (gpuexec) while a program of dom0 runs random batches. The
# guests work one after the other, and then at the same time.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
e2e_prepare
for name in one two; do
	e2e_guest $name <<-END
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 48
	END
done
modules=$(beside_build bookworm) || {
	echo "not ok 1 - the module"
	exit 1
}
e2e_run --gpu "${BESIDE_GPU:-skl}" --put "$modules/xengt-i915.ko:/root/t/xengt-i915.ko" \
	--put "$B/e2e/drmtest:/root/t/drmtest" \
	--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- 88-beside.sh 300
