#!/bin/bash
# budget: 600
# Runs `make demo` as a user sees it: with warm caches the first line comes at once,
# the steps come in order, and no silence is longer than 10 s.
. "$(dirname "$0")/common.sh"
# The limits for a normal machine, multiplied by XENGT_SPEED: this machine's time in percent
# of a normal machine's time.
FIRST_MS=$((2 * 10 * ${XENGT_SPEED:-100}))
SILENT_MS=$((10 * 10 * ${XENGT_SPEED:-100}))
e2e_step "build" make -C "$TOP" -s -j2 all guest-programs deb
log=$B/log/demo-watched.log
mkdir -p "$B/log"

# Print each line with the milliseconds since the previous line.
watched()
{
	local line now last=$begun
	while IFS= read -r line; do
		now=$(date +%s%3N)
		printf '%d\t%s\n' $((now - last)) "$line"
		last=$now
	done
}

begun=$(date +%s%3N)
"$E2E/demo" 2>&1 < /dev/null | watched > "$log"
status=${PIPESTATUS[0]}

n=0 failed=0
result() # DESCRIPTION COMMAND...
{
	local what=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $what"
	else
		failed=1
		echo "not ok $n - $what"
	fi
}

first=$(head -n 1 "$log" | cut -f 1)
longest=$(sort -n "$log" | tail -n 1)
scenes=$(cut -f 2- "$log" | sed -n 's/^\[\([0-9]*\)\/14\] .*/\1/p' | tr '\n' ' ')
said() # PATTERN
{
	cut -f 2- "$log" | grep -Eq -- "$1"
}

echo "# first line after $first ms; longest silence: ${longest%%	*} ms, before: ${longest#*	}"
result "exit status 0" [ "$status" = 0 ]
result "fourteen scenes, in order" [ "$scenes" = "1 2 3 4 5 6 7 8 9 10 11 12 13 14 " ]
result "first line within $FIRST_MS ms" [ "${first:-99999}" -le "$FIRST_MS" ]
result "no silence over $SILENT_MS ms" [ "${longest%%	*}" -le "$SILENT_MS" ]
result "the nonce comes back from the guest" said '^nonce [0-9a-f]{12}$'
result "two guests got their shares, three times" [ "$(cut -f 2- "$log" |
	grep -cE '^      checked: .* within 5 %')" = 3 ]
result "none of a hundred attacks or more got through" said \
	'^      [0-9]+ without effect; 0 got through'
result "... and there were so many" said '^      \.\.\. in all [1-9][0-9]{2} attacks: '
result "the attacker has lost its vGPU" said '^      checked: the vGPU was taken from stranger'
refuse_said()
{
	! said "$1"
}
result "nothing was wrong" refuse_said '^      WRONG'
result "i915's work was right" said '^drmtest: .* 0 wrong'
result "the picture is there, and each pixel is right" said '^0 of 307200 pixels differ'
result "it says that it is done" said '^Done in [0-9]+ s'
[ "$failed" = 0 ] || tail -n 15 "$log" | sed 's/^/# /'
echo "1..$n"
exit "$failed"
