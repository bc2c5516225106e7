# Debian's unmodified i915 in a guest, on its vGPU. $1: full, or probe: the driver
# and some work only; $2: random batches; $3: Debian release of the guest's
# kernel; $4: IGT's benchmarks; $5: msi, or intx: how it is to be interrupted.
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/i915log.sh
. /root/t/edid.sh
scope=$1 batches=$2 suite=$3 benchmarks=$4 interrupts=$5

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

# The kernel's log since boot, kept and looked through.
driver_is_content() # DESCRIPTION
{
	in_guest 60 dmesg -r > /tmp/dmesg
	same "$1" "" "$(i915_complaints < /tmp/dmesg)"
}

load_driver()
{
	in_guest 500 modprobe i915 dmc_firmware_path="$(i915_no_dmc "$suite")"
}

# Again, without a console on it: it is drawn through the aperture, dword by dword,
# each an exchange of QEMU with the simulator.
reload_driver()
{
	in_guest 30 modprobe drm_kms_helper
	in_guest 30 sh -c 'echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation'
	load_driver
}

unload_driver()
{
	in_guest 200 sh -c 'for c in /sys/class/vtconsole/vtcon*; do
			grep -q "frame buffer" $c/name && echo 0 > $c/bind; done
		modprobe -r i915'
}

make_edid /root/monitor.edid 640x480
check "bind the GPU" xengt-ctl bind $GPU
before=$(host_state)
check "judge" judge_load
check "xl create" xl create /etc/xen/one.cfg
boots one
check "judge knows it" judge_watch one 0

check "i915 loads" load_driver
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
echo "# probe: $(xengt-ctl stat one --json)" | tr -d '\n' | cut -c 1-2500; echo

check "random batches, results checked" \
	in_guest 600 drmtest --no-hang --count "$batches"
tail -n 1 $tap_out | sed 's/^/# /'
adopt "IGT" in_guest 600 sh -c "igt-benchmarks $benchmarks"
driver_is_content "... and the driver is content"

if [ "$scope" = full ]; then
	check "another guest" xl create /etc/xen/two.cfg
	boots two
	check "judge knows it" judge_watch two 1
	guest-run two -t 60 -- sh -c 'gputool hold 60 > /tmp/hold 2>&1 &'
	check "hangs of each engine are recovered" \
		in_guest 600 drmtest --count 20
	like "the other guest did not notice" '^held' "$(output_of two /tmp/hold held)"
	xl destroy two

	# Nothing wakes such a guest (interrupts by Xen's event channels are no wakeup
	# sources), so the kernel's own test of it: all drivers go to sleep, as far
	# as they go, and come back after 5 s instead of an interrupt. t-76 has one
	# that sleeps until it is woken.
	check "suspend to idle and back" in_guest 100 \
		sh -c 'echo platform > /sys/power/pm_test
		       echo freeze > /sys/power/state'
	check "work after that" in_guest 300 drmtest --no-hang --count 20
	in_guest 60 dmesg -r > /tmp/dmesg
	like "it has slept" 'PM: suspend exit' "$(cat /tmp/dmesg)"
	refuse "... and i915 says nothing of it" \
		grep -E '^<[0-4]>\[ *[0-9.]+\] (i915 |\[drm)' /tmp/dmesg
	check "memory taken from it" xl mem-set one 200
	check "work with less memory" in_guest 300 drmtest --no-hang --count 20
	check "memory given back" xl mem-set one 256
	check "work with all of it" in_guest 300 drmtest --no-hang --count 20
	check "i915 goes" unload_driver
	same "nothing stays protected" 0 "$(stat_of tracked_pages)"
	same "no page table is followed" 0 "$(stat_of ppgtt.tables)"
	check "i915 comes back" reload_driver
	check "work after that" in_guest 300 drmtest --no-hang --count 20
	id=$(xl domid one)
	guest-run one -t 30 -- sh -c 'echo b > /proc/sysrq-trigger' > /dev/null 2>&1
	check "reboot from inside" wait_for 60 sh -c "xl domid one | grep -vqx $id"
	boots one
	same "the judge reports nothing so far" 0 "$(judge_violations)"
	check "judge knows it again" judge_watch one 0
	check "i915 loads again" reload_driver
	check "work after that" in_guest 300 drmtest --no-hang --count 20
fi

check "the judge looked" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
# The judge is not blind: told that the slices are another domain's, it reports.
sed 's/^name = .*/name = "other"/; /^vgt/d' /etc/xen/one.cfg > /etc/xen/other.cfg
xl create -p /etc/xen/other.cfg > /dev/null 2>&1
check "plant a wrong owner" judge_watch one 0 other
judge_hammer on
sleep 3
judge_hammer off
refuse "the planted wrong owner is reported" [ "$(judge_violations)" = 0 ]
xl destroy other
check "xl destroy" xl destroy one
same "everything came back" "$before" "$(host_state_settled)"
tap_end
