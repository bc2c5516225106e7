# $1 cycles of create and destroy, $2 of them with a guest that boots and uses
# promise: P6
# its GPU, the others paused.
. /root/t/tap.sh
cycles=$1
booted=$2
# What the first guest may take from Xen and not give back.
FIRST_MB=0

without_memory() # STATE
{
	printf '%s\n' "$1" | grep -v '^free_memory'
}

memory_of() # STATE
{
	printf '%s\n' "$1" | sed -n 's/^free_memory //p'
}

check "bind the GPU" xengt-ctl bind $GPU
first=$(host_state_settled)
files=$(broker_files)
check "the first" xl create -p /etc/xen/one.cfg
check "... and its end" xl destroy one
before=$(host_state_settled)
same "the first leaves nothing" "$(without_memory "$first")" \
	"$(without_memory "$before")"
lost=$(($(memory_of "$first") - $(memory_of "$before")))
echo "# the first took $lost MB of Xen's for ever"
if [ $lost -le $FIRST_MB ]; then
	ok "... but $FIRST_MB MB of Xen's memory at most"
else
	not_ok "... but $FIRST_MB MB of Xen's memory at most" "$lost MB"
fi
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
same "nothing is left" "$before" "$(host_state_settled)"
same "xengtd has the same files open" "$files" "$(broker_files)"
echo "# $files"
refuse "no (null) domain" sh -c 'xl list | grep "(null)"'
tap_end
