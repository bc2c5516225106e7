# A program of ours submits work to a vGPU, without a driver.
. /root/t/tap.sh
. /root/t/judge.sh

need "bind the GPU" bind_gpu
before=$(host-state)
need "judge" judge_load
need "xl create" xl create /etc/xen/one.cfg
boots one
need "the judge watches the guest" judge_watch one 0
check "each engine stores, and its context is saved" \
	guest-run one -t 300 -- gpuexec store
for engine in RCS VCS VECS BCS; do
	check "page tables of every shape on $engine" \
		guest-run one -t 300 -- gpuexec tables $engine
done

check "RCS hangs, VCS works, RCS is reset and works" \
	guest-run one -t 100 -- gpuexec hang 15
like "the host ended the hanging work" '"gpu.hangs": *1\b' "$(xengt-ctl stat one --json)"
like "... and says so" 'rcs: context .* hung \(1 times\)' "$(xengt-ctl info one)"
check "the judge checked accesses" judge_saw_accesses
check "... of engines, too" judge_saw_work
same "the judge reports nothing" 0 "$(judge_violations)"
check "the judge's table and Xen's own structures agree" judge_agrees

# The judge sees the accesses of engines: if the test tells the judge that another
# domain owns the slices, the judge reports the accesses of each engine.
sed 's/^name = .*/name = "other"/; /^vgt/d' /etc/xen/one.cfg > /etc/xen/other.cfg
check "another domain" xl create -p /etc/xen/other.cfg
check "plant a wrong owner" judge_watch one 0 other
for engine in RCS VCS VECS BCS; do
	judge reset
	guest-run one -t 300 -- gpuexec tables $engine > $tap_out 2>&1
	check "$engine: accesses to another domain's slices are reported" judge_has violations
	name=$(echo $engine | tr A-Z a-z)
	check "... as accesses of a context" judge_told_of "$name"
	check "... and through page tables" judge_told_of "$name" ' ppgtt .* path 0x'
	grep -E "^(violation|last) .* engine $name .* path" $JUDGE | tail -n 1 | sed 's/^/# /'
done
check "restore the right owner" judge_watch one 0
xl destroy other
judge reset
check "each engine stores" guest-run one -t 300 -- gpuexec store
check "the judge checked accesses" judge_saw_accesses
same "the judge reports nothing" 0 "$(judge_violations)"
check "the judge's table and Xen's own structures still agree" judge_agrees
stat=$(xengt-ctl stat one --json)
like "stat counts submissions" '"gpu.submissions": *[1-9]' "$stat"
like "no page is protected any more" '"tracked_pages": *0' "$stat"
echo "# $stat" | tr -d '\n' | cut -c 1-2000; echo
xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
