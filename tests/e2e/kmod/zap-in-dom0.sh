#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P3
#
# A frame is released only when the GPU cannot reach it any more: in all four
# cases, watched by the judge, which knows nothing of the module. The hammer
# touches every live entry, so the TLB is full of what was there before. The
# frames' domain is gone when the judge looks: what was left behind hits
# nobody's memory, and shows. Runs in dom0; prints TAP.
# shellcheck disable=SC2154,SC2317	# set in dom0-lib.sh; called by check
HERE=$(dirname "$0")
# shellcheck source-path=SCRIPTDIR
. "$HERE/dom0-lib.sh"
J=/dev/xengt-judge

tell()
{
	echo "$*" > "$J"
}

count() # FIELD
{
	sed -n "s/^$1 //p" "$J"
}

# A whole pass of the hammer finds nothing wrong; or something.
is_clean()
{
	tell reset && tell hammer write && tell pass && tell hammer off &&
		[ "$(count violations)" -eq 0 ] && return
	sed -n '/^violation\|^last/s/^/# /p' "$J" | head -n 5
	return 1
}

has_live() # ENTRIES
{
	[ "$(count hammer_live)" -eq "$1" ]
}

# A guest with a vGPU of which N entries are mapped, known to the judge, and
# the GPU has used all of them.
begin() # CASE N
{
	echo "# $1"
	case=$1
	check "$case: guest" xl create -q -p /etc/xen/a.cfg
	dom=$(xl domid a)
	hold "$dom" 16 48 "$2"
	read -r _ _ low low_bytes high high_bytes _ < /tmp/hold.out
	check "$case: judge" tell "domain $dom"
	tell "slice 0 $dom $low $low_bytes $high $high_bytes"
	check "$case: the GPU finds the guest's frames" is_clean
	check "$case: all of them" has_live "$2"
}

end()
{
	check "$case: the domain is gone" wait_for 20 is_gone a
	check "$case: the GPU finds nothing" is_clean
	check "$case: no entry is live" has_live 0
	tell "slice 0 off"
}

dmesg -n 1
check "load" insmod "$HERE/xengt.ko"
check "bind" bind
check "judge" insmod "$HERE/xengt_judge.ko"

begin "worker killed" 100
ask worker 300
check "$case: the broker's copy keeps it alive" is_clean
check "$case: with all entries" has_live 300
ask zap
xl destroy a
end
let_go

begin "last close" 300
kill -KILL "$holder"
let_go 2> /dev/null
xl destroy a
end

begin "domain destroyed" 300
xl destroy a
sleep 1
check "$case: its frames are held" sh -c "xl list | grep -q '(null)'"
ask zap
end
let_go

begin "frames given away" 300
"$HERE/kmod-test" balloon "$dom" out 200
ask revalidate
check "$case: they are released" [ "$answer" = "0 dropped 200 resolved 0" ]
tell refresh
check "$case: the GPU finds the guest's frames" is_clean
check "$case: those that are left" has_live 100
"$HERE/kmod-test" balloon "$dom" in 200
ask revalidate
check "$case: new ones are found" [ "$answer" = "0 dropped 0 resolved 200" ]
tell refresh
check "$case: the GPU finds the guest's frames" is_clean
check "$case: all of them" has_live 300
ask unmap
ask zap
xl destroy a
end
let_go

# An interrupt from a source that a test unmasks behind the module's back
"$HERE/kmod-test" poke 44304 0 &&
	"$HERE/kmod-test" poke 4430c ffffffff
tell irq 0 0x100
check "an interrupt is taken" wait_for 5 \
	grep -q 'gt 1 ' /sys/kernel/debug/xengt/state
tell irq 0 0x100
check "... and acknowledged: the next comes" wait_for 5 \
	grep -q 'gt 2 ' /sys/kernel/debug/xengt/state
grep irqs /sys/kernel/debug/xengt/state | sed 's/^/# /'

rmmod xengt_judge
check "unload" rmmod xengt
check "the kernel is content" kernel_is_content
tap_end
