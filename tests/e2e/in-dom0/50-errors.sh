# Tests the errors of xl create, and the creation of a vGPU by xengt-ctl and by
# xenstore alone.
. /root/t/tap.sh

# fails DESCRIPTION PATTERN XL-ARGS...: xl create must fail, and its last line must match
# PATTERN. Afterwards the domain must not exist, and the state of the host must be as
# before. To save time, this function does not read the state first: the state before this
# call is $f_state, which the previous call of the function read. If $f_state is empty, the
# function reads the state first.
f_state=
fails()
{
	f_what=$1
	f_like=$2
	shift 2
	f_before=${f_state:-$(host-state quiet)}
	f_state=
	if xl create "$@" > $tap_out 2>&1; then
		not_ok "$f_what" "xl create succeeded"
		xl destroy one > /dev/null 2>&1
		return
	fi
	f_last=$(grep -v '^ *$' $tap_out | tail -n 1)
	f_n=$(grep -c '^xengt: ' $tap_out)
	if ! printf '%s\n' "$f_last" | grep -Eq "^xengt: .*$f_like"; then
		not_ok "$f_what" "want: xengt: ...$f_like" "last line: $f_last"
		sed 's/^/# /' $tap_out
	elif [ "$f_n" != 1 ]; then
		not_ok "$f_what" "$f_n lines start with xengt:"
	elif xl domid one > /dev/null 2>&1; then
		not_ok "$f_what" "the domain exists"
		xl destroy one
	else
		ok "$f_what"
	fi
	echo "# $f_last"
	f_state=$(host-state quiet)
	same "... and nothing is left" "$f_before" "$f_state"
}

cfg=/etc/xen/one.cfg
[ ! -e /sys/bus/pci/drivers/xengt/$GPU ] || need "unbind the GPU" xengt-ctl unbind $GPU
f_state=
fails "the GPU is not bound" 'xengt-ctl bind' $cfg
need "bind the GPU" bind_gpu
files=$(broker_files)
f_state=
fails "a word for a size" 'vgt_low_gm_sz.*banana' $cfg 'vgt_low_gm_sz="banana"'
fails "an unknown key" 'vgt_lowgm_sz.*did you mean.*vgt_low_gm_sz' $cfg 'vgt_lowgm_sz=64'
fails "more than is free" 'free' $cfg 'vgt_low_gm_sz=512'
fails "memory is not maxmem" 'maxmem' $cfg 'maxmem=512'
fails "a PV domain" 'hvm|HVM' $cfg 'type="pv"'
fails "a PVH domain" 'hvm|HVM' $cfg 'type="pvh"'
fails "a stub domain" 'stub' $cfg 'device_model_stubdomain_override=1'
fails "hap = 0" 'hap' $cfg 'hap=0'
fails "too many vCPUs" 'vCPU|vcpus' $cfg 'vcpus=129' 'maxvcpus=129'
fails "no such EDID file" 'vgt_edid' $cfg 'vgt_edid="/no/such/file"'
fails "an EDID file without an EDID" 'vgt_edid.*no EDID' $cfg 'vgt_edid="/etc/hostname"'
same "xengtd has the same files open" "$files" "$(broker_files)"

# First the daemon does not run; then the module is not loaded.
/etc/init.d/xengtd stop > /dev/null 2>&1
f_state=
fails "xengtd is not running" 'xengtd' $cfg
need "start xengtd" /etc/init.d/xengtd start
check "unbind the GPU" xengt-ctl unbind $GPU
/etc/init.d/xengtd stop > /dev/null 2>&1
rmmod xengt
/etc/init.d/xengtd start > /dev/null 2>&1
rmmod xengt 2> /dev/null
wait_for 10 xengt-ctl list
f_state=
fails "the module is not loaded" 'modprobe xengt' $cfg
need "load the module" modprobe xengt
need "bind again" xengt-ctl bind $GPU
check "xengtd sees the GPU" wait_for 10 sh -c 'xengt-ctl types'

# The worker dies while it starts: the test replaces the worker's program by a script that
# kills itself.
worker=$(command -v /usr/libexec/xengt/xengt-vgpu || command -v /usr/lib/xengt/xengt-vgpu)
mv "$worker" "$worker.real"
printf '#!/bin/sh\nkill -9 $$\n' > "$worker"
chmod +x "$worker"
files=$(broker_files)
f_state=
fails "the worker is killed during creation" 'worker' $cfg

dies_nine_times()
{
	bad=
	for i in 1 2 3 4 5 6 7 8 9; do
		xengt-ctl create plain --low 16 --high 48 > $tap_out 2>&1 && bad="$bad $i"
		tail -n 1 $tap_out | grep -q 'worker died' || bad="$bad $i:$(tail -n 1 $tap_out)"
	done
	same "nine failed attempts for one guest" "" "$bad"
	same "... and nothing is left" "$alone" "$(host-state quiet)"
}

# The domain stays, although nine attempts to make its vGPU fail. Xen has 8 ioreq servers
# for a domain, and a failed attempt must not keep one.
check "a paused guest" xl create -p /etc/xen/plain.cfg
alone=$(host-state quiet)
dies_nine_times

# The worker dies later: Xen already sends requests to the worker, but the worker has not
# yet reported that it is ready.
printf '#!/bin/sh\nexport LD_PRELOAD=/root/t/die-enabled.so\nexec "%s" "$@"\n' \
	"$worker.real" > "$worker"
f_state=
fails "the worker is killed when its ioreq server is enabled" \
	'worker died.*signal 9|worker died.*Killed|worker died.*before it was ready' $cfg
