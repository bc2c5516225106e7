#!/bin/bash
# box: life
# budget: 2000
# The conformance suites of hv.h and gpu.h on the real implementations.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest plain <<END
on_crash = "preserve"
END
e2e_guest asks < /dev/null
e2e_run --gpu skl -- 62-conformance.sh
