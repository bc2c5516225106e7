#!/bin/bash
# long
# budget: 1200
# The same as t-61-kmod-zap in a PVH dom0: a frame that the module releases too early is not mapped
# for the GPU any more, so the IOMMU refuses the GPU's access. With FAULT=NO_ZAP, NO_FLUSH,
# RELEASE_FIRST or BUS_IS_GFN in the environment the module is built with that fault, and the test
# must fail.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
kmod_guests
kmod_run --iommu --xen-arg dom0=pvh -- 61-kmod-zap.sh ${FAULT:+first}
