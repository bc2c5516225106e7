#!/bin/bash
# long
# budget: 6000
# A life of the module and of a vGPU, in a dom0 whose Linux has KASAN and lockdep (build-kasan).
# With FAULT=USE_AFTER_FREE or LOCK_INVERSION the module is built with that fault, and the verdict
# must be that it is wrong.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kasan.sh"
kasan_prepare
kmod_prepare
kmod_guests
kmod_run -- 65-kasan-kmod.sh
kasan_boot
