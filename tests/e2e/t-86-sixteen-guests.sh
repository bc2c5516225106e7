#!/bin/bash
# long
# budget: 6000
# An aperture of 256 MiB and 32 fence registers have room for 16 guests. The test
# creates 16 guests; a seventeenth guest is refused. dom0 has enough memory for
# everything that the guests were promised.
. "$(dirname "$0")/common.sh"
e2e_prepare
for name in g{1..16} more; do
	e2e_guest "$name" <<-END
	vgt = 1
	vgt_low_gm_sz = 8
	vgt_high_gm_sz = 48
	vgt_fence_sz = 2
	END
done
e2e_run --gpu skl --gtt-mib 8 --mem 10240 --dom0-mem 4608 -- 22-many-guests.sh 16
