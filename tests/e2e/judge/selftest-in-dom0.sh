#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Tries the judge on real domains, without the module under test: entries are
# planted with judge-probe. Runs in dom0; prints TAP.
J=/dev/xengt-judge
HERE=$(dirname "$0")
SHM=$(lspci -Dn -d 1af4:1110 | cut -d' ' -f1)
n=0 failed=0

tap() # NAME COMMAND...
{
	n=$((n + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
		sed 's/^/# /' $J | head -n 30
	fi
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

is_clean() # one whole pass of the hammer adds nothing
{
	tell reset && tell pass && [ "$(count violations)" -eq 0 ] &&
		[ "$(count accesses)" -gt 0 ]
}

is_dirty()
{
	tell reset && tell pass && [ "$(count violations)" -gt 0 ]
}

within() # SECONDS COMMAND...
{
	end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}

lost_frames() # DOMID BEFORE
{
	[ -n "$(frames "$1")" ] && [ "$(frames "$1")" -lt $(($2 - 4096)) ]
}

gained_frames() # DOMID BEFORE
{
	[ "$(frames "$1")" -gt $(($2 + 4096)) ]
}

is_forgotten()
{
	! grep -q "^domain $1 " $J
}

is_gone()
{
	! xl list "$1" > /dev/null 2>&1 && ! xl list | grep -q '(null)'
}

echo "# a register read without the judge: $(probe time 5000) us"
tap "load" insmod "$HERE/xengt_judge.ko"
tap "an interrupt on request" tell irq 0 0x1
tap "guest a" xl create -q /etc/xen/a.cfg
tap "guest b" xl create -q -p /etc/xen/b.cfg
a=$(xl domid a) b=$(xl domid b)
tap "its slices come after a domain" sh -c "! echo slice 0 $a 0 0x1000 0 0 > $J"
date +%s.%N > /tmp/t0
tap "record a" tell domain "$a"
tap "record b" tell domain "$b"
echo "# recorded $(frames "$a") and $(frames "$b") frames in $(echo "$(date +%s.%N) $(cat /tmp/t0)" | awk '{print $1-$2}') s"
tap "a has its 256 MiB" [ "$(frames "$a")" -gt 65000 ]
tap "b has its 256 MiB" [ "$(frames "$b")" -gt 65000 ]
tap "no such domain" sh -c "! echo domain 77 > $J"
echo "# a register read: $(probe time 5000) us, a pass of the judge $(count pass_us) us"

scratch=$(probe nobody)
probe fill "$scratch"
probe map 0x1000 "$a" 1000
probe map 0x80000 "$a" 1000
probe map 0x2000 "$b" 1000
tap "slice of a" tell "slice 0 $a 0x1000000 0x1000000 0x80000000 0x10000000"
tap "slice of b" tell "slice 1 $b 0x2000000 0x1000000 0x90000000 0x10000000"
tap "hammer" tell hammer write
tap "nothing wrong" is_clean
tap "all entries are looked at" [ "$(count hammer_live)" -eq 3000 ]
tap "the scratch page is known" [ $(($(count scratch_mfn))) -eq $(($scratch)) ]

probe set 0x1800 "$(probe frame "$b" 500)"
probe flush
tap "a planted frame of b is reported" is_dirty
tap "... with all that matters" grep -q "^last .* slot 0 index 0x1800 .* expected $a found $b .* write hammer" $J
probe clear 0x1800
tap "an entry cleared without a flush is reported" is_dirty
tap "... as stale" grep -q ' stale' $J
probe flush
tap "nothing wrong after the flush" is_clean
probe set 0x2fff 0x500
probe flush
tap "a planted frame of Xen's is reported" is_dirty
probe set 0x2fff "$scratch"
probe flush
tap "nothing wrong after" is_clean
tell hammer off
probe set 0x1800 "$(probe frame "$b" 500)"
probe flush
tell reset
probe access 0x1800 > /dev/null
tap "the aperture is judged" [ "$(count violations)" -eq 1 ]
probe clear 0x1800
probe flush

# ballooning, by a guest that is up
tap "a is up" within 200 grep -q judge-guest-up /var/log/xen/console/guest-a.log
before=$(frames "$a")
xl mem-set a 192
tap "ballooned frames become nobody's" within 60 lost_frames "$a" "$before"
before=$(frames "$a")
xl mem-set a 250
tap "new frames are found" within 60 gained_frames "$a" "$before"

# death
tell hammer on
xl destroy b
tap "nothing keeps b" within 10 is_gone b
tap "b is forgotten" within 5 is_forgotten "$b"
tap "its entries are reported now" is_dirty
tell "slice 1 off"
probe fill "$scratch"
tap "slices of a dead domain can go" [ "$(grep -c '^slice [0-9]' $J)" -eq 1 ]
tell hammer off
xl destroy a
tap "nothing keeps a" within 10 is_gone a
tap "unload" rmmod xengt_judge
echo "1..$n"
exit $failed
