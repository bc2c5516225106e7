#!/bin/bash
# budget: 600
# long
# A PV dom0 whose IOMMU maps only dom0's own memory: xengt-ctl bind refuses the GPU, and
# its message names the remedy.
. "$(dirname "$0")/common.sh"
. "$E2E/iommu.sh"
iommu_prepare
iommu_run strict --xen-arg dom0-iommu=strict
