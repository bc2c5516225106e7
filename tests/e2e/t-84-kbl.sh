#!/bin/bash
# long
# budget: 1500
# Kaby Lake natively, as t-80-native and t-81-drm have the others: Debian's i915 probes
# it and has nothing to complain of, and random batches have the results that they must.
. "$(dirname "$0")/common.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all guest-programs
mkdir -p "$B/log"
failed=0
log=$B/log/native-kbl-bookworm.log
if "$E2E/native" --console --gpu kbl --kernel-suite bookworm > "$log" 2>&1; then
	echo "ok 1 - i915 of bookworm probes kbl"
else
	echo "not ok 1 - i915 of bookworm probes kbl (exit status $?)"
	tail -n 15 "$log" | sed 's/^/# /'
	failed=1
fi
log=$B/log/native-drm-kbl-bookworm.log
if "$E2E/native" --gpu kbl --kernel-suite bookworm --timeout 600 \
	--logs "$B/log/native-drm-kbl-bookworm" --program "$B/e2e/drmtest" \
	--command "drmtest --count 1000 &&
		echo 15 > /sys/kernel/debug/dri/0/i915_wedged &&
		drmtest --count 100 --seed 2 --no-hang" > "$log" 2>&1; then
	echo "ok 2 - drmtest on kbl, kernel of bookworm: $(sed -n \
		's/^drmtest: \(.* wrong\), .* s$/\1/p' "$log" | paste -sd/)"
else
	echo "not ok 2 - drmtest on kbl, kernel of bookworm (status $?)"
	grep -A1 '^FAIL' "$log" | sed 's/^/# /'
	tail -n 10 "$log" | sed 's/^/# /'
	failed=1
fi
echo "1..2"
exit $failed
