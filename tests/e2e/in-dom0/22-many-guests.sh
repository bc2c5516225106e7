# Creates $1 guests at the same time, each with 8 MB of CPU-visible memory and 2 fence
# registers. One more guest is refused, because no fence registers are left. When all
# guests are gone, all graphics memory and fence registers are free again.
. /root/t/tap.sh
guests=$1

need "bind the GPU" bind_gpu
before=$(xengt-ctl types | grep -A 2 FREE)
echo "# $before"
i=1
while [ $i -le "$guests" ]; do
	need "create g$i" xl create /etc/xen/g$i.cfg
	i=$((i + 1))
done
i=1
while [ $i -le "$guests" ]; do
	boots g$i
	i=$((i + 1))
done
i=1
while [ $i -le "$guests" ]; do
	pv=$(guest-run g$i -t 100 -- gputool pvinfo "$i")
	like "g$i: 8 MiB mappable" '^mappable 0x[0-9a-f]+ \+ 8 MiB' "$pv"
	check "g$i: RAM through GGTT and aperture, both ways" \
		guest-run g$i -t 200 -- gputool aperture $i
	i=$((i + 1))
done
if [ "$guests" -ge 16 ]; then
	refuse "one more guest is refused" xl create /etc/xen/more.cfg
	like "... and the message names the missing resource" 'fence' "$(cat $tap_out)"
fi
i=1
while [ $i -le "$guests" ]; do
	check "destroy g$i" xl destroy g$i
	i=$((i + 1))
done
gone()
{
	[ "$(xengt-ctl types | grep -A 2 FREE)" = "$before" ]
}
check "all graphics memory is free again, in ranges as large as before" wait_for 30 gone
tap_end
