# SPDX-License-Identifier: GPL-2.0-only
# Functions by which tests in dom0 use xengt-i915.ko. Source this file after tap.sh and
# i915log.sh.

# Lets dom0's i915 drive the GPU and lend to guests. xengtd has loaded xengt.ko, and only one of
# the modules can be loaded.
share_gpu() # [MODULE-PARAMETER...]
{
	/etc/init.d/xengtd stop
	rmmod xengt || return
	modprobe drm_kms_helper || return
	echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation
	modprobe i915 enable_gvt=1 "dmc_firmware_path=$(i915_no_dmc bookworm)" || return
	[ -e /dev/dri/renderD128 ] && insmod /root/t/xengt-i915.ko "$@" &&
		/etc/init.d/xengtd start
}

# Runs dom0's program again and again, until dom0_stops. Each run has another seed, and COUNT
# batches. The program uses the render node, because a program that has opened card0 first could keep
# kmstest from the display.
dom0_works() # COUNT
{
	rm -f /tmp/dom0-stops
	: > /tmp/dom0.out
	(
		i=10
		while [ ! -e /tmp/dom0-stops ]; do
			i=$((i + 1))
			/root/t/drmtest --node /dev/dri/renderD128 --count "$1" --seed $i \
				--no-hang >> /tmp/dom0.out 2>&1 || exit
		done
	) &
	dom0_pid=$!
}

# Succeeds if all runs of dom0's program had right results.
dom0_stops()
{
	touch /tmp/dom0-stops
	wait "$dom0_pid"
	dom0_status=$?
	tail -n 3 /tmp/dom0.out
	return $dom0_status
}

# Prints how many batches dom0's program has run with right results.
dom0_batches()
{
	awk '/batches, 0 wrong/ { n += $2 } END { print n + 0 }' /tmp/dom0.out
}

# Starts a KMS program of dom0, which tests fences and shows the scenes of tests/e2e/guest/kmstest with
# page flips. kms_is_right waits for its end.
kms_works() # SEED SCENE...
{
	(
		kw_seed=$1
		shift
		/root/t/kmstest --seed "$kw_seed" --fence &&
			/root/t/kmstest --seed "$kw_seed" "$@"
	) > /tmp/kms.out 2>&1 &
	kms_pid=$!
}

kms_is_right()
{
	wait "$kms_pid"
	kr_status=$?
	cat /tmp/kms.out
	return $kr_status
}

# Shows a scene until the machine ends. Sets ks_screen to the words with which the caller then asks
# the host to compare the screen (beside_run of ../beside.sh).
kms_stays() # SEED SCENE
{
	/root/t/kmstest --seed "$1" --hold 1000000 "$2" > /tmp/kms.out 2>&1 &
	wait_for 120 grep -q "^kmstest: shown $2 " /tmp/kms.out || return
	ks_screen="@screen $2 $(sed -n "s/^kmstest: shown $2 pipe \([0-9]\) .*/\1/p" /tmp/kms.out) $1"
}
