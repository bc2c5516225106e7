#!/bin/bash
# parallel-safe
# budget: 900
# Random batches with known results through Debian's unmodified i915, and hangs
# it has to recover from: 10,000 batches on Skylake, fewer where it is only the
# other GPU or kernel that counts.
. "$(dirname "$0")/common.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all guest-programs
n=0 failed=0
mkdir -p "$B/log"
while read -r gpu suite count; do
	n=$((n + 1))
	log=$B/log/native-drm-$gpu-$suite.log
	"$E2E/native" --gpu "$gpu" --kernel-suite "$suite" \
		--logs "$B/log/native-drm-$gpu-$suite" \
		--program "$B/e2e/drmtest" --command "drmtest --count $count" \
		> "$log" 2>&1
	r=$?
	sum=$(sed -n 's/^drmtest: \(.* wrong, .* s\)$/\1/p' "$log")
	if [ "$r" = 0 ] && [ "$sum" ]; then
		echo "ok $n - drmtest on $gpu, kernel of $suite: $sum"
		grep '^drmtest: .* hung' "$log" | sed 's/^/# /'
		continue
	fi
	echo "not ok $n - drmtest on $gpu, kernel of $suite (status $r)"
	grep -A1 '^FAIL' "$log" | sed 's/^/# /'
	tail -n 10 "$log" | sed 's/^/# /'
	failed=1
done <<END
skl bookworm 10000
bdw bookworm 1000
skl trixie 1000
END
echo "1..$n"
exit $failed
