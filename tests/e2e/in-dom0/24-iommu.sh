# A machine with an IOMMU: two guests with Debian's i915 work beside each other. $1: the
# way that xengt must take: pvh, pv, or strict, which xengt refuses.
. /root/t/tap.sh
. /root/t/edid.sh
. /root/t/i915log.sh
way=$1
BATCHES=200

in_guest() # GUEST SECONDS COMMAND...
{
	ig_guest=$1 ig_limit=$2
	shift 2
	guest-run "$ig_guest" -t "$ig_limit" -- "$@"
}

held() # GUEST
{
	xengt-ctl stat "$1" --json | sed -n 's/.*"module.frames_held": *\([0-9]*\).*/\1/p'
}

if [ "$way" = strict ]; then
	refuse "bind refuses" xengt-ctl bind $GPU
	like "it names the remedy" 'dom0-iommu=strict' "$(cat $tap_out; dmesg | grep xengt)"
	refuse "the GPU is not bound" [ -e "/sys/bus/pci/drivers/xengt/$GPU" ]
	tap_end
fi

make_edid /root/monitor.edid 640x480
need "bind the GPU" bind_gpu
before=$(host-state)
for guest in one two; do
	need "xl create $guest" xl create /etc/xen/$guest.cfg
done
for guest in one two; do
	boots $guest
done
like "info names the way" "\"gpu_way\": *\"$way: " "$(xengt-ctl info one --json)"
for guest in one two; do
	check "$guest: RAM through GGTT and aperture, both ways" \
		in_guest $guest 120 gputool aperture 9
	check "$guest: i915 loads" in_guest $guest 500 sh -c \
		"modprobe drm_kms_helper && echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation &&
		modprobe i915 dmc_firmware_path=$(i915_no_dmc bookworm)"
done
in_guest two 30 sh -c "(drmtest --no-hang --count $BATCHES > /tmp/drm 2>&1
	echo ended >> /tmp/drm) > /dev/null 2>&1 &"
check "one: $BATCHES random batches are right" \
	in_guest one 900 drmtest --no-hang --count $BATCHES
tail -n 1 $tap_out | sed 's/^/# /'
check "two: its batches end" wait_for 600 in_guest two 20 grep -q ended /tmp/drm
like "two: $BATCHES random batches are right" "^drmtest: $BATCHES batches, 0 wrong" \
	"$(in_guest two 20 cat /tmp/drm)"

# A guest gives memory away while its driver has work, and gets it back.
check "memory taken from one" xl mem-set one 200
check "one: work with less memory" in_guest one 300 drmtest --no-hang --count 20
check "memory given back" xl mem-set one 256
check "one: work with all of it" in_guest one 300 drmtest --no-hang --count 20
for guest in one two; do
	in_guest $guest 60 dmesg -r > /tmp/dmesg
	same "$guest: i915 has nothing to complain of" "" "$(i915_complaints < /tmp/dmesg)"
	echo "# $guest: $(held $guest) frames are held"
done
check "xl destroy one" xl destroy one
check "two works on" in_guest two 300 drmtest --no-hang --count 20
check "xl destroy two" xl destroy two
same "everything came back" "$before" "$(host-state quiet)"
tap_end
