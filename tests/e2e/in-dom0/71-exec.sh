# Work on a vGPU that a program of ours submits, without a driver.
. /root/t/tap.sh
. /root/t/judge.sh

check "bind the GPU" xengt-ctl bind $GPU
before=$(host_state)
check "judge" judge_load
check "xl create" xl create /etc/xen/one.cfg
boots one
check "judge knows it" judge_watch one 0
check "each engine stores, and its context is saved" \
	guest-run one -t 300 -- gpuexec store
for engine in RCS VCS VECS BCS; do
	check "page tables of every shape on $engine" \
		guest-run one -t 300 -- gpuexec tables $engine
done

check "RCS hangs, VCS works, RCS is reset and works" \
	guest-run one -t 100 -- gpuexec hang 15
like "the host ended it" '"gpu.hangs": *1\b' "$(xengt-ctl stat one --json)"
like "... and says so" 'rcs: context .* hung \(1 times\)' "$(xengt-ctl info one)"
check "the judge looked" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
stat=$(xengt-ctl stat one --json)
like "stat counts submissions" '"gpu.submissions": *[1-9]' "$stat"
like "no page is protected any more" '"tracked_pages": *0' "$stat"
echo "# $stat" | tr -d '\n' | cut -c 1-2000; echo
xl destroy one
same "everything came back" "$before" "$(host_state_settled)"
tap_end
