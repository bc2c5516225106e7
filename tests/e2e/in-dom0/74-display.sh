# Tests a guest's display. $1: seed of the pictures; the other arguments: kmstest's scenes.
. /root/t/tap.sh
. /root/t/i915log.sh
. /root/t/edid.sh
seed=$1
shift

in_guest() # SECONDS COMMAND
{
	guest-run one -t "$1" -- sh -c "$2"
}

# Starts kmstest, and waits until it says that the picture is on the screen. The picture
# stays until kmstest is killed.
show() # SCENE
{
	in_guest 30 "kmstest --seed $seed --hold 600 $1 > /tmp/kms 2>&1 & true"
	wait_for 60 guest-run one -t 20 -- grep -q "shown $1" /tmp/kms
}

is_exact() # SCENE
{
	xengt-ctl screenshot one "/tmp/$1.png" &&
		/root/t/kmstest --seed "$seed" --expect "$1" "/tmp/$1.ppm" &&
		/root/t/pngcmp "/tmp/$1.ppm" "/tmp/$1.png"
}

is_another() # SCENE
{
	/root/t/kmstest --seed $((seed + 1)) --expect "$1" /tmp/other.ppm
	! /root/t/pngcmp /tmp/other.ppm "/tmp/$1.png"
}

need "bind the GPU" bind_gpu
before=$(host-state)
need "xl create" xl create /etc/xen/one.cfg
boots one
refuse "no picture before a driver" xengt-ctl screenshot one /tmp/none.png
like "... and the message says so" 'no picture' "$(cat $tap_out)"
refuse "no such guest" xengt-ctl screenshot two /tmp/none.png
# The display has no console, because the driver would draw a console through the aperture,
# dword by dword.
need "i915 loads" in_guest 400 \
	"modprobe drm_kms_helper fbdev_emulation=0; modprobe i915 dmc_firmware_path=$(i915_no_dmc bookworm)"
connectors=$(in_guest 30 'cd /sys/class/drm; for c in card0-*; do echo detect > $c/status; echo "$c $(cat $c/status) $(head -n 1 $c/modes)"; done')
like "one monitor, by DisplayPort, 1920x1200" '^card0-DP-1 connected 1920x1200$' "$connectors"
same "... and no other" 1 "$(printf '%s\n' "$connectors" | grep -c ' connected ')"
check "tiled objects are the same through the aperture and in memory" in_guest 60 'kmstest --fence'
for scene; do
	if check "$scene is shown" show "$scene"; then
		check "$scene is exact" is_exact "$scene"
		[ "$scene" != "$1" ] ||
			check "drawn in the terminal" xengt-ctl screenshot one --ansi 40
	else
		echo "# not run: $scene is exact"
	fi
	in_guest 30 'killall kmstest; cat /tmp/kms' | sed 's/^/# /'
done
check "the comparison notices another picture" is_another "$1"
in_guest 30 'dmesg -r' > /tmp/dmesg
same "i915 logged no warning or error" "" "$(i915_complaints < /tmp/dmesg)"
like "vblanks reached the guest" '"interrupts": *[1-9]' "$(xengt-ctl stat one --json)"

make_edid /tmp/monitor.edid 1024x768
# A guest without console and desktop does not read the monitor's EDID again by itself.
hotplugs()
{
	in_guest 20 'dmesg | grep -c "from disconnected to connected"'
}

was_told()
{
	[ "$(hotplugs)" -gt "$seen" ]
}

in_guest 20 'echo 4 > /sys/module/drm/parameters/debug'
seen=$(hotplugs)
check "another monitor" xengt-ctl set one edid=/tmp/monitor.edid
check "the guest gets a hotplug event" wait_for 30 was_told
in_guest 20 'echo detect > /sys/class/drm/card0-DP-1/status'
same "... and sees the new monitor" 1024x768 \
	"$(guest-run one -t 20 -- head -n 1 /sys/class/drm/card0-DP-1/modes)"
check "xl destroy" xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
