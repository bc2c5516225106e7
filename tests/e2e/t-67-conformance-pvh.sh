#!/bin/bash
# long
# budget: 2000
# t-62-conformance in a PVH dom0.
. "$(dirname "$0")/common.sh"
# shellcheck disable=SC2034	# for t-62-conformance.sh
CONFORMANCE_ARGS=(--iommu --xen-arg dom0=pvh)
# shellcheck source-path=SCRIPTDIR
. "$E2E/t-62-conformance.sh"
