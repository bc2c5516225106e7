#!/bin/bash
# box: vgpu
# budget: 2000
# A guest that runs kexec keeps its domain and gets a new vGPU.
. "$(dirname "$0")/common.sh"
e2e_prepare
# After kexec the guest runs the usual image.
inner=$E2E_GUEST_IMAGE
E2E_GUEST_IMAGE=$B/e2e/guest-kexec
# shellcheck disable=SC2034	# e2e_prepare reads it
E2E_GUEST_ARGS=(--package kexec-tools:sbin/kexec
	--file "$inner/kernel:/boot/kernel" --file "$inner/initrd:/boot/initrd")
e2e_prepare
e2e_guest one <<END
memory = 384
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_run --gpu skl -- 41-kexec.sh
