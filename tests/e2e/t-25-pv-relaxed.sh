#!/bin/bash
# budget: 3000
# long
# A PV dom0 whose IOMMU has all RAM mapped, which is Xen's default: a bus address is a
# machine address.
. "$(dirname "$0")/common.sh"
. "$E2E/iommu.sh"
iommu_prepare
iommu_run pv
