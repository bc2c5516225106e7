#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/threat-model.md has a table of promises, with the tests of each promise. This
# script checks both directions: a test that the table names must exist and have the
# text "promise: ID"; and if a test has the text "promise: ID", the promise's row must
# name this test. The promises' numbers must have no gap.
set -u
cd "$(dirname "$0")/.." || exit 1
bad=0

rows=$(sed -n 's/^| \(P[0-9]*\) |.*| \([^ |]*\) |$/\1 \2/p' docs/threat-model.md)
[ -n "$rows" ] || { echo "docs/threat-model.md: no rows found"; exit 1; }
while read -r id file; do
	if [ ! -e "$file" ]; then
		echo "$id: $file does not exist"
		bad=1
	elif ! grep -q "promise: .*\b$id\b" "$file"; then
		echo "$id: $file does not say 'promise: $id'"
		bad=1
	fi
done <<< "$rows"

last=0
while read -r id _; do
	case ${id#P} in
	"$last" | $((last + 1))) ;;
	*)
		echo "docs/threat-model.md: after P$last comes $id"
		bad=1
		;;
	esac
	last=${id#P}
done <<< "$rows"

while IFS=: read -r file _ text; do
	for id in $(grep -o 'P[0-9]\+' <<< "${text#*promise:}"); do
		grep -qx "$id $file" <<< "$rows" || {
			echo "$file says promise: $id, docs/threat-model.md does not name it there"
			bad=1
		}
	done
done < <(grep -rn 'promise: P' tests)
exit $bad
