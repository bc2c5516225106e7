# The part of the demo that runs in dom0. $1: a nonce.
nonce=$1
failed=0
WINDOW=4
. /root/shares.sh
. /root/hostile.sh

dom0() # COMMAND...
{
	echo "dom0# $*"
	"$@" 2>&1 || failed=1
}

guest() # COMMAND...
{
	echo "guest# $*"
	guest-run demo -t 120 -- "$@" 2>&1 || failed=1
}

stranger() # SECONDS COMMAND...
{
	s_limit=$1
	shift
	echo "stranger# $*"
	guest-run stranger -t "$s_limit" -- "$*" 2>&1 || failed=1
}

# Says that DESCRIPTION holds, or that it does not, by the exit status of COMMAND.
holds() # DESCRIPTION COMMAND...
{
	h_what=$1
	shift
	if "$@" > /tmp/holds 2>&1; then
		echo "      checked: $h_what"
	else
		echo "      WRONG: it is not so that $h_what"
		cat /tmp/holds
		failed=1
	fi
}

# Prints a line with a bar that shows a guest's share.
bar() # GUEST THOUSANDTHS
{
	awk -v name="$1" -v n="$2" 'BEGIN {
		for (i = 12; i < n; i += 25)
			bar = bar "#"
		printf "      %-9s%-41s%5.1f %%\n", name, bar, n / 10
	}'
}

# Measures how demo and stranger share the render engine.
shares() # DESCRIPTION WANTED-OF-DEMO
{
	p=$(parts)
	p=${p% *}
	bar demo "${p:-0}"
	bar stranger $((1000 - ${p:-0}))
	holds "$1, within 5 %" is_near "$2" "$p"
}

# Succeeds if FILE has at least one run of drmtest, and each run had right results.
all_right() # FILE
{
	grep -q '^drmtest: 40 batches, 0 wrong' "$1" &&
		! grep -v ', 0 wrong' "$1" | grep -E 'FAIL|wrong'
}

echo "@step Hand the GPU to xengt"
dom0 lspci -nn -s 00:02.0
dom0 xengt-ctl bind 0000:00:02.0
free_before=$(xl info free_memory)

echo "@step Start a guest with vgt = 1"
dom0 cat /etc/xen/demo.cfg
echo
dom0 xl create /etc/xen/demo.cfg
echo "      (the guest boots)"
guest-wait demo -t 400 || failed=1

echo "@step What the guest sees"
guest lspci -nn
echo "      (this run's nonce, given to the program in the guest: $nonce)"
guest gputool pvinfo "$nonce"
guest gputool aperture

echo "@step A second guest: the two share the GPU's time by weight"
echo "      (the kernel of the second guest, stranger, is ours: no Linux, no driver)"
dom0 xl create /etc/xen/stranger.cfg
echo "      (it boots)"
guest-wait stranger -t 200 || failed=1
echo "      Both run work without an end on the render engine. The time that each got, as the"
echo "      module charged it in $WINDOW seconds:"
one=$(xl domid demo)
two=$(xl domid stranger)
guest sh -c "gpuexec spin 900 > /tmp/spin 2>&1 &"
guest-run demo -t 60 -- sh -c 'until grep -q spinning /tmp/spin; do sleep 1; done' || failed=1
stranger 60 spin
shares "equal weights" 500
dom0 xengt-ctl set demo weight=300
shares "weights of 300 and 100" 750
dom0 xengt-ctl set demo weight=100
dom0 xengt-ctl set demo cap=20
shares "a cap of 20 % for demo" 200
dom0 xengt-ctl set demo cap=0
stranger 60 calm
guest killall -TERM gpuexec
guest-run demo -t 60 -- sh -c 'until grep -qE "spun|ended" /tmp/spin; do sleep 1; done' || failed=1
holds "demo's work has not ended by itself" guest-run demo -t 60 -- grep -q spun /tmp/spin

echo "@step Debian's own i915 drives it: work for every engine, results checked"
echo "      (no console on its display: here the emulator takes 50 us for each pixel)"
guest modprobe drm_kms_helper fbdev_emulation=0
guest modprobe i915 dmc_firmware_path=
guest sh -c 'dmesg | grep -E "Virtual GPU|Initialized i915"'
guest drmtest --no-hang --count 40

