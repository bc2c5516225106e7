#!/bin/bash
# long
# budget: 3000
# When the module beside i915 may be loaded, and what happens when i915 or the system goes and
# comes back; without Xen, as t-87. The module refuses an i915 that its headers do not fit, and
# one for which nothing proves that they do.
. "$(dirname "$0")/common.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/native-i915.sh"
# shellcheck source-path=SCRIPTDIR
. "$E2E/beside.sh"
native_prepare

# Functions for the command in the machine: ok TEXT COMMAND prints a line; loads and refused
# load the module, and look for a text in the kernel's log.
# shellcheck disable=SC2016	# the machine expands
IN_MACHINE='
	r=0
	ok() { text=$1; shift; if "$@"; then echo "in ok $text"; else echo "in FAIL $text"; r=1; fi; }
	says() { dmesg | grep -q "$1" || { dmesg | tail -n 5; false; }; }
	loads() { dmesg -c > /dev/null; insmod /root/beside.ko rounds=1 hangs=0 && says "$1" && rmmod xengt_i915_test; }
	refused() { dmesg -c > /dev/null; ! insmod "${2:-/root/beside.ko}" && says "$1"; }
	# for at most 60 s
	wait_for() { for i in $(seq 600); do eval "$1" && return; sleep 0.1; done; false; }
	gpu=/sys/bus/pci/devices/0000:00:02.0 driver=/sys/bus/pci/drivers/i915
'

# Runs a command in the machine, and makes a test of each of its lines.
in_machine() # NAME GPU SUITE COMMAND ARG...
{
	local name=$1 gpu=$2 suite=$3 log=$B/log/beside-$1-$2-$3.log r line
	shift 3
	beside_script "$name" "$gpu" "$suite" "$IN_MACHINE $1; exit \$r" "${@:2}"
	r=$?
	while IFS= read -r line; do
		n=$((n + 1))
		case $line in
		"in ok "*) echo "ok $n - $gpu, $suite: ${line#in ok }" ;;
		*)	   echo "not ok $n - $gpu, $suite: ${line#in FAIL }"; failed=1 ;;
		esac
	done < <(grep -E '^in (ok|FAIL) ' "$log")
	n=$((n + 1))
	if [ "$r" -eq 0 ]; then
		echo "ok $n - $gpu, $suite: $name, and i915 has no complaint"
	else
		echo "not ok $n - $gpu, $suite: $name ends with status $r"
		tail -n 15 "$log" | sed 's/^/# /'
		failed=1
	fi
}

# Which proof lets the module load. WITHOUT: "loads" or "refused", if i915's BTF cannot be read.
proofs() # SUITE WITHOUT-BTF TEXT
{
	local moved reason
	[ "$2" = loads ] && reason="by force" || reason=CONFIG_MODVERSIONS
	moved=$(MOVED=1 beside_build "$1") || exit 125
	in_machine proofs skl "$1" '
		ok "a module with a moved member is refused by name" \
			refused "intel_context.*there, and .* here" /root/moved.ko
		ok "the module fits" loads "layouts and constants are those of the i915"
		mount -t tmpfs tmpfs /sys/kernel/btf
		ok "without the BTF of i915 the module: '"$2"'" '"$2 \"$3\""'
		ok "without the BTF of i915, and loaded by force, the module is refused" \
			eval "ln -s /bin/kmod /tmp/insmod; dmesg -c > /dev/null; ! /tmp/insmod -f /root/beside.ko && says \"nothing proves.*'"$reason"'\""
		umount /sys/kernel/btf
		ok "the module loads again" loads "layouts and constants"' \
		--file "$moved/xengt-i915-test.ko:/root/moved.ko" --package kmod:bin/kmod
}

# i915 and the system go and come back.
life() # GPU SUITE
{
	# shellcheck disable=SC2016	# the machine expands
	in_machine life "$1" "$2" '
		run=/sys/module/xengt_i915_test/parameters/run
		sleeps() { echo devices > /sys/power/pm_test && echo mem > /sys/power/state; }
		asleep() { test "$(cat $gpu/power/runtime_status)" = suspended; }
		works() { drmtest --count 20 --seed 5 --no-hang > /tmp/drm 2>&1 || { tail -n 3 /tmp/drm; false; }; }
		finds() { dmesg -c > /dev/null; "$@" && says "beside-test: found"; }
		ok "the module is loaded" insmod /root/beside.ko rounds=2
		if [ '"$1"' = bdw ]; then
			echo 0 > $gpu/power/autosuspend_delay_ms; echo auto > $gpu/power/control
			ok "without guests the GPU goes to runtime sleep" wait_for asleep
			ok "guests work after the runtime sleep" eval "echo 1 > $run"
		fi
		ok "without guests the system sleeps, and the module has the GPU again" finds sleeps
		ok "guests work after the sleep" eval "echo 1 > $run"
		ok "guests stay" eval "echo 2 > $run"
		ok "with guests the sleep is refused" eval "! sleeps 2> /dev/null && says \"cannot suspend: 2 guests\""
		ok "i915 leaves the GPU in the middle of work of guests" \
			eval "dmesg -c > /tmp/1; echo 0000:00:02.0 > $driver/unbind && says \"beside-test: gone\""
		ok "i915 probes after the module, and the module has the GPU" \
			finds eval "echo 0000:00:02.0 > $driver/bind"
		ok "guests work after the probe" eval "echo 1 > $run"
		ok "a program of dom0 works" works
		ok "guests stay again" eval "echo 2 > $run"
		ok "the module is unloaded in the middle of work" rmmod xengt_i915_test
		ok "a program of dom0 works after the module" works
		echo 0000:00:02.0 > $driver/unbind
		ok "the module is loaded while i915 drives no GPU" \
			eval "dmesg -c > /tmp/1; insmod /root/beside.ko && says \"drives no GPU that can be shared yet\""
		ok "i915 probes then" finds eval "echo 0000:00:02.0 > $driver/bind"
		ok "guests work" eval "echo 1 > $run"
		echo 0000:00:02.0 > $driver/unbind
		ok "the module is unloaded after i915 has left" rmmod xengt_i915_test
		echo 0000:00:02.0 > $driver/bind
		ok "a program of dom0 works at the end" works'
}

if [ "${1:-}" ]; then
	"$@"
	native_end
fi
proofs bookworm loads "only checksums prove"
proofs trixie-backports refused "nothing proves.*CONFIG_MODVERSIONS"
ENABLE_GVT=0 in_machine no-gvt skl bookworm '
	ok "without enable_gvt=1 the module is refused, with the remedy" refused "add i915.enable_gvt=1"'
life skl bookworm
life bdw bookworm
life skl trixie-backports
native_end
