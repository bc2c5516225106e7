#!/bin/bash
# box: life
# budget: 2000
# A vGPU is created and destroyed twenty times, and nothing of it is left on the
# host.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_run --gpu skl -- 30-cycles.sh 20 2
