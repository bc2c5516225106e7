# SPDX-License-Identifier: GPL-2.0-only
# TAP for tests that run in dom0 or in a guest, and the questions they all ask. Source
# it.

tap_n=0
tap_failed=0
tap_out=/tmp/tap.out

ok() # DESCRIPTION
{
	tap_n=$((tap_n + 1))
	echo "ok $tap_n - $1"
}

not_ok() # DESCRIPTION [WHY...]
{
	tap_n=$((tap_n + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_n - $1"
	shift
	for line in "$@"; do
		echo "# $line"
	done
}

# check DESCRIPTION COMMAND...: the command must succeed.
check()
{
	tap_what=$1
	shift
	if "$@" > $tap_out 2>&1; then
		ok "$tap_what"
	else
		not_ok "$tap_what" "exit $?: $*"
		tail -n 20 $tap_out | sed 's/^/# /'
		return 1
	fi
}

# refuse DESCRIPTION COMMAND...: the command must fail.
refuse()
{
	tap_what=$1
	shift
	if "$@" > $tap_out 2>&1; then
		not_ok "$tap_what" "succeeded: $*"
		tail -n 20 $tap_out | sed 's/^/# /'
		return 1
	fi
	ok "$tap_what"
}

# same DESCRIPTION WANT GOT
same()
{
	if [ "$2" = "$3" ]; then
		ok "$1"
	else
		not_ok "$1" "want: $2" "got:  $3"
	fi
}

# like DESCRIPTION PATTERN TEXT: an extended regular expression.
like()
{
	if printf '%s\n' "$3" | grep -Eq -- "$2"; then
		ok "$1"
	else
		not_ok "$1" "want a line like: $2"
		printf '%s\n' "$3" | tail -n 20 | sed 's/^/# /'
	fi
}

# need DESCRIPTION COMMAND...: what the rest of the test cannot do without. If it fails
# the test ends here, with one failure.
need()
{
	check "$@" && return
	echo "# not run: what follows \"$1\""
	tap_end
}

# boots GUEST: it comes up.
boots()
{
	need "$1 is up" guest-wait "$1"
}

# adopt PREFIX COMMAND...: a command that prints TAP with a plan; its tests are
# ours.
adopt()
{
	tap_prefix=$1
	shift
	"$@" > $tap_out 2>&1
	tap_status=$?
	tap_seen=0
	tap_plan=0
	while IFS= read -r line; do
		case $line in
		"ok "*)
			tap_seen=1
			ok "$tap_prefix: ${line#ok * - }" ;;
		"not ok "*)
			tap_seen=1
			tap_status=0
			not_ok "$tap_prefix: ${line#not ok * - }" ;;
		"1.."*) tap_plan=1 ;;
		*) echo "# $line" ;;
		esac
	done < $tap_out
	if [ $tap_seen = 0 ] || [ $tap_plan = 0 ] || [ $tap_status != 0 ]; then
		not_ok "$tap_prefix" "exit status $tap_status, plans: $tap_plan"
	fi
}

tap_end()
{
	echo "1..$tap_n"
	[ "$tap_failed" = 0 ]
	exit
}

# wait_for SECONDS COMMAND...: until it succeeds.
wait_for()
{
	wf_end=$(($(date +%s) + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "$(date +%s)" -lt "$wf_end" ] || return 1
		sleep 0.5
	done
}

GPU=0000:00:02.0

# The GPU is xengt's, perhaps since an earlier test.
bind_gpu()
{
	[ -e "/sys/bus/pci/drivers/xengt/$GPU" ] || xengt-ctl bind $GPU
}

# Nothing keeps the domain, or any other that died.
is_gone() # DOMAIN
{
	! xl list | grep -q '(null)' && ! xl list "$1" > /dev/null 2>&1
}

# Our processes, by name; xl and a device model stay as long as a guest.
OURS='xengt-vgpu|xengt-dm|xengt-xl|vgt|xl|qemu-system-i38'

# What must be the same before and after: Xen's free memory, graphics memory (as
# the module has it), our processes, our nodes by their paths, wherever they are
# (backend/vgt itself stays, once it was there), the domains.
host_state()
{
	echo "free_memory $(xl info free_memory)"
	grep -hE '^(low|high|fences):' /sys/kernel/debug/xengt/* 2>/dev/null
	echo "processes $(ps -eo comm= | grep -xE "$OURS" | sort | uniq -c |
		awk '{ printf "%s %s ", $1, $2 }')"
	echo "nodes $(xenstore-ls -f / 2>/dev/null | sed 's/ = .*//' |
		grep -E '/backend/vgt/|xengt' | tr '\n' ' ')"
	echo "domains $(xl list | tail -n +2 | awk '{print $1}' | tr '\n' ' ')"
}

# Wait until dying domains and those who served them are gone; then the state.
host_state_settled()
{
	wait_for 20 sh -c '! xl list | grep -q "(null)"'
	wait_for 10 sh -c '! pgrep -x "xengt-vgpu|xengt-dm|vgt"'
	host_state
}

# xengtd's open files, by what they are; a client that has just gone may be among
# them for a moment.
broker_files()
{
	wait_for 10 sh -c '! pgrep -x xengt-ctl'
	sleep 1
	ls -l "/proc/$(pgrep -x xengtd)/fd" | sed -n 's/.* -> //p' |
		sed 's/[0-9]*\]$//' | sort | uniq -c | awk '{ printf "%s %s ", $1, $2 }'
}

# What a program has written to a file of a guest, once it has ended: by then a line
# with WORD is there, or one with FAIL.
output_of() # GUEST FILE WORD
{
	guest-run "$1" -t 120 -- sh -c "n=0
		until grep -qE '$3|FAIL' $2 || [ \$n = 90 ]; do sleep 1; n=\$((n + 1)); done
		cat $2"
}
