# A guest without Xen's drivers runs i915, sleeps, and is woken by its power button.
# $1: seconds for which the guest must sleep. The guest's console is a serial port
# that goes to a file; the kernel's command line makes the guest run i915-sleep.
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/i915log.sh
. /root/t/edid.sh
seconds=$1
log=/var/log/xen/console/guest-one.log

# Prints the numbers of exits that the vGPU has counted, one line for each kind.
exits()
{
	xengt-ctl stat one --json | sed -n 's/.*"exits\.[a-z_]*": *\([0-9]*\).*/\1/p'
}

# Succeeds if the guest sends no request for 5 s.
is_quiet()
{
	iq_before=$(exits)
	sleep 5
	[ -n "$iq_before" ] && [ "$iq_before" = "$(exits)" ]
}

guest_tap()
{
	tr -d '\r' < $log | grep -E '^(ok |not ok |# |1\.\.)'
	grep -q 'guest-exit:cmdline:0' $log
}

make_edid /root/monitor.edid 640x480
need "bind the GPU" bind_gpu
before=$(host-state)
need "judge" judge_load
need "xl create" xl create /etc/xen/one.cfg
need "one is up" wait_for 300 grep -q '^ok 1 ' $log
need "the judge watches the guest" judge_watch one 0
if wait_for 500 grep -q 'asleep soon' $log; then
	check "the guest goes to sleep" wait_for 100 is_quiet
	sleep "$seconds"
	check "... and keeps sleeping" is_quiet
	check "the power button" xl trigger one power
fi
check "the guest's test ends" wait_for 300 grep -q 'guest-exit:cmdline:' $log
adopt "guest" guest_tap
same "no line of level warning or worse from i915 or drm" "" \
	"$(tr -d '\r' < $log | sed -n 's/^log| //p' | i915_complaints)"
check "the guest's display is on" xengt-ctl screenshot one /tmp/one.png
check "the judge checked accesses" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
check "xl destroy" xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
