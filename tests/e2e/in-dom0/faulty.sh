# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# Source this file after tap.sh. If tests/e2e/fault.sh has put the module or a program with a
# planted fault into dom0, this file installs it, and the test ends with the first check that
# fails: more of them say nothing more.

faulty()
{
	/etc/init.d/xengtd stop || return
	if [ -e /root/t/faulty.ko ]; then
		! lsmod | grep -q '^xengt ' || rmmod xengt || return
		insmod /root/t/faulty.ko || return
	fi
	[ ! -e /root/t/faulty-xengtd ] || cp /root/t/faulty-xengtd /usr/sbin/xengtd || return
	[ ! -e /root/t/faulty-xengt-vgpu ] ||
		cp /root/t/faulty-xengt-vgpu "$(command -v /usr/libexec/xengt/xengt-vgpu ||
			command -v /usr/lib/xengt/xengt-vgpu)" || return
	/etc/init.d/xengtd start
}

for faulty_file in /root/t/faulty.ko /root/t/faulty-xengtd /root/t/faulty-xengt-vgpu; do
	[ -e $faulty_file ] || continue
	need "a planted fault" faulty
	ends_with_first_failure
done
