#!/bin/bash
# box: life
# budget: 2000
# After SIGKILL of a worker and of xengtd the guest continues to run, and nothing
# of the killed processes is left on the host.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
vcpus = 2
END
e2e_run --gpu skl -- 40-crash.sh
