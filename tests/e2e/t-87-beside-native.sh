#!/bin/bash
# long
# budget: 3000
# Guests beside i915, without Xen: i915 drives the GPU and runs random batches of a program,
# and a module shares the GPU with i915. A guest of the module is not a domain, but only memory
# of the kernel; the boundary audits the guests' work and gives it to i915 (kmod/i915).
# i915's private headers are proven to fit the kernel before the module is built, and headers
# with one changed member are refused. With arguments the script runs only the function of this
# file that they name. With FAULT in the environment it runs what notices a fault of the module.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
native_prepare

# All checksums and all members are equal. With one more member in a struct that the module
# uses, each of the two proofs fails. STATUS 2: the kernel has no checksums.
headers_are_proven() # SUITE STATUS
{
	local headers i915 copy result btf
	headers=$("$E2E/kmod/headers-for" "$1") || exit 125
	i915=$("$E2E/kmod/i915-headers-for" "$1") || exit 125
	btf=$(beside_btf "$1") || exit 125
	n=$((n + 1))
	# shellcheck disable=SC2086	# two files
	result=$("$TOP/kmod/i915/headers-fit" "$headers" "$i915" $btf)
	tap $? "i915's headers fit the kernel of $1: ${result//$'\n'/; }"
	copy=$(mktemp -d)
	cp -r "$i915/." "$copy/"
	beside_move_member "$copy"
	n=$((n + 1))
	result=$("$TOP/kmod/i915/check-headers" "$headers" "$copy" 2>&1)
	[ $? -eq "$2" ]
	tap $? "the checksums and headers with a moved member: ${result##*/}"
	n=$((n + 1))
	# shellcheck disable=SC2086
	result=$("$TOP/kmod/i915/check-btf" "$headers" "$copy" $btf)
	[ $? -eq 1 ]
	tap $? "the BTF refuses headers with a moved member: $result"
	rm -rf "$copy"
}

