# SPDX-License-Identifier: GPL-2.0-only
# Functions for tests that run in dom0 or in a guest: TAP, and checks that many tests need. Source
# this file.

tap_n=0
tap_failed=0
tap_out=/tmp/tap.out
tap_is_patient=yes	# the test goes on after a check that fails

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
	[ "$tap_is_patient" ] && return
	[ ! -s $tap_out ] || tail -n 20 $tap_out | sed 's/^/# /'
	tap_end
}

# From here on the test ends with the first check that fails.
ends_with_first_failure()
{
	tap_is_patient=
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

# like DESCRIPTION PATTERN TEXT: a line of TEXT must match the extended regular
# expression PATTERN.
like()
{
	if printf '%s\n' "$3" | grep -Eq -- "$2"; then
		ok "$1"
	else
		not_ok "$1" "want a line like: $2"
		printf '%s\n' "$3" | tail -n 20 | sed 's/^/# /'
	fi
}

# need DESCRIPTION COMMAND...: a check on which the rest of the test depends. If this
# check fails, the test ends here, with one failure.
need()
{
	check "$@" && return
	echo "# not run: what follows \"$1\""
	tap_end
}

# Prints the newest lines of each log of dom0 that may say why GUEST does not run.
logs_of() # GUEST
{
	for log in /var/log/xen/xl-"$1".log /var/log/xen/qemu-dm-"$1".log \
		/var/log/xengt/*.log /var/log/xen/console/guest-"$1".log; do
		[ -s "$log" ] || continue
		echo "# $log:"
		tail -n 4 "$log" | cut -c 1-180 | sed 's/^/#   /'
	done
}

# boots GUEST: the guest must boot.
boots()
{
	check "$1 is up" guest-wait "$1" && return
	logs_of "$1"
	echo "# not run: what follows \"$1 is up\""
	tap_end
}

# creates GUEST...: the guests must be created, and boot at the same time.
creates()
{
	for guest; do
		need "xl create $guest" xl create "/etc/xen/$guest.cfg"
	done
	for guest; do
		boots "$guest"
	done
}

# adopt PREFIX COMMAND...: runs a command that prints TAP with a plan, and prints its
# tests as tests of this script.
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

# Prints the seconds of dom0's clock.
uptime_s()
{
	read -r up_s _ < /proc/uptime
	echo "${up_s%.*}"
}

# wait_for SECONDS COMMAND...: repeats COMMAND until it succeeds, for SECONDS at most.
wait_for()
{
	wf_end=$(($(uptime_s) + $1))
	shift
	until "$@" > /dev/null 2>&1; do
		[ "$(uptime_s)" -lt "$wf_end" ] || return 1
		sleep 0.5
	done
}

GPU=0000:00:02.0

# Binds the GPU to xengt unless an earlier test has done so.
bind_gpu()
{
	[ -e "/sys/bus/pci/drivers/xengt/$GPU" ] || xengt-ctl bind $GPU
}

# What the kernel's reports of its own faults say (a word BUG, because DEBUG is none).
KERNEL_REPORTS='WARNING|\<BUG\>|Oops|Call Trace|general protection|soft lockup'

# Succeeds if the kernel's log has no such report; prints the lines that have.
kernel_is_content()
{
	! dmesg | grep -E "$KERNEL_REPORTS"
}

# Succeeds if DOMAIN is gone and no domain that died is still a zombie.
is_gone() # DOMAIN
{
	host-state gone "$1"
}

# Lists xengtd's open files by kind. The connection of a client that has just ended may
# still be in the list.
broker_files()
{
	wait_for 10 sh -c '! pgrep -x xengt-ctl'
	sleep 1
	ls -l "/proc/$(pgrep -x xengtd)/fd" | sed -n 's/.* -> //p' |
		sed 's/[0-9]*\]$//' | sort | uniq -c | awk '{ printf "%s %s ", $1, $2 }'
}

# A program in GUEST writes FILE and ends it with a line that has WORD or FAIL. Waits for
# that line, then prints FILE.
output_of() # GUEST FILE WORD
{
	guest-run "$1" -t 120 -- sh -c "n=0
		until grep -qE '$3|FAIL' $2 || [ \$n = 90 ]; do sleep 1; n=\$((n + 1)); done
		cat $2"
}
