#!/bin/bash
# budget: 900
# Runs IGT's benchmarks, Debian's own binaries, with Debian's unmodified i915 on the
# simulator. kms_vblank needs a display that is on, so kmstest shows a picture while
# kms_vblank runs.
. "$(dirname "$0")/common.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all "$B/e2e/kmstest"
dir=usr/libexec/igt-gpu-tools/benchmarks
programs=''
for name in gem_exec_nop gem_exec_ctx gem_latency gem_blt gem_create gem_prw \
		kms_vblank; do
	programs+=${programs:+,}$dir/$name
done
mkdir -p "$B/log"
log=$B/log/native-igt.log
"$E2E/native" --gpu skl --logs "$B/log/native-igt" --timeout 350 \
	--package "intel-gpu-tools:$programs" \
	--program "$E2E/guest/igt-benchmarks" --program "$B/e2e/kmstest" \
	--command "kmstest --seed 1 --hold 100000 dp-linear > /tmp/kms &
		until grep -q 'shown dp-linear' /tmp/kms; do
			kill -0 \$! || break; sleep 0.2
		done
		igt-benchmarks -t $((120 * ${XENGT_SCALE:-2}))" \
	> "$log" 2>&1
r=$?
sed -n '/^==native-command==$/,/^==native-exit/p' "$log" |
	grep -E '^(ok|not ok|#|1\.\.) ?'
if [ "$r" != 0 ] || ! grep -q '^1\.\.' "$log"; then
	echo "# exit status $r"
	tail -n 5 "$log" | sed 's/^/# /'
	exit 1
fi
