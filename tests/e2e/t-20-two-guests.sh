#!/bin/bash
# box: vgpu
# budget: 2000
# One guest attacks another guest. The other guest checks its own memory, and the
# judge checks all accesses.
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
