# Guests beside dom0's own i915 (kmod/i915): dom0's i915 drives the GPU, runs random batches
# of a program of dom0, and runs the work of guests between them. $1: number of batches in one
# run of the program.
. /root/t/tap.sh
. /root/t/i915log.sh
batches=$1

# xengtd has loaded xengt.ko, and only one of the modules can be loaded.
share_gpu()
{
	/etc/init.d/xengtd stop
	rmmod xengt || return
	modprobe drm_kms_helper || return
	echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation
	modprobe i915 enable_gvt=1 "dmc_firmware_path=$(i915_no_dmc bookworm)" || return
	[ -e /dev/dri/renderD128 ] && insmod /root/t/xengt-i915.ko &&
		/etc/init.d/xengtd start
}

# The checks of one guest, without a driver.
works() # GUEST
{
	check "$1: each engine stores, and its context is saved" \
		guest-run "$1" -t 300 -- gpuexec store
	for engine in RCS VCS VECS BCS; do
		check "$1: page tables of every shape on $engine" \
			guest-run "$1" -t 300 -- gpuexec tables $engine
	done
}

need "i915 drives the GPU, and lends to guests" share_gpu
dmesg | grep 'shared with i915' | sed 's/^/# /'
before=$(host-state)
check "dom0's program works" /root/t/drmtest --count 20 --no-hang
need "xl create" xl create /etc/xen/one.cfg
boots one
# dom0's program works until the file is there
(
	i=10
	: > /tmp/drm.out
	while [ ! -e /tmp/guests-done ]; do
		i=$((i + 1))
		/root/t/drmtest --count "$batches" --seed $i --no-hang >> /tmp/drm.out 2>&1 ||
			exit
	done
) &
drm=$!
works one
if [ -e /etc/xen/two.cfg ]; then
	need "xl create, a second guest" xl create /etc/xen/two.cfg
	boots two
	works two
	for guest in one two; do
		guest-run $guest -t 600 -- gpuexec store > /tmp/$guest.out 2>&1 &
		eval "pid_$guest=$!"
	done
	# shellcheck disable=SC2154	# eval sets the variables
	check "two guests store at the same time: one" wait "$pid_one"
	# shellcheck disable=SC2154
	check "two guests store at the same time: two" wait "$pid_two"
fi
check "a guest hangs RCS, VCS works, RCS is reset and works" \
	guest-run one -t 100 -- gpuexec hang 15
touch /tmp/guests-done
check "dom0's program has worked meanwhile, with right results" wait $drm
echo "# dom0: $(grep -c 'batches, 0 wrong' /tmp/drm.out) times $batches batches"
for guest in /etc/xen/*.cfg; do
	xl destroy "$(basename "$guest" .cfg)"
done
same "all resources are free again" "$before" "$(host-state quiet)"
check "dom0's program works after the guests" /root/t/drmtest --count 20 --seed 2 --no-hang
/etc/init.d/xengtd stop > /dev/null
check "the module is unloaded" rmmod xengt_i915
check "dom0's program works after the module" /root/t/drmtest --count 20 --seed 3 --no-hang
tap_end
