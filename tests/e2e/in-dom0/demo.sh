# The part of the demo that runs in dom0. $1: a nonce.
nonce=$1
failed=0

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

echo "@step Debian's own i915 drives it: work for every engine, results checked"
echo "      (no console on its display: here the emulator takes 50 us for each pixel)"
guest modprobe drm_kms_helper fbdev_emulation=0
guest modprobe i915 dmc_firmware_path=
guest sh -c 'dmesg | grep -E "Virtual GPU|Initialized i915"'
guest drmtest --no-hang --count 40

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
