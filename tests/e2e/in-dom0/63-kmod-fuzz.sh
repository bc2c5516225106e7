#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P2
#
# Random calls of /dev/xengt, for two domains that never run (tests/e2e/kmod/kmod_fuzz.c). $1:
# number of calls; $2: seed.
# shellcheck disable=SC2154,SC2317	# set in kmod.sh; called by check
HERE=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR
. "$HERE/kmod.sh"
calls=$1 seed=$2


dmesg -n 1
check "guest a" xl create -q -p /etc/xen/a.cfg
check "guest b" xl create -q -p /etc/xen/b.cfg
check "load" insmod "$HERE/xengt.ko"
check "bind" bind
part fuzz "$(xl domid a)" "$(xl domid b)" "$calls" "$seed"
check "the kernel is content" kernel_is_content
same "the module has no user" 0 "$(cat /sys/module/xengt/refcnt)"
xl destroy a
xl destroy b
check "nothing keeps a" wait_for 20 is_gone a
check "nothing keeps b" wait_for 20 is_gone b
check "unbind" sh -c "echo $GPU > $DRIVER/unbind"
check "unload" rmmod xengt
check "the kernel is still content" kernel_is_content
echo > "/sys/bus/pci/devices/$GPU/driver_override"
tap_end
