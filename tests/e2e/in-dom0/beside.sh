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
# batches.
dom0_works() # COUNT
{
	rm -f /tmp/dom0-stops
	: > /tmp/dom0.out
	(
		i=10
		while [ ! -e /tmp/dom0-stops ]; do
			i=$((i + 1))
			/root/t/drmtest --count "$1" --seed $i --no-hang >> /tmp/dom0.out 2>&1 ||
				exit
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
