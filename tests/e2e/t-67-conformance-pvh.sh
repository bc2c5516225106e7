#!/bin/bash
# long
# budget: 2000
# t-62-conformance in a PVH dom0.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest plain <<END
on_crash = "preserve"
END
e2e_guest asks < /dev/null
e2e_run --gpu skl --iommu --xen-arg dom0=pvh -- 62-conformance.sh