dies_nine_times
mv "$worker.real" "$worker"
bad=
for i in 1 2 3 4 5 6 7 8 9; do
	xengt-ctl create plain --low 16 --high 48 > $tap_out 2>&1 ||
		bad="$bad $i:$(tail -n 1 $tap_out)"
	xengt-ctl destroy plain > $tap_out 2>&1 || bad="$bad $i:$(tail -n 1 $tap_out)"
done
same "then a vGPU is made and destroyed nine times" "" "$bad"
same "... and nothing is left" "$alone" "$(host-state quiet)"
xl destroy plain
same "xengtd has the same files open" "$files" "$(broker_files)"

# A first hotplug script fails, a second one hangs.
cp /etc/xen/scripts/vgt /tmp/vgt.orig
printf '#!/bin/sh\n[ "$1" = add ] || exit 0\necho "no coffee" >&2\nexit 1\n' > /etc/xen/scripts/vgt
f_state=
fails "the hotplug script fails" 'no coffee' $cfg
printf '#!/bin/sh\n[ "$1" = add ] || exit 0\nsleep 1000\n' > /etc/xen/scripts/vgt
t0=$(date +%s)
f_state=
fails "the hotplug script hangs" 'script' $cfg
t=$(($(date +%s) - t0))
if [ $t -lt 60 ]; then ok "... within a limited time ($t s)"; else not_ok "... within a limited time" "$t s"; fi
refuse "... and the script is gone" pgrep -f 'sleep 1000'
cp /tmp/vgt.orig /etc/xen/scripts/vgt

# The config keys of XenGT, xengt's predecessor, still work.
has_class() # CLASS
{
	like "the vGPU's class is $1" "^00:02.0 $1: 8086:1912" \
		"$(guest-run one -t 60 -- lspci -n -s 00:02.0)"
}

printf '# ports\n11\n' > /root/monitor.config
check "vgt_primary = 0" xl create $cfg 'vgt_primary=0'
boots one
has_class 0380
check "the guest has the aperture" guest-run one -t 100 -- gputool aperture 21
xl destroy one
check "vgt_primary and vgt_monitor_config_file" xl create $cfg \
	'vgt_primary=1' 'vgt_monitor_config_file="/root/monitor.config"' 'vgt_fence_sz=4' 'vgt_cap=0'
boots one
has_class 0300
check "the guest has the aperture" guest-run one -t 100 -- gputool aperture 22
refuse "a second vGPU for one domain" xengt-ctl create one
like "... is refused with the reason" 'already' "$(cat $tap_out)"
xl destroy one

# A guest without vgt keys needs no xengtd.
before=$(host-state quiet)
/etc/init.d/xengtd stop > /dev/null 2>&1
check "no vgt keys, no daemon: xl create works" xl create -p /etc/xen/plain.cfg
xl destroy plain
need "start xengtd" /etc/init.d/xengtd start
wait_for 10 xengt-ctl list

# The order is xl create -p, xengt-ctl create, xl unpause.
check "xl create -p without vgt" xl create -p /etc/xen/plain.cfg
check "xengt-ctl create" xengt-ctl create plain --low 16 --high 48
check "unpause" xl unpause plain
boots plain
like "the guest has the GPU" '\[8086:1912\]' "$(guest-run plain -t 60 -- lspci -nn)"
xl destroy plain
same "nothing is left" "$before" "$(host-state quiet)"

# Test --json of the verbs that change something. No program in dom0 parses JSON, so the
# test demands exactly the object that the man page promises.
answers() # DESCRIPTION STATUS PATTERN VERB...
{
	an_what=$1 an_status=$2 an_like=$3
	shift 3
	xengt-ctl "$@" --json > $tap_out 2> /tmp/stderr
	same "$an_what: exit status" "$an_status" $?
	like "$an_what" "^$an_like\$" "$(tr -d '\n' < $tap_out | sed 's/\([{,:]\)  */\1/g; s/  *}/}/g')"
}
# a pattern for a text inside a JSON string
text='([^"\]|\\.)*'
done_='\{"ok":true,"message":"'$text'"\}'

check "xl create -p" xl create -p /etc/xen/plain.cfg
answers "create --json" 0 "$done_" create plain --low 16 --high 48
answers "... of one too many" 1 '\{"ok":false,"exit":1,"error":"'"$text"already"$text"'"\}' \
	create plain
answers "unbind --json, refused" 1 '\{"ok":false,"exit":1,"error":"'"$text"plain"$text"'"\}' \
	unbind $GPU
answers "destroy --json" 0 "$done_" destroy plain
answers "... of none" 3 '\{"ok":false,"exit":3,"error":"'"$text"plain"$text"'"\}' \
	destroy plain
xl destroy plain
answers "unbind --json" 0 "$done_" unbind $GPU
answers "bind --json" 0 "$done_" bind $GPU
same "nothing is left" "$before" "$(host-state quiet)"

# Make and destroy a vGPU by xenstore nodes, without xengt-ctl.
check "xl create -p" xl create -p /etc/xen/plain.cfg
id=$(xl domid plain)
node=/local/domain/0/backend/vgt/$id/0
xenstore-write $node/domain plain $node/low-mib 16 $node/high-mib 48
xenstore-write $node/state 1
check "the nodes make a vGPU" wait_for 20 sh -c "[ \"\$(xenstore-read $node/state)\" = 4 ]"
same "hotplug-status" connected "$(xenstore-read $node/hotplug-status)"
check "unpause" xl unpause plain
boots plain
like "the guest has the GPU" '\[8086:1912\]' "$(guest-run plain -t 60 -- lspci -nn)"
xl destroy plain
same "nothing is left" "$before" "$(host-state quiet)"
tap_end
