#!/bin/bash
# budget: 3000
# A PVH dom0: the module holds guests' frames at frame numbers of dom0, and the GPU reaches
# them through the IOMMU. Two guests with i915 work beside each other.
. "$(dirname "$0")/common.sh"
. "$E2E/iommu.sh"
iommu_prepare
iommu_run pvh --xen-arg dom0=pvh
