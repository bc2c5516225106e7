#!/bin/bash
# parallel-safe
# budget: 900
# The judge judged: entries planted without the module under test; see
# judge/selftest.
. "$(dirname "$0")/common.sh"
e2e_prepare
exec "$E2E/judge/selftest" "$E2E_GUEST_IMAGE/kernel"
