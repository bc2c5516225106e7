# $1 cycles of create and destroy: in $2 cycles the guest boots and uses its GPU, in the
# other cycles the guest stays paused.
# promise: P6
. /root/t/tap.sh
cycles=$1
booted=$2

need "bind the GPU" bind_gpu
before=$(host-state quiet)
files=$(broker_files)
# This first cycle is not one of the $1 cycles.
check "create a first vGPU" xl create -p /etc/xen/one.cfg
check "... and destroy it" xl destroy one
same "the first cycle leaves nothing" "$before" "$(host-state quiet)"
same "... and no file open in xengtd" "$files" "$(broker_files)"
i=0
bad=
while [ $i -lt "$cycles" ]; do
	if [ $i -lt "$booted" ]; then
		if xl create /etc/xen/one.cfg > $tap_out 2>&1; then
			boots one
			guest-run one -t 100 -- gputool aperture $i > $tap_out 2>&1 ||
				bad="$bad $i:aperture"
		else
			bad="$bad $i:create"
		fi
	else
		xl create -p /etc/xen/one.cfg > $tap_out 2>&1 || bad="$bad $i:create"
	fi
	xengt-ctl list --json 2> /dev/null | grep -q '"one"' || bad="$bad $i:list"
	xl destroy one > /dev/null 2>&1 || bad="$bad $i:destroy"
	i=$((i + 1))
	echo "# cycle $i"
done
same "$cycles cycles without an error" "" "$bad"
[ -z "$bad" ] || sed 's/^/# /' $tap_out
same "nothing is left" "$before" "$(host-state quiet)"
same "xengtd has the same files open" "$files" "$(broker_files)"
echo "# $files"
refuse "no (null) domain" sh -c 'xl list | grep "(null)"'
tap_end
