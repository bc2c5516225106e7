#!/bin/bash
# box: life
# budget: 2000
# The conformance suites of hv.h and gpu.h on the real implementations. CONFORMANCE_ARGS
# (t-67-conformance-pvh): more arguments for xenbox.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest plain <<END
on_crash = "preserve"
END
e2e_guest asks < /dev/null
e2e_run --gpu skl "${CONFORMANCE_ARGS[@]}" -- 62-conformance.sh
