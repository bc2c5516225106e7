#!/bin/bash
# long
# budget: 3000
# `xengt-ctl bind --beside` in a real dom0: what it refuses, which backend runs, sleep, i915 that
# leaves the GPU of a guest and comes back, and the way back to xengt.ko. BESIDE_DOM0=pvh in the
# environment: a PVH dom0 with an IOMMU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
way=${BESIDE_DOM0:-pv}
e2e_prepare
e2e_guest one <<-END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
modules=$(beside_build bookworm) || {
	echo "not ok 1 - the module"
	exit 1
}
machine=()
[ "$way" = pv ] || machine=(--iommu --xen-arg dom0=pvh)
e2e_run --gpu skl "${machine[@]}" \
	--put "$modules/xengt-i915.ko:/root/t/xengt-i915.ko" \
	--put "$B/e2e/drmtest:/root/t/drmtest" \
	--put "$E2E/lib/i915log.sh:/root/t/i915log.sh" -- 93-beside-dom0.sh "$way"
