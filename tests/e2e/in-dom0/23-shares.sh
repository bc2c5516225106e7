# Each of two guests runs an endless batch on RCS. The batch has points at which the
# engine may switch to another context. The test compares the times on RCS that the module
# charges to the guests.
# promise: P19
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/shares.sh

expect_part() # DESCRIPTION WANTED
{
	p=$(parts)
	echo "# $1: ${p% *} of 1000, wanted $2"
	check "$1" is_near "$2" "${p% *}"
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
