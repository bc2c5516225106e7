#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# promise: P3
#
# The module may release a frame only when the GPU cannot reach the frame any more. The
# judge, which shares no code with the module, checks this order. During each test the
# hammer touches every live entry again and again, so that the TLB has all old
# translations. If Xen gets a frame back while an entry or a translation still points to
# the frame, the judge reports a violation at once. The judge learns of a release from
# Xen's count of the domain's pages (look_at_once() in judge/judge_table.c). If the domain
# is dead, or has given the frame away, the count falls when the module releases the
# frame, and not before. If a living domain keeps the frame, the count does not fall. So
# close and zap are also tested on a domain that was destroyed before.
#
# In a PVH dom0 the module releases a frame by ending its mapping for dom0's devices, too. If an
# entry or a translation of the GPU still points to this mapping, the IOMMU refuses the hammer's
# access.
#
# $1: first: the test ends with the first check that fails.
# Runs in dom0; prints TAP.
# shellcheck disable=SC2154,SC2317 # set in kmod.sh; called by check
HERE=$(dirname "$0")
way=$(cat /sys/hypervisor/guest_type)	# PV or PVH
# shellcheck source-path=SCRIPTDIR
. "$HERE/kmod.sh"
# shellcheck source-path=SCRIPTDIR
. "$HERE/judge.sh"
J=/dev/xengt-judge
[ "${1:-}" != first ] || ends_with_first_failure

tell()
{
	echo "$*" > "$J"
}

count() # FIELD
{
	sed -n "s/^$1 //p" "$J"
}

# Waits for a whole pass of the hammer; succeeds if the pass finds no violation.
is_clean()
{
	tell reset && tell hammer write && tell pass && tell hammer off &&
		[ "$(count violations)" -eq 0 ] && refused_nothing && return
	sed -n '/^violation\|^last/s/^/# /p' "$J" | head -n 5
	return 1
}

# Succeeds if no access of the GPU reached an address that the IOMMU does not map.
refused_nothing()
{
	rn_refused=$(judge_refused)
	[ "$rn_refused" = 0 ] || echo "# the IOMMU refused $rn_refused accesses"
	[ "$rn_refused" = 0 ]
}

# After a lap of the IOMMU's queue the simulator cannot say whether an invalidation is missing
# (docs/gpusim.md).
laps_are_rare()
{
	[ $(($(count iommu_laps) * 10000)) -le "$(count iommu_translations)" ]
}

has_live() # ENTRIES
{
	[ "$(count hammer_live)" -eq "$1" ]
}

# From here to unwatch the GPU uses every entry, of which N must be live, and the judge
# reports a frame that the module releases too early.
watch() # N
{
	check "$case: the judge watches" tell prompt on
	tell reset && tell hammer write && tell pass
	check "$case: the GPU uses $1 entries" has_live "$1"
}

# Succeeds if N entries are live after a whole pass of the hammer.
uses() # N
{
	tell pass && has_live "$1"
}

unwatch() # WHAT N
{
	check "$case: $1: $2 entries are in use" uses "$2"
	tell hammer off
	tell prompt off
	check "$case: $1: no access reached a frame of another owner" is_untouched
}

is_untouched()
{
	[ "$(count violations)" -eq 0 ] && refused_nothing && return
	sed -n '/^violation\|^last/s/^/# /p' "$J" | head -n 5
	return 1
}

# Makes a guest whose vGPU has N mapped entries, tells the judge about the guest, and
# waits until the GPU has used all these entries.
begin() # CASE N
{
	echo "# $1"
	case=$1
	check "$case: guest" xl create -q -p /etc/xen/a.cfg
	dom=$(xl domid a)
	hold "$dom" 16 48 "$2"
	read -r _ _ low low_bytes high high_bytes _ < /tmp/hold.out
	check "$case: judge" tell "domain $dom"
	scratch=$(sed -n 's/^ *scratch page //p' /sys/kernel/debug/xengt/state)
	tell "slice 0 $dom $low $low_bytes $high $high_bytes $scratch"
	check "$case: the GPU finds the guest's frames" is_clean
	check "$case: all entries are live" has_live "$2"
}

end()
{
	check "$case: the domain is gone" wait_for 20 is_gone a
	check "$case: the judge reports nothing" is_clean
	check "$case: no entry is live" has_live 0
	tell "slice 0 off"
}

