#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P3
#
# A frame is released only when the GPU cannot reach it any more: in all four
# cases, watched by the judge, which knows nothing of the module. The hammer
# touches every live entry, so the TLB is full of what was there before. The
# frames' domain is gone when the judge looks: what was left behind hits
# nobody's memory, and shows. Runs in dom0; prints TAP.
# shellcheck disable=SC2154,SC2317	# set in dom0-lib.sh; called by tap
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
	tap "$case: guest" xl create -q -p /etc/xen/a.cfg
	dom=$(xl domid a)
	hold "$dom" 16 48 "$2"
	read -r _ _ low low_bytes high high_bytes _ < /tmp/hold.out
	tap "$case: judge" tell "domain $dom"
	tell "slice 0 $dom $low $low_bytes $high $high_bytes"
	tap "$case: the GPU finds the guest's frames" is_clean
	tap "$case: all of them" has_live "$2"
}

end()
{
	tap "$case: the domain is gone" within 20 is_gone a
	tap "$case: the GPU finds nothing" is_clean
	tap "$case: no entry is live" has_live 0
	tell "slice 0 off"
}

dmesg -n 1
tap "load" insmod "$HERE/xengt.ko"
tap "bind" bind
tap "judge" insmod "$HERE/xengt_judge.ko"

begin "worker killed" 100
ask worker 300
tap "$case: the broker's copy keeps it alive" is_clean
tap "$case: with all entries" has_live 300
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
tap "$case: its frames are held" sh -c "xl list | grep -q '(null)'"
ask zap
end
let_go

begin "frames given away" 300
"$HERE/kmod-test" balloon "$dom" out 200
ask revalidate
tap "$case: they are released" [ "$answer" = "0 dropped 200 resolved 0" ]
tell refresh
tap "$case: the GPU finds the guest's frames" is_clean
tap "$case: those that are left" has_live 100
"$HERE/kmod-test" balloon "$dom" in 200
ask revalidate
tap "$case: new ones are found" [ "$answer" = "0 dropped 0 resolved 200" ]
tell refresh
tap "$case: the GPU finds the guest's frames" is_clean
tap "$case: all of them" has_live 300
ask unmap
ask zap
xl destroy a
end
let_go

# An interrupt from a source that a test unmasks behind the module's back
"$HERE/kmod-test" poke 44304 0 &&
	"$HERE/kmod-test" poke 4430c ffffffff
tell irq 0 0x100
tap "an interrupt is taken" within 5 \
	grep -q 'gt 1 ' /sys/kernel/debug/xengt/state
tell irq 0 0x100
tap "... and acknowledged: the next comes" within 5 \
	grep -q 'gt 2 ' /sys/kernel/debug/xengt/state
grep irqs /sys/kernel/debug/xengt/state | sed 's/^/# /'

rmmod xengt_judge
tap "unload" rmmod xengt
tap "the kernel is content" kernel_is_content
echo "1..$n"
exit "$failed"
