#!/bin/bash
# box: vgpu
# budget: 900
# Four small guests run at the same time, each with 8 MB of graphics memory that the CPU
# sees, 48 MB that it does not see, and 2 fence registers.
. "$(dirname "$0")/common.sh"
e2e_prepare
for i in 1 2 3 4; do
	e2e_guest g$i <<-END
	vgt = 1
	vgt_low_gm_sz = 8
	vgt_high_gm_sz = 48
	vgt_fence_sz = 2
	END
done
e2e_run --gpu skl --dom0-mem 1536 -- 22-many-guests.sh 4
