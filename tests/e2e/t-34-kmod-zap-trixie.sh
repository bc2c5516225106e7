#!/bin/bash
# long
# budget: 1800
# t-66-kmod-zap-pvh with Debian 13's Xen and Linux in dom0.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/trixie.sh"
kmod_prepare
kmod_guests
trixie_run --iommu --xen-arg dom0=pvh -- 61-kmod-zap.sh ${FAULT:+first}
