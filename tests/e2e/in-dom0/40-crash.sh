# One guest; xengtd is killed and restarted under it, then its worker is.
# promise: P4 P5
. /root/t/tap.sh
. /root/t/judge.sh

check "bind the GPU" xengt-ctl bind $GPU
check "judge" judge_load
before=$(host_state)
check "create" xl create /etc/xen/one.cfg
boots one
check "judge knows it" judge_watch one 0
worker=$(pgrep -x xengt-vgpu)
info=$(xengt-ctl info one --json | tr ',' '\n' | grep -E 'domid|vgpu_id|low|high|pid')

# xengtd dies while the guest uses its GPU, and comes back.
guest-run one -t 60 -- sh -c 'gputool hammer 20 > /tmp/hammer 2>&1 &'
pkill -9 -x xengtd
refuse "without xengtd, xengt-ctl says so" xengt-ctl list
like "... and what to do" '^xengt.*xengtd' "$(cat $tap_out)"
check "the GPU works without xengtd" guest-run one -t 100 -- gputool aperture 3
check "start xengtd again" /etc/init.d/xengtd start
check "it answers" wait_for 20 xengt-ctl list
same "the same worker" "$worker" "$(pgrep -x xengt-vgpu)"
same "the same vGPU" "$info" "$(xengt-ctl info one --json | tr ',' '\n' | grep -E 'domid|vgpu_id|low|high|pid')"
like "reads went on meanwhile, none wrong" 'all-ones 0 other 0' \
	"$(output_of one /tmp/hammer reads)"

# The worker dies with a request in flight.
guest-run one -t 60 -- sh -c 'gputool live 64 600 > /tmp/live 2>&1 &'
sleep 3
guest-run one -t 60 -- sh -c 'gputool hammer 25 > /tmp/hammer 2>&1 &'
sleep 3
judge_hammer on
pkill -9 -x xengt-vgpu
check "xengtd notices" wait_for 20 sh -c 'xengt-ctl list --json | grep -qv "\"running\"" && ! pgrep -x xengt-vgpu'
check "the guest runs on" guest-run one -t 60 -- true
check "no vCPU is stuck" guest-run one -t 60 -- sh -c \
	'for c in 0 1; do taskset $((1 << c)) true || exit 1; done'
like "its reads are all-ones now, none wrong" 'all-ones [1-9][0-9]* other 0' \
	"$(output_of one /tmp/hammer reads)"
sleep 2
judge_hammer off
same "no stale entry was used" 0 "$(judge_violations)"
check "destroy" xl destroy one
same "the host is clean" "$before" "$(host_state_settled)"

# Both die; the one who comes back cleans up.
check "create again" xl create /etc/xen/one.cfg
boots one
guest-run one -t 60 -- sh -c 'gputool hammer 25 > /tmp/hammer 2>&1 &'
sleep 2
pkill -9 -x xengtd
pkill -9 -x xengt-vgpu
sleep 2
check "start xengtd" /etc/init.d/xengtd start
check "the guest runs on" guest-run one -t 60 -- true
like "its reads were answered" 'all-ones [1-9][0-9]* other 0' \
	"$(output_of one /tmp/hammer reads)"
check "destroy" xl destroy one
same "the host is clean again" "$before" "$(host_state_settled)"
tap_end
