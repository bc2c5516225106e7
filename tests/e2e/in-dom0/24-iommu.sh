# A machine with an IOMMU: two guests with Debian's i915 work beside each other; guest two has
# its aperture on demand. $1: the way that xengt must choose (pvh or pv), or strict for a dom0
# that xengt must refuse.
# promise: P23
. /root/t/tap.sh
. /root/t/judge.sh
. /root/t/edid.sh
. /root/t/i915log.sh
. /root/t/hostile.sh
. /root/t/faulty.sh
way=$1
BATCHES=200

in_guest() # GUEST SECONDS COMMAND...
{
	ig_guest=$1 ig_limit=$2
	shift 2
	guest-run "$ig_guest" -t "$ig_limit" -- "$@"
}

if [ "$way" = strict ]; then
	refuse "bind refuses the GPU" xengt-ctl bind $GPU
	like "the refusal names the remedy" 'dom0-iommu=strict' "$(cat $tap_out; dmesg | grep xengt)"
	refuse "the GPU is not bound" [ -e "/sys/bus/pci/drivers/xengt/$GPU" ]
	# pci-stub accepts only a device whose driver_override names pci-stub.
	need "pci-stub" modprobe pci-stub
	echo pci-stub > "/sys/bus/pci/devices/$GPU/driver_override"
	need "pci-stub has the GPU" sh -c "echo $GPU > /sys/bus/pci/drivers/pci-stub/bind"
	refuse "bind --take fails, too" xengt-ctl bind $GPU --take
	like "... and says who has the GPU now" 'pci-stub has the GPU again' "$(cat $tap_out)"
	same "... which is so" "pci-stub pci-stub" \
		"$(basename "$(readlink "/sys/bus/pci/devices/$GPU/driver")") $(cat "/sys/bus/pci/devices/$GPU/driver_override")"
	tap_end
fi

nothing_is_wrong() # WHEN
{
	same "$1: the IOMMU refused nothing but the planted fault" 0 "$(judge_refused)"
	same "$1: no stale translation was used" 0 "$(judge_count iommu_stale)"
	same "$1: the judge reports nothing" 0 "$(judge_violations)"
}

# Succeeds if the module holds no frame of GUEST that no entry points to.
keeps_nothing() # GUEST
{
	[ "$(stat_of "$1" module.frames_kept)" = 0 ]
}

# Checks that the judge and the IOMMU saw the guests' work, and that neither reported an
# error.
judge_is_content()
{
	check "the judge checked accesses" judge_saw_accesses
	check "... of engines, too" judge_saw_work
	check "the IOMMU translated" judge_has iommu_translations
	if [ "$way" = pvh ]; then
		check "the judge asked Xen's own structures for each owner" judge_asks_xen
		check "the IOMMU translated to other addresses" judge_has iommu_moved
	else
		check "the judge's table and Xen's own structures agree" judge_agrees
		same "the IOMMU translated each address to itself" 0 "$(judge_count iommu_moved)"
	fi
	nothing_is_wrong "after all work"
	grep -E '^(accesses|iommu_[a-z]*|scratch_[a-z]*) ' $JUDGE | tr '\n' ' ' | sed 's/^/# /'
	echo
	grep -E '^(violation|last) ' $JUDGE | tail -n 5 | sed 's/^/# /'
}

# Tells the judge that another domain owns the slices of guest two. The judge must then
# report the accesses of the guest's contexts.
judge_is_not_blind()
{
	sed 's/^name = .*/name = "other"/; /^vgt/d' /etc/xen/two.cfg > /etc/xen/other.cfg
	check "another domain" xl create -p /etc/xen/other.cfg
	check "plant a wrong owner" judge_watch two 1 other
	judge reset
	in_guest two 300 drmtest --no-hang --count 20 > $tap_out 2>&1
	check "the planted wrong owner is reported" judge_has violations
	check "... as an access of a context through page tables" \
		judge_told_of '[a-z]*' ' ppgtt .* path 0x'
	check "restore the right owner" judge_watch two 1
	xl destroy other
	judge reset
}

# Takes bus mastering away from the GPU, as Xen does after a burst of accesses that the IOMMU
# refused (pci_check_disable_device()).
take_mastering()
{
	tm_config=/sys/bus/pci/devices/$GPU/config
	tm_low=$(od -An -tu1 -j4 -N1 $tm_config) || return
	printf "\\$(printf %03o $((tm_low & ~4)))" |
		dd of=$tm_config bs=1 seek=4 conv=notrunc || return
	[ $(($(od -An -tu1 -j4 -N1 $tm_config) & 4)) = 0 ]
}

