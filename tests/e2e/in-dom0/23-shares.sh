# Each of two guests runs an endless batch on RCS. The batch has points at which the
# engine may switch to another context. The test compares the times on RCS that the module
# charges to the guests.
# promise: P19
. /root/t/tap.sh
. /root/t/judge.sh
STATE=/sys/kernel/debug/xengt/state
WINDOW=10

spin() # GUEST
{
	guest-run "$1" -t 60 -- sh -c 'gpuexec spin 900 > /tmp/spin 2>&1 &' &&
		wait_for 30 guest-run "$1" -t 60 -- grep -q spinning /tmp/spin
}

# Prints the microseconds on RCS that the module has charged to each of two domains.
ran() # DOMID DOMID
{
	awk -v a="$1," -v b="$2," '/^vgpu / { d = $4 }
		/^  ran, us:/ { us[d] = $4 }
		END { print us[a] + 0, us[b] + 0 }' $STATE
}

# Waits $WINDOW seconds. Prints the first domain's time on RCS as two numbers in
# thousandths: its part of the time that both domains ran, and its part of the whole time.
parts()
{
	sleep 1
	# shellcheck disable=SC2046	# two numbers
	set -- $(ran "$one" "$two") "$(cut -d' ' -f1 /proc/uptime)"
	sleep $WINDOW
	# shellcheck disable=SC2046
	set -- "$@" $(ran "$one" "$two") "$(cut -d' ' -f1 /proc/uptime)"
	echo "$@" | awk '{ a = $4 - $1; b = $5 - $2; t = ($6 - $3) * 1e6
		if (a + b > 0 && t > 0)
			printf "%d %d\n", 1000 * a / (a + b), 1000 * a / t }'
}

# Succeeds if IS differs from WANTED by at most 5 % of WANTED. IS and WANTED are in
# thousandths.
is_near() # WANTED IS
{
	echo "$2, wanted $1"
	[ -n "$2" ] && [ $(($2 * 100)) -ge $(($1 * 95)) ] &&
		[ $(($2 * 100)) -le $(($1 * 105)) ]
}

expect_part() # DESCRIPTION WANTED
{
	p=$(parts)
	echo "# $1: ${p% *} of 1000, wanted $2"
	check "$1" is_near "$2" "${p% *}"
}

stops() # GUEST
{
	guest-run "$1" -t 60 -- killall -TERM gpuexec
	like "$1's batch did not end" '^spun' "$(output_of "$1" /tmp/spin spun)"
}

need "bind the GPU" bind_gpu
before=$(host-state)
need "judge" judge_load
creates one two
one=$(xl domid one)
two=$(xl domid two)
check "the judge watches one" judge_watch one 0
check "the judge watches two" judge_watch two 1
check "one has work" spin one
check "two has work" spin two
expect_part "weights of 100 and 200, from xl.cfg" 333
refuse "a bad weight" xengt-ctl set one weight=0
refuse "a bad timeslice" xengt-ctl set one timeslice=101
check "set one weight=600" xengt-ctl set one weight=600
expect_part "weights of 600 and 200, while they run" 750
check "set one weight=200" xengt-ctl set one weight=200
check "set one timeslice=10" xengt-ctl set one timeslice=10
expect_part "equal weights" 500
check "set one cap=20" xengt-ctl set one cap=20
p=$(parts)
echo "# a cap: ${p#* } of 1000 of the time"
check "a cap of 20 %" is_near 200 "${p#* }"
check "the other guest gets the rest" is_near 200 "${p% *}"
check "set one cap=0" xengt-ctl set one cap=0
expect_part "no cap any more" 500
stops one
# A batch on which the engine hangs may run for 10 s if no other guest waits. As soon as
# another guest waits for the engine, the host ends the batch.
check "RCS hangs in one" guest-run one -t 100 -- gpuexec hang 5
like "the host ended the hanging work" '"gpu.overruns": *1\b' "$(xengt-ctl stat one --json)"
for guest in one two; do
	like "$guest is blamed for nothing else" '"gpu.hangs": *0\b' \
		"$(xengt-ctl stat $guest --json)"
done
like "... and two is blamed for nothing" '"gpu.overruns": *0\b' "$(xengt-ctl stat two --json)"
stops two
sed -n 's/^vgpu\|^  share\|^  ran/# &/p' $STATE
check "the judge checked accesses" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
xl destroy one
xl destroy two
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
