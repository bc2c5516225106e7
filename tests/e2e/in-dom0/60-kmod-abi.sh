#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P2
#
# Tests /dev/xengt with two domains that never run. Runs in dom0 with xengt.ko,
# kmod-test and the guests a and b; prints TAP, each part with its own plan.
# shellcheck disable=SC2154,SC2317	# set in kmod.sh; called by check
HERE=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR
. "$HERE/kmod.sh"

dmesg -n 1
check "guest a" xl create -q -p /etc/xen/a.cfg
check "guest b" xl create -q -p /etc/xen/b.cfg
a=$(xl domid a) b=$(xl domid b)

check "load" insmod "$HERE/xengt.ko"
check "the module binds no GPU on its own" [ ! -e "/sys/bus/pci/devices/$GPU/driver" ]
check "only root has access to the device" [ "$(stat -c %a:%u /dev/xengt)" = 600:0 ]
part unbound "$a"

other=$(lspci -Dn | awk '$3 !~ /^8086:1(9|6)/ { print $1; exit }')
echo xengt > "/sys/bus/pci/devices/$other/driver_override"
echo "$other" > "/sys/bus/pci/devices/$other/driver/unbind" 2> /dev/null
check "another device is refused" sh -c "! echo $other > $DRIVER/bind"
check "... and the log names it" says "$(lspci -Dns "$other" | awk '{ print $3 }') is not supported"

# The GPU is as firmware leaves it: VGA, a pipe, a plane, a sprite and a cursor are
# on.
echo 1 > "/sys/bus/pci/devices/$GPU/enable"
poke()
{
	"$HERE/kmod-test" poke "$1" "$2"
}

peek() # REGISTER MASK
{
	printf '%x' $((0x$("$HERE/kmod-test" peek "$1") & 0x$2))
}

poke 41000 0
poke 70008 80000000
poke 7019c 2000; poke 70180 84000000
poke 7029c 3000; poke 70280 84000000
poke 70084 1000; poke 70080 27
same "the display is on" "80000000 80000000 80000000 27 0" \
	"$(peek 70008 80000000) $(peek 70180 80000000) $(peek 70280 80000000) $(peek 70080 3f) $(peek 41000 80000000)"
start=$(date +%s)
check "bind" bind
same "pipe, planes, cursor and VGA are off" "0 0 0 0 80000000" \
	"$(peek 70008 c0000000) $(peek 70180 80000000) $(peek 70280 80000000) $(peek 70080 3f) $(peek 41000 80000000)"
same "... and show nothing of the GGTT" "0 0 0" \
	"$(peek 7019c ffffffff) $(peek 7029c ffffffff) $(peek 70084 ffffffff)"
echo "# binding took $(($(date +%s) - start)) s"
part refuse "$a" "$b"
part frames "$a" "$b"
part life "$a" "$b"

# The domain dies while it has a vGPU.
hold "$b" 16 48 300
xl destroy b
check "a dead domain's frames stay held" sh -c "sleep 1; xl list | grep -q '(null)'"
ask revalidate
ask info
check "... and the vGPU lives" [ "$answer" != "${answer%state 0*}" ]
ask fill 400
ask zap
check "after zap the domain is gone" wait_for 10 is_gone b
let_go

# Another domain gets the id of the dead domain.
if [ -e "$HERE/reuse-test" ]; then
	check "guest b again" xl create -q -p /etc/xen/b.cfg
	adopt "reuse" "$HERE/reuse-test" "$(xl domid b)"
	check "both domains are gone" wait_for 10 is_gone b
else
	ok "a reused number # SKIP built for another Xen"
fi

# The GPU is unbound.
hold "$a" 16 48 300
check "no unload while a vGPU is open" sh -c "! rmmod xengt 2> /dev/null"
check "unbind" sh -c "echo $GPU > $DRIVER/unbind"
ask info
check "... zaps the vGPU and releases its frames" [ "${answer% followed *}" = "0 state 2 held 0 kept 0" ]
ask read
check "... which gets an event" [ "$answer" = 2 ]
ask fill 1
check "... and then refuses requests" [ "$answer" = -116 ]
part unbound "$a"
let_go
check "unload" rmmod xengt
check "the kernel logged no warning or oops" kernel_is_content
echo > "/sys/bus/pci/devices/$GPU/driver_override"
echo > "/sys/bus/pci/devices/$other/driver_override"
xl destroy a
check "a is gone completely" wait_for 10 is_gone a
tap_end
