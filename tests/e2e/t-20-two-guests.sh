#!/bin/bash
# box: vgpu
# budget: 2000
# One guest attacks another guest, which checks its memory while the judge watches.
. "$(dirname "$0")/common.sh"
e2e_prepare
for g in victim evil; do
	e2e_guest $g <<-END
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 48
	END
done
e2e_run --gpu skl -- 20-two-guests.sh
