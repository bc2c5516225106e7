# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# A guest that has kexec, and another kernel with its initrd. Source this file after
# common.sh.

kexec_guest() # WORDS-FOR-ITS-KERNEL MEMORY-MB
{
	local inner
	e2e_prepare
	# The guest continues with the usual image.
	inner=$E2E_GUEST_IMAGE
	E2E_GUEST_IMAGE=$B/e2e/guest-kexec
	E2E_GUEST_ARGS=(--package kexec-tools:sbin/kexec
		--file "$inner/kernel:/boot/kernel" --file "$inner/initrd:/boot/initrd")
	E2E_GUEST_CMDLINE=$1
	e2e_prepare
	e2e_guest one <<-END
	memory = $2
	vgt = 1
	vgt_low_gm_sz = 16
	vgt_high_gm_sz = 48
	END
}
