#!/bin/bash
# box: vgpu
# long
# budget: 2000
# A guest whose kernel crashes while its engines work continues with the kernel that it has
# loaded for that case (kdump), in the same domain and with a new vGPU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kexec-guest.sh"
# The kernel for the crash runs in the reserved memory, with an initrd of 20 MB.
kexec_guest crashkernel=192M 640
e2e_run --gpu skl -- 41-kexec.sh crash
