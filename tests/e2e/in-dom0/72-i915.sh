# Tests Debian's unmodified i915 in a guest, on its vGPU. $1: full for the whole test, probe for
# a short test (i915 probes and does some work); $2: number of random batches; $3: Debian
# release of the guest's kernel; $4: IGT's benchmarks; $5: console if the kernel's console is on
# the display, or none; $6: msi or intx, the kind of interrupt; $7: low or high, BAR2 below or
# above 4 GiB.
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/i915log.sh
. /root/t/edid.sh
scope=$1 batches=$2 suite=$3 benchmarks=$4 console=$5 interrupts=$6 bar2=$7
# The number of seconds that another guest may have to wait for an engine: the host ends a
# hanging context only after 10 s (XENGT_HANG_MS), and the emulated machine is slow.
LONGEST_WAIT=30

in_guest() # SECONDS COMMAND...
{
	ig_limit=$1
	shift
	guest-run one -t "$ig_limit" -- "$@"
}

stat_of() # COUNTER
{
	xengt-ctl stat one --json | sed -n "s/.*\"$1\": *\([0-9]*\).*/\1/p"
}

# Prints the numbers of protected pages, of the module's tables and of held frames, after the
# idle driver has freed all its caches (bits 0 to 6 of i915_gem_drop_caches; higher bits would
# reset the GPU).
kept()
{
	in_guest 60 sh -c 'f=/sys/kernel/debug/dri/0/i915_gem_drop_caches
		[ ! -e $f ] || echo 0x7f > $f' > /dev/null
	sleep 1
	echo "protected $(stat_of tracked_pages) tables $(stat_of ppgtt.tables)" \
		"frames $(stat_of module.frames_held)"
}

# BEFORE and AFTER are outputs of kept(). Succeeds if the numbers of pages and tables are the
# same, and if there are no more frames than before.
is_no_more() # BEFORE AFTER
{
	echo "$1, then $2"
	[ "${1% frames*}" = "${2% frames*}" ] && [ "${2##* }" -le "${1##* }" ]
}

# Saves the kernel's log since boot, and checks that i915 has logged no warning or error.
driver_is_content() # DESCRIPTION
{
	in_guest 60 dmesg -r > /tmp/dmesg
	same "$1" "" "$(i915_complaints < /tmp/dmesg)"
}

load_driver() # console|none
{
	in_guest 60 modprobe drm_kms_helper || return
	[ "$1" = console ] || in_guest 30 sh -c \
		'echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation' || return
	in_guest 500 modprobe i915 dmc_firmware_path="$(i915_no_dmc "$suite")"
}

show_picture()
{
	in_guest 30 sh -c 'kmstest --seed 1 --hold 100000 dp-linear > /tmp/kms 2>&1 &' &&
		wait_for 60 in_guest 20 grep -q 'shown dp-linear' /tmp/kms
}

# Succeeds if a line that is written to the kernel's console changes the picture. The
# cursor must not blink, because blinking changes the picture, too.
console_is_drawn()
{
	in_guest 60 sh -c 'echo 0 > /sys/class/graphics/fbcon/cursor_blink' &&
		xengt-ctl screenshot one /tmp/before.png &&
		in_guest 60 sh -c 'echo a line > /dev/tty0' &&
		xengt-ctl screenshot one /tmp/after.png || return
	! cmp -s /tmp/before.png /tmp/after.png
}

leave_console()
{
	in_guest 60 sh -c 'for c in /sys/class/vtconsole/vtcon*; do
			grep -q "frame buffer" $c/name && echo 0 > $c/bind; done; true'
}

unload_driver()
{
	leave_console && in_guest 200 modprobe -r i915
}

# Succeeds if the guest's accesses of its aperture caused few exits (lazy) or none (upfront). With
# lazy an access exits when it is the first access of a piece, and a few more times if pieces are
# unmapped and mapped again. The console alone makes 300,000 stores to the aperture.
aperture_costs_little()
{
	local exits throttled pieces swaps
	exits=$(stat_of exits.aperture) throttled=$(stat_of aperture.throttled)
	pieces=$(stat_of aperture.pieces) swaps=$(stat_of aperture.swaps)
	echo "exits $exits, throttled $throttled, pieces $pieces, swaps $swaps"
	case $1 in
	lazy) [ "$pieces" -ge 1 ] && [ "$swaps" -ge "$pieces" ] && [ "$exits" -ge 1 ] &&
		[ "$exits" -lt 1000 ] && [ "$throttled" -eq 0 ] ;;
	upfront) [ "$exits$throttled$pieces$swaps" = 0000 ] ;;
	*) false ;;
	esac
}

