#!/bin/bash
# budget: 2000
# Random batches with known results through Debian's unmodified i915, hangs it
# has to recover from, and a reset of the whole GPU: 10,000 batches on Skylake,
# fewer where it is only the other GPU or kernel that counts.
. "$(dirname "$0")/common.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all guest-programs
n=0 failed=0
mkdir -p "$B/log"
while read -r gpu suite args; do
	n=$((n + 1))
	log=$B/log/native-drm-$gpu-$suite.log
	"$E2E/native" --gpu "$gpu" --kernel-suite "$suite" --timeout 600 \
		--logs "$B/log/native-drm-$gpu-$suite" \
		--program "$B/e2e/drmtest" --command "drmtest $args &&
			echo 15 > /sys/kernel/debug/dri/0/i915_wedged &&
			drmtest --count 100 --seed 2 --no-hang" \
		> "$log" 2>&1
	r=$?
	sums=$(sed -n 's/^drmtest: \(.* wrong\), .* s$/\1/p' "$log" |
		paste -sd/ | sed 's,/, and after a reset ,')
	case $r/$sums in
	0/*after*)
		echo "ok $n - drmtest on $gpu, kernel of $suite: $sums"
		grep '^drmtest: .* hung' "$log" | sed 's/^/# /'
		continue ;;
	esac
	echo "not ok $n - drmtest on $gpu, kernel of $suite (status $r)"
	grep -A1 '^FAIL' "$log" | sed 's/^/# /'
	tail -n 10 "$log" | sed 's/^/# /'
	failed=1
done <<END
skl bookworm --count 10000
bdw bookworm --count 1000
skl trixie --count 1000 --no-hang
END
echo "1..$n"
exit $failed