tap() # STATUS TEXT
{
	if [ "$1" -eq 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

# The module makes its checks while drmtest works all the time. After the module is unloaded,
# drmtest works once more. The kernel's line that the module is out of tree contains "i915",
# but is no error.
beside_works() # GPU SUITE
{
	local log=$B/log/beside-$1-$2${FAULT:+-$FAULT}.log r oks batches wrong rounds=100
	# a fault of tests/faults shows in the other checks
	[ -z "${FAULT:-}" ] || rounds=2
	n=$((n + 1))
	beside_native "$1" "$2" '
		: > /tmp/drm
		while [ ! -e /tmp/loaded ]; do
			i=$((i + 1))
			drmtest --count 50 --seed $i --no-hang >> /tmp/drm 2>&1 || touch /tmp/bad
		done &
		insmod /root/beside.ko rounds='$rounds'; r=$?
		touch /tmp/loaded
		wait
		rmmod xengt_i915_test || r=1
		drmtest --count 50 --seed 1000 --no-hang >> /tmp/drm 2>&1 || touch /tmp/bad
		dmesg -rc > /tmp/log; grep beside-test /tmp/log
		grep -E "batches, .* wrong|FAIL" /tmp/drm
		grep -E "^<[0-4]>.*(i915|\[drm|drm:|WARNING:)" /tmp/log |
			grep -v "xengt_i915_test: " && r=1
		[ ! -e /tmp/bad ] || r=1
		exit $r' > "$log" 2>&1
	r=$?
	oks=$(grep -c 'beside-test: ok' "$log")
	batches=$(sed -n 's/^drmtest: \([0-9]*\) batches, .* wrong.*/\1/p' "$log" | awk '{ s += $1 } END { print s + 0 }')
	wrong=$(sed -n 's/^drmtest: .* batches, \([0-9]*\) wrong.*/\1/p' "$log" | awk '{ s += $1 } END { print s + 0 }')
	if [ "$r" -eq 0 ] && [ "$oks" -ge 20 ] && [ "$wrong" = 0 ] && [ "$batches" -ge 100 ] &&
	   grep -q 'beside-test: unloaded' "$log"; then
		tap 0 "guests beside i915 of $2 on $1: $oks checks; dom0: $batches batches, $wrong wrong"
		return
	fi
	tap 1 "guests beside i915 of $2 on $1 (status $r, $oks checks, $batches batches, $wrong wrong)"
	grep 'beside-test: FAIL' "$log" | sed 's/^/# /'
	tail -n 15 "$log" | sed 's/^/# /'
}

# Runs a command in the machine after the module is loaded. The log has the lines of the module.
with_module() # NAME GPU SUITE MODULE-ARGS COMMAND
{
	beside_script "$1" "$2" "$3" "
		run=/sys/module/xengt_i915_test/parameters/run
		r=0; insmod /root/beside.ko hangs=0 $4 || exit 1
		$5
		rmmod xengt_i915_test || r=1
		drmtest --count 50 --seed 1000 --no-hang > /tmp/drm || r=1
		dmesg -rc > /tmp/log
		grep -E 'beside-test|Resetting|GPU HANG|did not end' /tmp/log
		grep -E '^<[0-4]>.*(i915|\[drm|drm:|WARNING:)' /tmp/log |
			grep -v 'xengt_i915_test: ' && r=1
		exit \$r"
}

# Somebody resets the whole GPU twice, while guests work on all engines.
whole_chip_resets() # GPU SUITE
{
	local log=$B/log/beside-reset-$1-$2.log r resets
	n=$((n + 1))
	with_module reset "$1" "$2" rounds=100 '
		cd /sys/kernel/debug/dri/0; echo 1 > i915_params/reset
		(echo 3 > $run; echo $? > /tmp/ended) &
		until dmesg | grep -q "guests work now" || [ -e /tmp/ended ]; do sleep 0.1; done
		echo 15 > i915_wedged; echo 15 > i915_wedged
		[ ! -e /tmp/ended ] || { echo "the guests were too fast"; r=1; }
		while [ ! -e /tmp/ended ]; do sleep 0.1; done
		[ "$(cat /tmp/ended)" = 0 ] || r=1
		echo "resets: $(dmesg | grep -c "Resetting chip")"; cd /'
	r=$?
	resets=$(sed -n 's/^resets: //p' "$log")
	[ "$r" -eq 0 ] && [ "${resets:-0}" -eq 2 ]
	tap $? "guests on $1 beside $resets resets of the whole GPU, $2:$(
		sed -n 's/.*beside-test: .* rounds,//p' "$log" | tail -n 1)"
	[ "$r" -eq 0 ] || tail -n 15 "$log" | sed 's/^/# /'
}

# Prints how many ms a guest's work that cannot be interrupted has kept the engine that a program
# of dom0 wants all the time, and who ended the work, by the log of this machine's kernel.
kept_ms() # GPU SUITE POLICY
{
	with_module "$3" "$1" "$2" "rounds=1 policy=$3" '
		(
			until [ -e /tmp/stops ]; do
				i=$((i + 1))
				drmtest --engine rcs --count 100 --seed $i --no-hang > /tmp/drm 2>&1 || exit
			done
			touch /tmp/right
		) &
		until grep -q batches /tmp/drm; do sleep 0.2; done
		echo 4 > $run || r=1
		touch /tmp/stops; wait
		[ -e /tmp/right ] || { cat /tmp/drm; r=1; }' || return
	awk '
		match($0, /\[ *[0-9.]+\]/) { at = substr($0, RSTART + 1, RLENGTH - 2) + 0 }
		/beside-test: work begins/ { from = at }
		from && /Resetting rcs|did not end, and is ended/ {
			sub(/.*\] /, "")
			printf "%d %s\n", (at - from) * 1000, $0
			exit
		}' "$B/log/beside-$3-$1-$2.log"
}

# The policy decides how long the desktop waits for such work: with host-first until i915's timeout
# of a preemption (0.64 s), with guests-first for the guest's own timeout (10 s). The test compares
# the two times.
policies_differ() # GPU SUITE
{
	local host guests
	n=$((n + 1))
	host=$(kept_ms "$1" "$2" host-first) && guests=$(kept_ms "$1" "$2" guests-first) &&
		[[ $host == *"preemption time out"* ]] && [[ $guests != *"preemption time out"* ]] &&
		[ "${guests%% *}" -ge $((5 * ${host%% *})) ]
	tap $? "how long a guest keeps an engine, $1, $2: host-first: ${host:-?}; guests-first: ${guests:-?}"
}

if [ "${1:-}" ]; then
	"$@"
	native_end
fi
headers_are_proven bookworm 1
beside_works skl bookworm
[ -z "${FAULT:-}" ] || native_end
whole_chip_resets skl bookworm
policies_differ skl bookworm
beside_works bdw bookworm
whole_chip_resets bdw bookworm
headers_are_proven trixie 1
beside_works skl trixie
headers_are_proven trixie-backports 2
beside_works skl trixie-backports
native_end
