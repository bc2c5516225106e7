#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tries the judge on real domains, without the module under test: judge-probe plants
# entries. Runs in dom0; prints TAP.
J=/dev/xengt-judge
HERE=$(dirname "$0")
SHM=$(lspci -Dn -d 1af4:1110 | cut -d' ' -f1)
# shellcheck source-path=SCRIPTDIR
. "$HERE/tap.sh"

# Runs a check, and prints the judge's report if the check fails.
judged() # DESCRIPTION COMMAND...
{
	check "$@" || sed 's/^/# /' $J | head -n 30
}

probe()
{
	"$HERE/judge-probe" "$SHM" "$@"
}

tell()
{
	echo "$*" > $J
}

count() # FIELD
{
	sed -n "s/^$1 //p" $J
}

frames() # DOMID
{
	sed -n "s/^domain $1 .* frames \([0-9]*\) .*/\1/p" $J
}

is_clean() # succeeds if one whole pass of the hammer finds no violation
{
	tell reset && tell pass && [ "$(count violations)" -eq 0 ] &&
		[ "$(count accesses)" -gt 0 ]
}

is_dirty()
{
	tell reset && tell pass && [ "$(count violations)" -gt 0 ]
}

# A guest that balloons from 250 to 192 MiB gives up 14848 frames, in small steps; later the
# guest gets them back. The test waits until at least MOST frames have moved, and then
# counts again.
MOST=12288

lost_frames() # DOMID BEFORE
{
	[ -n "$(frames "$1")" ] && [ "$(frames "$1")" -lt $(($2 - MOST)) ]
}

gained_frames() # DOMID BEFORE
{
	[ "$(frames "$1")" -gt $(($2 + MOST)) ]
}

is_forgotten()
{
	! grep -q "^domain $1 " $J
}

echo "# a register read without the judge: $(probe time 5000) us"
judged "load" insmod "$HERE/xengt_judge.ko"
judged "an interrupt on request" tell irq 0 0x1
judged "guest a" xl create -q /etc/xen/a.cfg
judged "guest b" xl create -q -p /etc/xen/b.cfg
# A guest gives up some memory while it boots. The test counts frames, so it waits until the
# guest's memory no longer changes.
memory_of_a()
{
	xl list a | awk 'NR == 2 { print $3 }'
}
is_steady()
{
	is_before=$(memory_of_a)
	sleep 2
	[ -n "$is_before" ] && [ "$is_before" = "$(memory_of_a)" ]
}
boots a
need "a's memory is steady" wait_for 60 is_steady
a=$(xl domid a) b=$(xl domid b)
judged "a slice is refused before its domain" sh -c "! echo slice 0 $a 0 0x1000 0 0 > $J"
date +%s.%N > /tmp/t0
judged "record a" tell domain "$a"
judged "record b" tell domain "$b"
echo "# recorded $(frames "$a") and $(frames "$b") frames in $(echo "$(date +%s.%N) $(cat /tmp/t0)" | awk '{print $1-$2}') s"
judged "a has its 240 MiB" [ "$(frames "$a")" -gt 60000 ]
judged "b has its 256 MiB" [ "$(frames "$b")" -gt 65000 ]
judged "no such domain" sh -c "! echo domain 77 > $J"
echo "# a register read: $(probe time 5000) us, a pass of the judge $(count pass_us) us"

scratch=$(probe nobody)
probe fill "$scratch"
probe map 0x1000 "$a" 1000
probe map 0x20000 "$a" 1000
probe map 0x2000 "$b" 1000
judged "slice of a" tell "slice 0 $a 0x1000000 0x1000000 0x20000000 0x10000000"
judged "slice of b" tell "slice 1 $b 0x2000000 0x1000000 0x30000000 0x10000000"
judged "hammer" tell hammer write
judged "the judge reports nothing" is_clean
judged "the hammer uses all entries" [ "$(count hammer_live)" -eq 3000 ]
judged "the scratch page is known" [ $(($(count scratch_mfn))) -eq $(($scratch)) ]

probe set 0x1800 "$(probe frame "$b" 500)"
probe flush
judged "a planted frame of b is reported" is_dirty
judged "... with slot, index and both domains" grep -q "^last .* slot 0 index 0x1800 .* expected $a found $b .* write hammer" $J
probe clear 0x1800
judged "an entry cleared without a flush is reported" is_dirty
judged "... as stale" grep -q ' stale' $J
probe flush
judged "the judge reports nothing after the flush" is_clean
probe set 0x2fff 0x500
probe flush
judged "a planted frame of Xen's is reported" is_dirty
probe set 0x2fff "$scratch"
probe flush
judged "the judge reports nothing after that" is_clean

# The table lacks frames that the guests have.
late=$(count late_accesses)
tell reset
tell blind on
tell pass
judged "there is no verdict before the table can be complete" sh -c "! cat $J > /dev/null 2>&1"
tell blind off
judged "an access to a frame that is found later is right" [ "$(count violations)" -eq 0 ]
judged "... and there were such accesses" [ "$(count late_accesses)" -ge $((late + 3000)) ]
judged "... and none is undecided" [ "$(count undecided_accesses)" -eq 0 ]
tell hammer off
probe set 0x1800 "$(probe frame "$b" 500)"
probe flush
tell reset
tell blind on
tell hammer write
tell pass
tell blind off
judged "a frame of b is not a's, even if the table lacks the frame" \
	grep -q "^last .* slot 0 index 0x1800 .* expected $a found $b .* table nobody xen $b gfn" $J
probe clear 0x1800
probe flush
tell reset
tell blind on
tell pass
tell "forget $a"
tell blind off
judged "an access to a frame that is never found is reported" \
	grep -q "^[a-z]* .* slot 0 .* expected $a found nobody .* unconfirmed table nobody xen $a gfn" $J
judged "a is recorded again" tell domain "$a"
judged "the judge reports nothing after that" is_clean

tell hammer off
probe set 0x1800 "$(probe frame "$b" 500)"
probe flush
tell reset
probe access 0x1800 > /dev/null
judged "an access through the aperture is reported" [ "$(count violations)" -eq 1 ]
probe clear 0x1800
probe flush

# a running guest balloons
before=$(frames "$a")
xl mem-set a 192
judged "ballooned frames have no owner any more" wait_for 60 lost_frames "$a" "$before"
before=$(frames "$a")
xl mem-set a 250
judged "new frames are found" wait_for 60 gained_frames "$a" "$before"
before=$(frames "$a")
judged "the judge drops records in one pass" tell prompt on
xl mem-set a 192
judged "... frames that Xen got back have no owner" wait_for 60 lost_frames "$a" "$before"
tell prompt off

# domains die
tell hammer on
xl destroy b
judged "b is gone completely" wait_for 10 is_gone b
judged "b is forgotten" wait_for 5 is_forgotten "$b"
judged "b's entries are reported now" is_dirty
tell "slice 1 off"
probe fill "$scratch"
judged "slices of a dead domain can be removed" [ "$(grep -c '^slice [0-9]' $J)" -eq 1 ]
tell hammer off
xl destroy a
judged "a is gone completely" wait_for 10 is_gone a
judged "unload" rmmod xengt_judge
tap_end
