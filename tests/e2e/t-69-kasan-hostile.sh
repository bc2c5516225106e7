#!/bin/bash
# long
# budget: 20000
# t-27-hostile in a dom0 whose Linux has KASAN and lockdep (build-kasan). Guest evil attacks the
# module, and no attack may cause a report. The checks of Linux make dom0 several times as slow, so
# the test does not compare the guests' times.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kasan.sh"
# shellcheck disable=SC2034	# for hostile.sh
HOSTILE_HOW=slow
kasan_prepare
kasan_test t-27-hostile.sh
e2e_run -- kasan-verdict.sh "updates/xengt.ko"
kasan_boot
