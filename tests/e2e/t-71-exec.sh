#!/bin/bash
# box: vgpu
# budget: 2000
# Work on a vGPU without a driver: every engine, page tables of every shape, as
# the judge sees it.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_run --gpu skl -- 71-exec.sh
