#!/bin/bash
# box: life
# budget: 2000
# After each mistake of a user the last line of output is one clear message, and
# neither a domain nor anything else is left. The test also makes vGPUs without vgt
# = 1: by xengt-ctl and by xenstore.
. "$(dirname "$0")/common.sh"
e2e_prepare
e2e_guest one <<END
vgt = 1
vgt_low_gm_sz = 16
vgt_high_gm_sz = 48
END
e2e_guest plain < /dev/null
e2e_step "a worker's death" gcc -std=gnu11 -O2 -Wall -Wextra -Werror -D_GNU_SOURCE \
	-shared -fPIC -o "$B/e2e/die-enabled.so" "$E2E/worker/die-enabled.c"
e2e_run --gpu skl --put "$B/e2e/die-enabled.so:/root/t/die-enabled.so" -- 50-errors.sh