make_edid /root/monitor.edid 640x480
need "bind the GPU" bind_gpu
before=$(host-state)
need "judge" judge_load
need "xl create" xl create /etc/xen/one.cfg
boots one
need "the judge watches the guest" judge_watch one 0
case $(lspci -n -s $GPU) in
*8086:1616*) id=1616 ;;
*8086:5916*) id=5916 ;;
*) id=1912 ;;
esac
like "lspci" "^00:02.0 VGA compatible controller \[0300\]: .*\[8086:$id\]" \
	"$(in_guest 60 lspci -nn -s 00:02.0)"
like "no driver runs yet" '^driver +none yet$' "$(xengt-ctl info one)"
# (gputool reads PVINFO, as a starting driver does)
check "RAM through GGTT and aperture, both ways" in_guest 120 gputool aperture 9

need "i915 loads" load_driver "$console"
like "info says that the driver is active, and since when" '"driver": "active",.*"driver_since": "20[0-9-]* [0-9:]*"' \
	"$(xengt-ctl info one --json | tr -d '\n')"
driver_is_content "no line of level warning or worse from i915 or drm"
like "i915 knows that it is on a vGPU" 'Virtual GPU for Intel GVT-g detected' \
	"$(cat /tmp/dmesg)"
dri=$(in_guest 30 ls /dev/dri)
like "card0" 'card0' "$dri"
like "renderD128" 'renderD128' "$dri"
case $interrupts in
msi)  like "interrupted by MSI" 'msi .*i915' "$(in_guest 30 grep i915 /proc/interrupts)" ;;
intx) like "interrupted by INTx" 'ioapic-level .*i915' "$(in_guest 30 grep i915 /proc/interrupts)" ;;
esac
start=$(in_guest 30 sed -n '3s/ .*//p' /sys/bus/pci/devices/0000:00:02.0/resource)
case $bar2 in
low)  like "BAR2 is below 4 GiB" '^0x00000000[1-9a-f][0-9a-f]*$' "$start" ;;
high) like "BAR2 is above 4 GiB" '^0x0*[1-9a-f][0-9a-f]{8,}$' "$start" ;;
esac
same "the OpRegion, as i915 found it" IntelGraphicsMem \
	"$(in_guest 30 head -c 16 /sys/kernel/debug/dri/0/i915_opregion)"
echo "# probe: $(xengt-ctl stat one --json)" | tr -d '\n' | cut -c 1-2500; echo

# Switch the console off: QEMU passes each dword that the console draws to the simulator, and the
# rest of the test does not need the console.
[ "$console" = none ] || {
	check "the kernel's console is on its display" console_is_drawn
	check "i915 no longer draws the console" leave_console
}
aperture=$(xengt-ctl info one --json | sed -n 's/.*"aperture": *"\([a-z]*\)".*/\1/p')
check "its aperture, mapped $aperture, costs few exits" aperture_costs_little "$aperture"
tail -n 1 $tap_out | sed 's/^/# /'

check "random batches, results checked" \
	in_guest 600 drmtest --no-hang --count "$batches"
tail -n 1 $tap_out | sed 's/^/# /'
# kms_vblank needs a display that is switched on.
check "a picture on its display" show_picture
adopt "IGT" in_guest 600 sh -c "igt-benchmarks $benchmarks"
in_guest 30 killall kmstest
driver_is_content "... and the driver is content"

