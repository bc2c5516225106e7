#!/bin/bash
# box: vgpu
# budget: 600
# A guest sees its GPU: the device, BARs, PVINFO, and the aperture in both
# directions, also after a reboot. xengt-ctl shows the vGPU. The guest has the stock
# firmware and boot loader.
. "$(dirname "$0")/common.sh"
e2e_prepare
# Without iomem=relaxed the guest's kernel hides the firmware's reserved memory from
# programs.
# shellcheck disable=SC2034	# common.sh uses both
E2E_GUEST_CMDLINE=iomem=relaxed E2E_GUEST_BOOT=disk
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_run --gpu skl --gtt-mib 8 -- 10-vgpu.sh "nonce-$RANDOM$RANDOM"
