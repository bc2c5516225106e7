#!/bin/bash
# parallel-safe
# budget: 2000
# A guest sees its GPU: the device, BARs, PVINFO, the aperture both ways,
# reboot, what xengt-ctl says of it.
. "$(dirname "$0")/common.sh"
e2e_prepare
# or its kernel shows no program what the firmware reserved
# shellcheck disable=SC2034	# common.sh uses it
E2E_GUEST_CMDLINE=iomem=relaxed
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
E2E_GTT_MIB=8 e2e_run --gpu skl -- 10-vgpu.sh "nonce-$RANDOM$RANDOM"
