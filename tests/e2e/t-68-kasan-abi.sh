#!/bin/bash
# long
# budget: 6000
# The tests of /dev/xengt (t-60, t-61 and t-63, the fuzzer), in a dom0 whose Linux has KASAN and
# lockdep (build-kasan). No test may cause a report.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kasan.sh"
kasan_prepare
kasan_test t-60-kmod-abi.sh
kasan_test t-61-kmod-zap.sh
kasan_test t-63-kmod-fuzz.sh
kmod_run -- kasan-verdict.sh /root/t/xengt.ko
kasan_boot
