# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# Measures how the module shares RCS between two guests. Source it after tap.sh. $one and
# $two are the guests' domain ids.
# shellcheck disable=SC2154
STATE=/sys/kernel/debug/xengt/state
: "${WINDOW:=10}"
: "${SETTLE:=:}"		# a command before each look at the times

# The guest runs an endless batch on RCS, which the engine may leave.
spin() # GUEST
{
	guest-run "$1" -t 60 -- sh -c 'gpuexec spin 900 > /tmp/spin 2>&1 &' &&
		wait_for 30 guest-run "$1" -t 60 -- grep -q spinning /tmp/spin
}

stops() # GUEST
{
	guest-run "$1" -t 60 -- killall -TERM gpuexec
	like "$1's batch did not end" '^spun' "$(output_of "$1" /tmp/spin spun)"
}

# Prints the microseconds on RCS that the module has charged to each of two domains.
ran() # DOMID DOMID
{
	awk -v a="$1," -v b="$2," '/^vgpu / { d = $4 }
		/^  ran, us:/ { us[d] = $4 }
		END { print us[a] + 0, us[b] + 0 }' $STATE
}

# Waits $WINDOW seconds. Prints the first domain's time on RCS in thousandths: of the time
# that both domains ran, and of the whole time.
parts()
{
	sleep 1
	$SETTLE
	# shellcheck disable=SC2046	# two numbers
	set -- $(ran "$one" "$two") "$(cut -d' ' -f1 /proc/uptime)"
	sleep "$WINDOW"
	$SETTLE
	# shellcheck disable=SC2046
	set -- "$@" $(ran "$one" "$two") "$(cut -d' ' -f1 /proc/uptime)"
	echo "$@" | awk '{ a = $4 - $1; b = $5 - $2; t = ($6 - $3) * 1e6
		if (a + b > 0 && t > 0)
			printf "%d %d\n", 1000 * a / (a + b), 1000 * a / t }'
}

# Succeeds if IS differs from WANTED by at most 5 % of WANTED. Both are in thousandths.
is_near() # WANTED IS
{
	echo "$2, wanted $1"
	[ -n "$2" ] && [ $(($2 * 100)) -ge $(($1 * 95)) ] &&
		[ $(($2 * 100)) -le $(($1 * 105)) ]
}
