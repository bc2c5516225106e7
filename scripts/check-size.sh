#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Measures files and functions: a file has at most 700 lines (900 in tests/), a function
# at most 60 lines and a complexity of at most 15. The complexity is McCabe's original
# number, in which each case of a switch counts: the second column of pmccabe's output.
# A function in a header of the tests may have at most 5 lines; a longer function must
# be in the .c file of a rig.
#
#   scripts/check-size.sh          measure the tree
#   scripts/check-size.sh --list   print what exceeds a limit, in the form of the list
#
# Exits with 77 if pmccabe is not installed (scripts/deps.sh lint).
set -u
export LC_ALL=C
cd "$(dirname "$0")/.." || exit 1

max_file=700 max_test=900 max_length=60 max_complexity=15 max_in_header=5

# Functions that exceed a limit because they are tables of cases, each with its reason. If
# a function does not exceed its limit any more, delete its line. If a function became
# shorter, write its new number. A number may grow only because the function's table has a
# new case.
tables='
complexity 24 src/sim/cmd.c:atomic                  a case for each operation of MI_ATOMIC
complexity 20 src/sim/pcode.c:command               a case for each command of the mailbox
complexity 18 src/sim/engine_regs.c:sim_engine_reg_write a case for each register of an engine
complexity 24 src/sim/engine_regs.c:sim_engine_reg_read  a case for each register of an engine
complexity 18 src/xengt-vgpu/main.c:parse_one       a case for each option
complexity 22 src/core/regs.c:rule_error            a line for each rule of a row
complexity 19 tests/e2e/guest/drm_mi.c:atomic_result a case for each operation of MI_ATOMIC
complexity 34 tests/fuzz/fuzz_audit.c:judge_mi      a case for each command
complexity 16 tests/fuzz/fuzz_sim_cmd.c:step        a case for each step
complexity 17 tests/unit/test_submit_sessions.c:act a case for each step of a session
'

command -v pmccabe > /dev/null || {
	echo "no pmccabe (scripts/deps.sh lint)"
	exit 77
}

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# All C files and all scripts (a script begins with #!), except files that Kbuild writes
# into the folder of the module's sources.
sources()
{
	find include kmod src xen-hooks tools tests scripts debian -type f \
		-not -name '*.mod.c' | sort | perl -ne '
		chomp;
		if (!/\.[ch]$/) {
			next if /\.(in|ok|md|gz|o|ko|cmd)$/;
			open(my $in, "<", $_) or die "$_: $!";
			read($in, my $head, 2);
			next if $head ne "#!";
		}
		print "$_\n";'
}

# Prints a line "KIND NUMBER PLACE" for each file and function that exceeds a
# limit.
measure()
{
	local -x out=$tmp/c
	sources > "$tmp/sources"
	xargs wc -l < "$tmp/sources" | awk -v "max=$max_file" -v "max_test=$max_test" '
		$2 == "total" { next }
		$1 >= ($2 ~ /^tests\// ? max_test : max) { print "file", $1, $2 }'
	# pmccabe treats an attribute of a prototype as the beginning of a function that
	# ends at the next brace. So remove attributes. counters.h has no function, and
	# pmccabe cannot read it.
	grep '\.[ch]$' "$tmp/sources" | grep -vx 'include/xengt/counters\.h' |
		perl -MFile::Path=make_path -MFile::Basename -ne '
		chomp;
		open(my $in, "<", $_) or die "$_: $!";
		my $text = do { local $/; <$in> };
		$text =~ s{__attribute__\s*(\((?:[^()]++|(?1))*\))}{}g;
		make_path("$ENV{out}/" . dirname($_));
		open(my $out, ">", "$ENV{out}/$_") or die "$_: $!";
		print $out $text;'
	(cd "$tmp/c" && find . -name '*.[ch]' -printf '%P\n' | xargs pmccabe) \
		2> "$tmp/errors" | awk -F '\t' \
		-v "max_length=$max_length" -v "max_complexity=$max_complexity" \
		-v "max_in_header=$max_in_header" '
		{
			split($6, part, /[(:] */)
			place = part[1] ":" part[3]
		}
		$5 > max_length { print "length", $5, place }
		$2 > max_complexity { print "complexity", $2, place }
		place ~ /^tests\/.*\.h:/ && $5 > max_in_header { print "header", $5, place }'
}

measure | sort -k 1,1 -k 3 > "$tmp/found"
if [ "${1:-}" = --list ]; then
	cat "$tmp/found"
	exit
fi

bad=0
complain()
{
	echo "check-size: $*"
	bad=1
}

while read -r line; do
	complain "pmccabe cannot read: $line"
done < "$tmp/errors"

awk 'NF { print $1, $2, $3 }' <<< "$tables" | sort -k 1,1 -k 3 > "$tmp/listed"
while read -r kind number place; do
	listed=$(awk -v "kind=$kind" -v "place=$place" \
		'$1 == kind && $3 == place { print $2 }' "$tmp/listed")
	if [ -z "$listed" ]; then
		complain "$place: $kind of $number is over the limit"
	elif [ "$number" -gt "$listed" ]; then
		complain "$place: $kind of $number, and it was $listed"
	elif [ "$number" -lt "$listed" ]; then
		complain "$place: $kind of $number: write $number for $listed in this script"
	fi
done < "$tmp/found"
while read -r kind number place; do
	grep -q "^$kind [0-9]* $place\$" "$tmp/found" ||
		complain "$place: $kind is within the limit, delete its line in this script"
done < "$tmp/listed"

[ "$bad" = 0 ] && echo "check-size: fine"
exit "$bad"
