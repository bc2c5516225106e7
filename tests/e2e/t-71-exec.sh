#!/bin/bash
# box: vgpu
# budget: 2000
# A program submits work to a vGPU without a driver, on every engine and with page
# tables of every shape, while the judge watches.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_run --gpu skl -- 71-exec.sh
