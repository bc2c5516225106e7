# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Functions for the system tests of Debian's i915 on the simulator without Xen.
# Source this file after common.sh.
n=0 failed=0

# A fault that FAULT in the environment names is planted in the tested module only.
native_prepare()
{
	e2e_step "build" make -C "$TOP" -s -j2 "B=$B" FAULT= all guest-programs
	mkdir -p "$B/log"
}

# Checks that i915 probes without a warning or error, with the kernel's console on
# the display.
native_probes() # GPU SUITE
{
	n=$((n + 1))
	local log=$B/log/native-$1-$2.log
	if "$E2E/native" --console --gpu "$1" --kernel-suite "$2" > "$log" 2>&1; then
		echo "ok $n - i915 of $2 probes $1"
	else
		echo "not ok $n - i915 of $2 probes $1 (exit status $?)"
		tail -n 15 "$log" | sed 's/^/# /'
		failed=1
	fi
}

# A command for the native machine that makes i915 reset the whole GPU, and fails if i915 did not.
# With i915's parameter reset at its default, i915 resets single engines here, and skips each engine
# that sleeps, so that no reset may occur. With the value 1 i915 always resets the whole GPU.
RESET_GPU='(cd /sys/kernel/debug/dri/0 && was=$(cat i915_params/reset) &&
	echo 1 > i915_params/reset && echo 15 > i915_wedged && echo "$was" > i915_params/reset &&
	dmesg | grep -q "Resetting chip")'

# Checks that random batches give the right results, also after a reset of the
# whole GPU.
native_computes() # GPU SUITE ARGS-OF-DRMTEST
{
	n=$((n + 1))
	local r sums log=$B/log/native-drm-$1-$2.log
	"$E2E/native" --gpu "$1" --kernel-suite "$2" --timeout 600 \
		--logs "$B/log/native-drm-$1-$2" \
		--program "$B/e2e/drmtest" --command "drmtest $3 && $RESET_GPU &&
			drmtest --count 100 --seed 2 --no-hang" \
		> "$log" 2>&1
	r=$?
	sums=$(sed -n 's/^drmtest: \(.* wrong\), .* s$/\1/p' "$log" |
		paste -sd/ | sed 's,/, and after a reset ,')
	case $r/$sums in
	0/*after*)
		echo "ok $n - drmtest on $1, kernel of $2: $sums"
		grep '^drmtest: .* hung' "$log" | sed 's/^/# /'
		return ;;
	esac
	echo "not ok $n - drmtest on $1, kernel of $2 (status $r)"
	grep -A1 '^FAIL' "$log" | sed 's/^/# /'
	tail -n 10 "$log" | sed 's/^/# /'
	failed=1
}

native_end()
{
	echo "1..$n"
	exit "$failed"
}
