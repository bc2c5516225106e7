# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
# Does the work of t-83-kms on one GPU: starts tests/e2e/native with kmstest in it, follows
# the console, asks the simulator for pictures, and compares them. The functions print TAP
# and need common.sh.

kms_n=0 kms_failed=0

kms_check() # DESCRIPTION COMMAND...
{
	local what=$1 out
	shift
	kms_n=$((kms_n + 1))
	if out=$("$@" 2>&1); then
		echo "ok $kms_n - $kms_gpu: $what"
		return
	fi
	echo "not ok $kms_n - $kms_gpu: $what"
	echo "# ${out//$'\n'/$'\n'# }"
	kms_failed=1
}

kms_end()
{
	echo "1..$kms_n"
	exit "$kms_failed"
}

# Sends a command to the simulator and prints its answer.
kms_ask() # WORD...
{
	local answer
	answer=$(socat -t 30 - "UNIX-CONNECT:$kms_dir/control" <<< "$*")
	echo "$answer"
	[ "$answer" = ok ]
}

kms_console()
{
	tr -d '\r' 2> /dev/null < "$kms_logs/console.log"
}

# Waits for a line of the machine's console that begins with the given text, and
# prints it.
kms_line() # TEXT
{
	local line
	while :; do
		line=$(kms_console | grep -m 1 "^kmstest: $1") &&
			echo "$line" && return
		kill -0 "$kms_pid" 2> /dev/null || break
		sleep 0.1
	done
	echo "no line \"kmstest: $1\" from the machine; it said"
	kms_console | tail -n 5
	return 1
}

# Checks that the pipe shows what kmstest computes for the scene.
kms_compare() # SCENE PIPE SEED
{
	local stem=$kms_logs/$1 pipes=ABC
	"$B/e2e/kmstest" --seed "$3" --expect "$1" "$stem.ppm" &&
		kms_ask screenshot "${pipes:$2:1}" "$stem.png" &&
		"$B/e2e/pngcmp" "$stem.ppm" "$stem.png"
}

kms_scene() # SCENE SEED
{
	local line
	line=$(kms_line "shown $1 ") || { echo "$line"; return 1; }
	line=${line#*pipe }
	kms_compare "$1" "${line%% *}" "$2"
}

# Checks that the comparison notices a different picture, and a single wrong byte.
kms_planted() # SCENE SEED
{
	local stem=$kms_logs/$1 off=$kms_dir/off.ppm
	"$B/e2e/kmstest" --seed $(($2 + 1)) --expect "$1" "$off"
	! "$B/e2e/pngcmp" "$off" "$stem.png" || return
	cp "$stem.ppm" "$off"
	# invert all bits of the file's last byte
	tail -c 1 "$off" | tr '\000-\377' '\001-\377\000' |
		dd of="$off" bs=1 seek=$(($(stat -c %s "$off") - 1)) \
			conv=notrunc status=none
	"$B/e2e/pngcmp" "$off" "$stem.png" | grep '^1 of '
}

kms_fence() # X|Y
{
	local line
	line=$(kms_line "fence $1 ") || { echo "$line"; return 1; }
	echo "$line"
	[[ $line == *" swizzle 0 wrong 0 written 0 read of 10240" ]]
}

# Checks that the number of frames per second is that of the mode. But the display's clock
# stops while register accesses take too long (docs/gpusim.md). So some frames are missing,
# and on a slow machine more frames are missing. XENGT_SPEED is the machine's time in
# percent of a normal machine's (tests/run).
kms_rate() # SCENE
{
	local line mode seen
	line=$(kms_line "rate $1 ") || { echo "$line"; return 1; }
	echo "$line"
	# rate SCENE mode N seen N ...
	read -r _ _ _ _ mode _ seen _ <<< "$line"
	[ $((seen * ${XENGT_SPEED:-100})) -ge $((mode * 70)) ] && [ $((seen * 100)) -le $((mode * 105)) ]
}

kms_hotplug() # MONITOR
{
	local n=$1 count
	# each earlier monitor has written one such line, so wait for line n + 1
	count=$((n + 1))
	for state in disconnect connect; do
		kms_nth_line "waiting for $state" "$count" || return
		kms_ask monitor "$n" "$([ "$state" = connect ] && echo on || echo off)" ||
			return
	done
	kms_nth_line "hotplug ok" "$count"
}

kms_nth_line() # TEXT N
{
	while :; do
		[ "$(kms_console | grep -c "^kmstest: $1")" -lt "$2" ] || return 0
		kill -0 "$kms_pid" 2> /dev/null || break
		sleep 0.1
	done
	echo "no line \"kmstest: $1\" from the machine"
	return 1
}

# After the machine has ended: prints what tests/e2e/native found in the kernel's log.
kms_verdict() # STATUS
{
	tail -n 5 "$kms_logs/native.log"
	[ "$1" = 0 ]
}

kms_run() # GPU SEED SCENE...
{
	local seed=$2 scene rc
	kms_gpu=$1
	shift 2
	kms_logs=$B/log/kms-$kms_gpu
	kms_dir=$(mktemp -d)
	rm -rf "$kms_logs"
	mkdir -p "$kms_logs"
	# With a console, the kernel reads the connectors again when a monitor is plugged in
	# or out.
	"$E2E/native" --console --gpu "$kms_gpu" --logs "$kms_logs" \
		--program "$B/e2e/kmstest" --serial "$kms_dir/serial" \
		--gpusim-arg --control --gpusim-arg "$kms_dir/control" \
		--command "kmstest --fence && kmstest --seed $seed --hold line $* &&
			kmstest --hotplug dp && kmstest --hotplug hdmi" \
		> "$kms_logs/native.log" 2>&1 &
	kms_pid=$!
	kms_check "X fence" kms_fence X
	kms_check "Y fence" kms_fence Y
	for scene; do
		kms_check "$scene shows what was drawn" kms_scene "$scene" "$seed"
		kms_check "$scene has its mode's frame rate" kms_rate "$scene"
		echo | socat - "UNIX-CONNECT:$kms_dir/serial" > /dev/null 2>&1
	done
	kms_check "the comparison notices another picture" kms_planted "$1" "$seed"
	kms_check "a DisplayPort monitor is unplugged and plugged in" kms_hotplug 0
	kms_check "an HDMI monitor is unplugged and plugged in" kms_hotplug 1
	wait "$kms_pid"
	rc=$?
	kms_check "i915 logged no warning or error" kms_verdict "$rc"
	rm -rf "$kms_dir"
}