echo "@step The second guest attacks the host and demo, whose i915 goes on working"
echo "      (it knows where demo's graphics memory is, and tries all that we know: stores and"
echo "      copies to it, registers, page tables, forged contexts, work without an end ...)"
stranger 60 victim "$(xenstore-read "/local/domain/0/backend/vgt/$one/0/low-base")"
echo "guest# drmtest --no-hang --count 40 --seed 1 (then 2, 3 ..., all the time)"
guest-run demo -t 60 -- sh -c '(n=1
	until [ -e /tmp/stop ]; do
		drmtest --no-hang --count 40 --seed $n || echo FAIL
		n=$((n + 1))
	done > /tmp/work 2>&1
	echo ended >> /tmp/work) > /dev/null 2>&1 &' || failed=1
xengt-ctl stat stranger --json > /tmp/before.json
echo "stranger# table"
guest-run stranger -t 900 -- table > /tmp/table 2>&1 || failed=1
sed -n 's/^ok \(.*\) on \([A-Z]*\): \(.*\)/\3|\1|\2/p' /tmp/table > /tmp/ends
awk -F'|' 'NR % 11 == 1 { printf "      %-10s %s (%s)\n", $1, $2, $3 }' /tmp/ends
grep '^not ok' /tmp/table
of()
{
	grep -c "^$1|" /tmp/ends
}
echo "      ... in all $(sed -n 's/^attacks run //p' /tmp/table) attacks: $(of refused) refused," \
	"$(of ended) ended as work without an end,"
echo "      $(of 'no effect') without effect; $(sed -n 's/^attacks failed //p' /tmp/table) got through"
holds "the host has counted as many refusals and ends" counters_agree stranger /tmp/table
echo "dom0# xengt-ctl info stranger"
xengt-ctl info stranger > /tmp/info || failed=1
grep 'too many' /tmp/info || failed=1
dom0 xengt-ctl set stranger on-abuse=stop
echo "stranger# refused 1000000"
guest-run stranger -t 600 -- "refused 1000000" > /tmp/refused 2>&1
holds "the vGPU was taken from stranger" [ $? = 3 ]
holds "xengtd says why" grep -h 'stopped for abuse' /var/log/xengt/*.log
sed 's/^.*: stopped/      stopped/' /tmp/holds
guest-run demo -t 60 -- touch /tmp/stop
guest-run demo -t 300 -- sh -c 'until grep -q ended /tmp/work; do sleep 1; done' || failed=1
guest-run demo -t 60 -- cat /tmp/work > /tmp/work
echo "      demo meanwhile: $(grep -c '^drmtest: 40 batches' /tmp/work) runs of 40 random batches"
holds "all their results are right" all_right /tmp/work
holds "nothing of demo's was refused or ended" [ "$(stat_of demo gpu.refused)$(
	stat_of demo gpu.hangs)$(stat_of demo gpu.overruns)" = 000 ]
dom0 xl destroy stranger

echo "@step What it shows, as the administrator sees it"
echo "      (a test card with its name, its mode and the nonce)"
guest sh -c "kmstest --name demo --nonce $nonce --hold 100000 card > /tmp/kms 2>&1 &"
guest-run demo -t 120 -- sh -c 'until grep -q "shown card" /tmp/kms; do sleep 1; done' || failed=1
guest cat /tmp/kms
dom0 xengt-ctl screenshot demo /root/demo.png
dom0 xengt-ctl screenshot demo --ansi 60

echo "@step What the administrator sees"
dom0 xengt-ctl list
dom0 xengt-ctl info demo

echo "@step A mistyped key"
echo "dom0# xl create /etc/xen/demo.cfg 'name=\"typo\"' 'vgt_lowgm_sz=64'"
if xl create /etc/xen/demo.cfg 'name="typo"' 'vgt_lowgm_sz=64' 2>&1; then
	failed=1
else
	echo "      (exit status $?, and no such domain:)"
fi
dom0 xl list

echo "@step Destroy it: everything comes back"
dom0 xl destroy demo
for i in 1 2 3 4 5 6 7 8 9 10; do
	xl list | grep -q '(null)' || pgrep -x xengt-vgpu > /dev/null || break
	sleep 1
done
dom0 xl list
dom0 xengt-ctl list
echo "      Xen's free memory before and after: $free_before MB, $(xl info free_memory) MB"
echo "dom0# ls /var/log/xengt"
ls /var/log/xengt
exit $failed
