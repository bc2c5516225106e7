#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# docs/threat-model.md pairs promises and tests. This script checks both directions: a
# test that the table names must exist and say "promise: ID", and a test that says
# "promise: ID" must stand in that promise's row. The promises' numbers have no gap. A
# planted fault that the file names must be one of tests/faults.
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
# the names of planted faults stand in the last column of a table
while read -r name; do
	grep -q "^${name}[[:blank:]]" tests/faults || {
		echo "docs/threat-model.md: tests/faults has no $name"
		bad=1
	}
done < <(sed -n 's/.*| \([A-Z_, ]*[A-Z]\) |$/\1/p' docs/threat-model.md | grep _ | tr -d ' ' | tr , '\n')
exit $bad
