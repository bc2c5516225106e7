#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P2
#
# A life of the module and of a vGPU, in a dom0 whose Linux has KASAN and lockdep, and then what
# these have to say about everything since the boot.
# shellcheck disable=SC2154,SC2317	# set in kmod.sh; called by check
HERE=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR
. "$HERE/kmod.sh"
# shellcheck source-path=SCRIPTDIR
. "$HERE/kasan.sh"

dmesg -n 1
check "the module is compiled for KASAN" is_checked "$HERE/xengt.ko"
same "lockdep is on" 1 "$(lockdep_stat debug_locks)"
check "a guest" xl create -q -p /etc/xen/a.cfg
check "load" insmod "$HERE/xengt.ko"
check "bind" bind
hold "$(xl domid a)" 16 48 300
check "lockdep knows the module's locks" knows_locks_of_xengt
ask worker 300
ask revalidate
check "the state is shown" cat /sys/kernel/debug/xengt/state
check "... and the errors" cat /sys/kernel/debug/xengt/error
ask unmap
ask zap
let_go
hold "$(xl domid a)" 16 48 300
check "unbind, with a vGPU" sh -c "echo $GPU > $DRIVER/unbind"
ask info
let_go
check "bind again" bind
check "unbind" sh -c "echo $GPU > $DRIVER/unbind"
check "unload" rmmod xengt
echo > "/sys/bus/pci/devices/$GPU/driver_override"
xl destroy a
check "nothing keeps the guest" wait_for 60 is_gone a
verdict
tap_end
