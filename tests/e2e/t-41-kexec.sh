#!/bin/bash
# box: vgpu
# budget: 2000
# A guest that runs kexec keeps its domain and gets a new vGPU.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kexec-guest.sh"
kexec_guest '' 384
e2e_run --gpu skl -- 41-kexec.sh exec
