# While a guest runs, xengtd is killed and restarted, and then the guest's worker is killed.
# promise: P4 P5
. /root/t/tap.sh
. /root/t/judge.sh

need "bind the GPU" bind_gpu
need "judge" judge_load
before=$(host-state)
need "create" xl create /etc/xen/one.cfg
boots one
need "the judge watches the guest" judge_watch one 0
worker=$(pgrep -x xengt-vgpu)
info=$(xengt-ctl info one --json | tr ',' '\n' | grep -E 'domid|vgpu_id|low|high|pid')

# xengtd dies while the guest uses its GPU, and is started again.
guest-run one -t 60 -- sh -c 'gputool hammer 20 > /tmp/hammer 2>&1 &'
pkill -9 -x xengtd
refuse "without xengtd, xengt-ctl says so" xengt-ctl list
like "... and says what to do" '^xengt.*xengtd' "$(cat $tap_out)"
refuse "without xengtd, xl save is refused, too" xl save one /var/tmp/one.img
like "... because of the vGPU" 'has a vGPU, whose state cannot be saved' "$(cat $tap_out)"
check "the GPU works without xengtd" guest-run one -t 100 -- gputool aperture 3
need "start xengtd again" /etc/init.d/xengtd start
check "xengtd answers" wait_for 20 xengt-ctl list
same "the worker is the same process" "$worker" "$(pgrep -x xengt-vgpu)"
same "the vGPU is the same" "$info" "$(xengt-ctl info one --json | tr ',' '\n' | grep -E 'domid|vgpu_id|low|high|pid')"
like "reads continued meanwhile, and none was wrong" 'all-ones 0 other 0' \
	"$(output_of one /tmp/hammer reads)"

# The guest turns memory decode on while xengtd is away for longer than a worker waits for
# xengtd (5 s). So the aperture is mapped only when xengtd runs again.
decodes() # on|off
{
	guest-run one -t 60 -- sh -c "cd /sys/bus/pci/devices/0000:00:02.0
		printf '\\$([ "$1" = on ] && echo 007 || echo 005)' |
			dd of=config bs=1 seek=4 conv=notrunc 2> /dev/null
		[ \$((\$(od -An -tu1 -j4 -N1 config) & 2)) = $([ "$1" = on ] && echo 2 || echo 0) ]"
}

config_accesses()
{
	xengt-ctl stat one --json | sed -n 's/.*"exits.pci": *\([0-9]*\).*/\1/p'
}

check "memory decode off" decodes off
pkill -9 -x xengtd
begun=$(date +%s)
check "... and on, while no xengtd can map the aperture" decodes on
wait_for 10 sh -c "[ \$((\$(date +%s) - $begun)) -gt 6 ]"
echo "# after $(($(date +%s) - begun)) s"
refuse "the aperture is not mapped" guest-run one -t 60 -- gputool aperture 11
need "start xengtd again" /etc/init.d/xengtd start
check "xengtd answers" wait_for 20 xengt-ctl stat one
# Count the accesses to config space when a program opens the device: the guest's kernel
# reads the power state.
n=$(config_accesses)
guest-run one -t 60 -- gputool pvinfo > /dev/null
opened=$(config_accesses)
check "the aperture is mapped again" guest-run one -t 60 -- gputool aperture 12
same "... without a BAR or COMMAND written" $((opened + opened - n)) "$(config_accesses)"

# xenstored updates itself while it runs: the process executes its program again, and keeps
# nodes, watches and connections.
xenstored=$(pgrep -x oxenstored || pgrep -x xenstored)
check "a live update of xenstored" xenstore-control live-update -F -t 10 \
	"$(readlink /proc/$xenstored/exe)"
sed 's/^/# /' $tap_out
like "... is one: the process runs on as a new program" ' (--live|-U)' \
	"$(tr '\0' ' ' < /proc/$xenstored/cmdline)"
check "xenstored answers" wait_for 20 xenstore-read /local/domain/0/name
check "xengtd hears of a changed node" xengt-ctl set one weight=321
check "... by its watch" wait_for 20 grep -q 'weight 321,' /var/log/xengt/xengtd.log
check "the GPU works" guest-run one -t 100 -- gputool aperture 13
same "the vGPU is the same" "$info" "$(xengt-ctl info one --json | tr ',' '\n' | grep -E 'domid|vgpu_id|low|high|pid')"

# The worker dies while a request is in flight and while the GPU uses the guest's entries.
live()
{
	judge pass && judge_count hammer_live
}

guest-run one -t 60 -- sh -c 'gputool live 64 600 > /tmp/live 2>&1 &'
check "entries for 64 pages" wait_for 30 guest-run one -t 60 -- grep -q '^live 64' /tmp/live
guest-run one -t 60 -- sh -c 'gputool hammer 25 > /tmp/hammer 2>&1 &'
check "reads of registers" wait_for 20 guest-run one -t 60 -- grep -q hammering /tmp/hammer
judge_hammer on
n=$(live)
if [ "$n" -ge 64 ]; then
	ok "the GPU uses the 64 entries"
else
	not_ok "the GPU uses the 64 entries" "$n live entries"
fi
id=$(xl domid one)
node=/local/domain/0/backend/vgt/$id/0
pkill -9 -x xengt-vgpu
has_no_vgpu()
{
	[ "$(xengt-ctl list --json | tr -d ' \n')" = '[]' ] && ! pgrep -x xengt-vgpu
}
check "xengtd notices: there is no vGPU any more" wait_for 20 has_no_vgpu
same "no entry is live" 0 "$(live)"
wait_for 20 sh -c "[ \"\$(xenstore-read $node/state)\" = 6 ]"
same "the vGPU's state in xenstore" 6 "$(xenstore-read $node/state)"
like "... with the reason" '^worker died' "$(xenstore-read $node/error)"
xengt-ctl info one > $tap_out 2>&1
same "xengt-ctl info: no such vGPU" 3 $?
like "... with the reason" 'the vGPU of "one" has ended: worker died' "$(cat $tap_out)"
check "the guest still runs" guest-run one -t 60 -- true
check "no vCPU is stuck" guest-run one -t 60 -- sh -c \
	'for c in 0 1; do taskset $((1 << c)) true || exit 1; done'
like "the guest's reads give all-ones now, and none was wrong" 'all-ones [1-9][0-9]* other 0' \
	"$(output_of one /tmp/hammer reads)"
sleep 2
judge_hammer off
same "no stale entry was used" 0 "$(judge_violations)"
check "destroy" xl destroy one
same "the host is clean" "$before" "$(host-state quiet)"

# Worker and xengtd die; the xengtd that is started again cleans up.
need "create again" xl create /etc/xen/one.cfg
boots one
guest-run one -t 60 -- sh -c 'gputool hammer 25 > /tmp/hammer 2>&1 &'
sleep 2
pkill -9 -x xengtd
pkill -9 -x xengt-vgpu
sleep 2
need "start xengtd" /etc/init.d/xengtd start
check "the guest still runs" guest-run one -t 60 -- true
like "the guest's reads were answered" 'all-ones [1-9][0-9]* other 0' \
	"$(output_of one /tmp/hammer reads)"
check "destroy" xl destroy one
same "the host is clean again" "$before" "$(host-state quiet)"
tap_end