# While the GPU has no bus mastering, guest two has work. The module must stop the GPU, say why,
# and blame nobody.
loss_of_mastering_is_noticed()
{
	lm_hangs=$(stat_of two gpu.hangs)
	need "bus mastering is taken away" take_mastering
	in_guest two 600 drmtest --no-hang --count 20 > /tmp/cut-off 2>&1 &
	lm_asker=$!
	check "info says that the GPU has lost bus mastering" wait_for 120 sh -c \
		"xengt-ctl info two --json | grep -q '\"gpu_health\": *\"stopped: it has lost bus mastering'"
	like "dom0's log says so, too" 'taken bus mastering away' "$(dmesg)"
	same "two is blamed for no hang" "$lm_hangs" "$(stat_of two gpu.hangs)"
	like "... and is not ended" '"state": *"connected"' "$(xengt-ctl info two --json)"
	kill $lm_asker
	wait $lm_asker 2> /dev/null
}

make_edid /root/monitor.edid 640x480
need "bind the GPU" bind_gpu
before=$(host-state)
need "judge" judge_load
creates one two
need "the judge watches one" judge_watch one 0
need "the judge watches two" judge_watch two 1
# Page 0 of a slice has no frame yet.
check "the IOMMU refuses an address that it does not map" \
	judge_plants_fault $(($(xenstore-read "/local/domain/0/backend/vgt/$(xl domid one)/0/low-base") >> 12))
sed 's/^/# /' $tap_out
like "info names the way" "\"gpu_way\": *\"$way: " "$(xengt-ctl info one --json)"
like "two has its aperture on demand" '"aperture": *"lazy"' "$(xengt-ctl info two --json)"
for guest in one two; do
	check "$guest: RAM through GGTT and aperture, both ways" \
		in_guest $guest 120 gputool aperture 9
	check "$guest: i915 loads" in_guest $guest 500 sh -c \
		"modprobe drm_kms_helper && echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation &&
		modprobe i915 dmc_firmware_path=$(i915_no_dmc bookworm)"
done
same "one: no piece of the aperture was mapped on demand" 0 "$(stat_of one aperture.swaps)"
check "two: pieces of the aperture were" [ "$(stat_of two aperture.swaps)" -gt 0 ]
in_guest two 30 sh -c "(drmtest --no-hang --count $BATCHES > /tmp/drm 2>&1
	echo ended >> /tmp/drm) > /dev/null 2>&1 &"
check "one: $BATCHES random batches are right" \
	in_guest one 900 drmtest --no-hang --count $BATCHES
tail -n 1 $tap_out | sed 's/^/# /'
check "two: its batches end" wait_for 600 in_guest two 20 grep -q ended /tmp/drm
like "two: $BATCHES random batches are right" "^drmtest: $BATCHES batches, 0 wrong" \
	"$(in_guest two 20 cat /tmp/drm)"

# A guest gives memory away while its driver has work, and gets it back. Meanwhile the
# hammer makes the simulator read through each live entry again and again.
judge_hammer on
check "memory taken from one" xl mem-set one 200
check "one: work with less memory" in_guest one 300 drmtest --no-hang --count 20
check "memory given back" xl mem-set one 256
check "one: work with all of it" in_guest one 300 drmtest --no-hang --count 20
for guest in one two; do
	in_guest $guest 60 dmesg -r > /tmp/dmesg
	same "$guest: i915 has nothing to complain of" "" "$(i915_complaints < /tmp/dmesg)"
	echo "# $guest: $(stat_of $guest module.frames_held) frames are held," \
		"$(stat_of $guest module.frames_followed) were given away"
	check "$guest: after its work no frame is kept" wait_for 60 keeps_nothing $guest
done
judge_is_content
check "xl destroy one" xl destroy one
check "two still works" in_guest two 300 drmtest --no-hang --count 20
check "a whole pass of the hammer after that" judge pass
judge_hammer off
check "the hammer made accesses" judge_has hammer_accesses
nothing_is_wrong "after the end of one"
judge_is_not_blind
loss_of_mastering_is_noticed
nothing_is_wrong "without bus mastering"
check "xl destroy two" xl destroy two
check "two goes" wait_for 60 is_gone two
nothing_is_wrong "after the end of two"
check "unbind the GPU" xengt-ctl unbind $GPU
check "bind it again" xengt-ctl bind $GPU
like "the GPU is fine" '^health: fine; 0 flushes' "$(cat /sys/kernel/debug/xengt/state)"
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