# Destroys the domain, whose frames the vGPU still holds.
dies()
{
	xl destroy a
	check "$case: its frames are held" wait_for 20 sh -c "xl list | grep -q '(null)'"
}

dmesg -n 1
check "load" insmod "$HERE/xengt.ko"
check "bind" bind
check "judge" insmod "$HERE/xengt_judge.ko"

if [ "$way" = PVH ]; then
	begin "an address that nothing maps" 100
	check "$case: the IOMMU refuses the accesses" judge_plants_fault $(((low >> 12) + 200))
	sed 's/^/# /' $tap_out
	ask zap
	xl destroy a
	end
	let_go
fi

begin "worker killed" 100
watch 100
ask worker 300
unwatch "the broker's fd keeps the vGPU alive" 300
watch 300
ask zap
unwatch "zap" 0
xl destroy a
end
let_go

begin "last close" 300
watch 300
kill -KILL "$holder"
let_go 2> /dev/null
unwatch "killed" 0
xl destroy a
end

# Use as many entries as fit, so that their release takes a while.
begin "last close, of a dead domain" 4000
watch 4000
dies
check "$case: all entries are still in use" uses 4000
kill -KILL "$holder"
let_go 2> /dev/null
unwatch "killed" 0
end

begin "domain destroyed" 4000
watch 4000
dies
check "$case: all entries are still in use" uses 4000
ask zap
unwatch "zap" 0
end
let_go

# The module handles the frames that the guest gives away together: it releases none of them
# while an entry or a translation of any of them is still in use.
begin "frames given away" 600
watch 600
"$HERE/kmod-test" balloon "$dom" out 500
check "$case: the frames are held and still in use" uses 600
ask revalidate
check "$case: the frames are released" [ "$answer" = "0 dropped 500 resolved 0" ]
unwatch "released" 100
ask info
check "$case: they are counted, and none is kept" \
	[ "$answer" = "0 state 0 held 100 kept 0 followed 500" ]
"$HERE/kmod-test" balloon "$dom" in 500
# The judge's table lacks the new pages when the module maps them, because in its prompt
# mode the judge does not search.
[ "$way" = PVH ] || late=$(count late_accesses)
watch 100
ask revalidate
check "$case: the new frames are found" [ "$answer" = "0 dropped 0 resolved 500" ]
unwatch "found" 600
# In a PVH dom0 the judge has no table: Xen's structures say at once who owns a frame.
[ "$way" = PVH ] || check "$case: the judge decided later about the new frames" \
	[ "$(count late_accesses)" -ge $((late + 500)) ]
watch 600
ask unmap
unwatch "unmapped" 0
ask zap
xl destroy a
end
let_go

# The guest gives frames away, and has other frames at the same guest frame numbers before the
# module looks. A PVH dom0 cannot see the difference: until the guest changes its entries, the
# module holds the old frames, which only this guest can reach. They count as memory of the guest,
# so there are fewer of them than in the case above. (In a PV dom0 the module sees the difference:
# kmod_frames.c.)
frames_are_replaced()
{
	begin "frames replaced" 300
	watch 300
	"$HERE/kmod-test" balloon "$dom" out 100
	"$HERE/kmod-test" balloon "$dom" in 100
	ask revalidate
	check "$case: the module cannot see it" [ "$answer" = "0 dropped 0 resolved 0" ]
	unwatch "held" 300
	ask unmap
	check "$case: the guest clears its entries" [ "$answer" = 0 ]
	ask fill 300
	ask info
	check "$case: all old frames are released" \
		[ "${answer% followed *}" = "0 state 0 held 300 kept 0" ]
	check "$case: the GPU finds the guest's new frames" is_clean
	ask zap
	xl destroy a
	end
	let_go
}

if [ "$way" = PVH ]; then
	frames_are_replaced
	check "the judge asked Xen's own structures for each owner" judge_asks_xen
	check "the IOMMU translated" judge_has iommu_translations
	check "... to other addresses" judge_has iommu_moved
	same "no stale translation was used" 0 "$(count iommu_stale)"
	check "... and the simulator saw the IOMMU's queue, but for rare moments" laps_are_rare
	grep '^iommu_' "$J" | tr '\n' ' ' | sed 's/^/# /'
	echo
fi

# Cause an interrupt from a source that this test unmasks without the module's knowledge.
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
check "the kernel logged no warning or oops" kernel_is_content
tap_end
