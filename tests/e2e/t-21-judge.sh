#!/bin/bash
# box: kmod
# budget: 400
# Tests the judge itself on two guests without a vGPU: a program plants GGTT entries,
# without the module under test.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/kmod/lib.sh"
kmod_prepare
e2e_step "a prober of the judge" gcc -std=gnu11 -O2 -Wall -Wextra -Werror -static \
	-I"$TOP/include" -o "$B/e2e/judge-probe" "$E2E/judge/judge-probe.c"
e2e_guest a < /dev/null
e2e_guest b < /dev/null
kmod_run --put "$B/e2e/judge-probe:/root/t/judge-probe" -- 21-judge.sh
