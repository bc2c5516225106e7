# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# The counters of a guest with the hostile kernel (tests/e2e/hostile). Source this file.

stat_of() # GUEST COUNTER
{
	xengt-ctl stat "$1" --json | sed -n "s/.*\"$2\": *\([0-9]*\).*/\1/p"
}

counter_in() # FILE COUNTER
{
	sed -n "s/.*\"$2\": *\([0-9]*\).*/\1/p" "$1"
}

# Succeeds if GUEST's counters have grown as FILE says since /tmp/before.json. The lines of
# FILE: "expect COUNTER NUMBER": by exactly this number; "least COUNTER NUMBER": by at least
# this number; "ended COUNTER+COUNTER NUMBER": both together by exactly this number.
counters_agree() # GUEST FILE
{
	xengt-ctl stat "$1" --json > /tmp/after.json
	ca_bad=0
	while read -r word counters n; do
		case $word in expect | least | ended) ;; *) continue ;; esac
		ca_is=0
		for counter in $(echo "$counters" | tr + ' '); do
			ca_is=$((ca_is + $(counter_in /tmp/after.json "$counter") - \
				$(counter_in /tmp/before.json "$counter")))
		done
		if [ "$word" = least ] && [ $ca_is -ge "$n" ]; then
			continue
		elif [ "$word" != least ] && [ $ca_is = "$n" ]; then
			continue
		fi
		echo "$counters grew by $ca_is, but the guest says: $word $n"
		ca_bad=1
	done < "$2"
	[ $ca_bad = 0 ]
}
