#!/bin/bash
# budget: 2000
# The judge of the simulator that nobody here wrote: Debian's unmodified i915
# drives it, without Xen or anything of ours, and has nothing to complain of. The
# kernel's console is on its display.
. "$(dirname "$0")/common.sh"
e2e_step "build" make -C "$TOP" -s -j2 "B=$B" all
n=0 failed=0
mkdir -p "$B/log"
while read -r gpu suite; do
	n=$((n + 1))
	log=$B/log/native-$gpu-$suite.log
	if "$E2E/native" --console --gpu "$gpu" --kernel-suite "$suite" > "$log" 2>&1; then
		echo "ok $n - i915 of $suite probes $gpu"
	else
		echo "not ok $n - i915 of $suite probes $gpu (exit status $?)"
		tail -n 15 "$log" | sed 's/^/# /'
		failed=1
	fi
done <<END
skl bookworm
bdw bookworm
skl trixie
END
echo "1..$n"
exit $failed
