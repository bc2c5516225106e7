#!/bin/bash
# long
# budget: 3000
# t-27-hostile in a PVH dom0, where the IOMMU translates all accesses of the GPU, and must refuse
# none.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/hostile.sh"
hostile_guests
hostile_run skl one 1 7 --iommu --xen-arg dom0=pvh