if [ "$scope" = full ]; then
	need "another guest" xl create /etc/xen/two.cfg
	boots two
	need "the judge watches the guest" judge_watch two 1
	guest-run two -t 60 -- sh -c "gpuexec work 900 $LONGEST_WAIT > /tmp/work 2>&1 &"
	check "the other guest works" wait_for 30 guest-run two -t 60 -- grep -q '^working' /tmp/work
	check "hangs of each engine are recovered" \
		in_guest 600 drmtest --count 20
	same "the other guest still works" working "$(guest-run two -t 60 -- tail -n 1 /tmp/work)"
	guest-run two -t 60 -- killall -TERM gpuexec
	work=$(output_of two /tmp/work worked)
	like "the other guest's work was right, and never took more than $LONGEST_WAIT s" '^worked [1-9]' "$work"
	echo "# $work" | tail -n 1
	stat=$(xengt-ctl stat two --json)
	like "... and no hang was counted for that guest" '"gpu.hangs": *0\b' "$stat"
	like "... and no overrun" '"gpu.overruns": *0\b' "$stat"
	xl destroy two

	kept_before=$(kept)
	echo "# kept: $kept_before"
	# Nothing can wake this guest, because interrupts by Xen's event channels are no
	# wakeup sources. So use the kernel's own test of suspend: all drivers suspend, and
	# resume after 5 s. In t-76 the guest really sleeps, until an interrupt wakes it.
	check "suspend to idle and back" in_guest 100 \
		sh -c 'echo platform > /sys/power/pm_test
		       echo freeze > /sys/power/state'
	check "work after that" in_guest 300 drmtest --no-hang --count 20
	in_guest 60 dmesg -r > /tmp/dmesg
	like "the guest has slept" 'PM: suspend exit' "$(cat /tmp/dmesg)"
	refuse "... and i915 logged no warning" \
		grep -E '^<[0-4]>\[ *[0-9.]+\] (i915 |\[drm)' /tmp/dmesg
	check "nothing more is protected or held" is_no_more "$kept_before" "$(kept)"
	check "memory taken from it" xl mem-set one 200
	check "work with less memory" in_guest 300 drmtest --no-hang --count 20
	check "nothing more is protected or held" is_no_more "$kept_before" "$(kept)"
	check "memory given back" xl mem-set one 256
	check "work with all of it" in_guest 300 drmtest --no-hang --count 20
	# The guest uses frames that the judge may not know yet. A read of the judge's counts
	# waits for the verdict about them.
	same "the judge reports nothing so far" 0 "$(judge_violations)"
	echo "# accesses to frames that the judge's table got later: $(judge_count late_accesses)"
	check "nothing more is protected or held" is_no_more "$kept_before" "$(kept)"
	check "i915 is unloaded" unload_driver
	like "info says that the driver has stopped" '^driver +stopped$' "$(xengt-ctl info one)"
	same "nothing stays protected" 0 "$(stat_of tracked_pages)"
	same "no page table is followed" 0 "$(stat_of ppgtt.tables)"
	# i915 does not clear its GGTT entries when it is unloaded (nop_clear_range), so the
	# module still holds the frames that these entries point to
	echo "# kept: $(kept)"
	check "all entries cleared" in_guest 60 gputool clear
	same "then no frame is held" 0 "$(stat_of module.frames_held)"
	need "i915 is loaded again" load_driver none
	check "work after that" in_guest 300 drmtest --no-hang --count 20
	id=$(xl domid one)
	guest-run one -t 30 -- sh -c 'echo b > /proc/sysrq-trigger' > /dev/null 2>&1
	check "reboot from inside" wait_for 60 sh -c "xl domid one | grep -vqx $id"
	boots one
	same "after that nothing is protected or held" "protected 0 tables 0 frames 0" "$(kept)"
	same "the judge reports nothing so far" 0 "$(judge_violations)"
	need "the judge watches the guest again" judge_watch one 0
	like "after the reboot no driver runs" '^driver +none yet$' "$(xengt-ctl info one)"
	need "i915 loads again" load_driver none
	check "work after that" in_guest 300 drmtest --no-hang --count 20
fi

check "the judge checked accesses" judge_saw_accesses
check "... of engines, too" judge_saw_work
same "the judge reports nothing" 0 "$(judge_violations)"
# The judge sees the accesses: if the test tells the judge that another domain owns the slices,
# the judge reports violations.
sed 's/^name = .*/name = "other"/; /^vgt/d' /etc/xen/one.cfg > /etc/xen/other.cfg
xl create -p /etc/xen/other.cfg > /dev/null 2>&1
check "plant a wrong owner" judge_watch one 0 other
judge_hammer on
sleep 3
judge_hammer off
check "the planted wrong owner is reported" judge_has violations
judge reset
in_guest 300 drmtest --no-hang --count 20 > /dev/null 2>&1
check "... and accesses of engines are reported" judge_has violations
check "... as accesses of a context" judge_told_of '[a-z]*'
check "... through its page tables" judge_told_of '[a-z]*' ' ppgtt .* path 0x'
xl destroy other
check "xl destroy" xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
