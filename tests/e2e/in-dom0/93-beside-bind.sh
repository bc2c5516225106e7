# An administrator lets guests share the GPU of dom0's i915 (`xengt-ctl bind --beside`), with the
# installed package xengt-i915-dkms and a daemon that runs. $1: number of guests that are destroyed,
# each followed by the end of the module within 1 s.
. /root/t/tap.sh
. /root/t/i915log.sh
cycles=$1

# dom0's i915 drives the GPU, as after a boot with i915.enable_gvt=1.
i915_probes()
{
	modprobe drm_kms_helper || return
	echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation
	modprobe i915 enable_gvt=1 "dmc_firmware_path=$(i915_no_dmc bookworm)" || return
	[ -e /dev/dri/renderD128 ]
}

dom0_is_right() # DESCRIPTION
{
	check "$1" /root/t/drmtest --count 20 --no-hang
}

# Prints dom0's clock in hundredths of a second.
uptime_cs()
{
	read -r uc _ < /proc/uptime
	echo "${uc%.*}${uc#*.}"
}

# Unloads the module at once, or at most 1 s later: the guest's worker may not have ended yet.
ends_in_time()
{
	rmmod xengt_i915 2> $tap_out && return
	late=$((late + 1))
	et_end=$(($(uptime_cs) + 100))
	until rmmod xengt_i915 2> $tap_out; do
		[ "$(uptime_cs)" -lt "$et_end" ] || return
		sleep 0.05
	done
}

need "dkms has built the module for this kernel" modinfo xengt-i915
refuse "without i915 the verb is refused" xengt-ctl bind $GPU --beside
like "... with the reason" 'with --beside i915 must drive the GPU' "$(cat $tap_out)"
check "xengt is still loaded" [ -e /dev/xengt ]
need "dom0's i915 probes" i915_probes
need "bind --beside" xengt-ctl bind $GPU --beside
like "the tool says what it means" "guests share .* with i915 now; dom0's graphics go on" \
	"$(cat $tap_out)"
same "the module has the GPU" $GPU "$(cat /sys/module/xengt_i915/parameters/gpu)"
refuse "xengt is not loaded any more" test -e /sys/module/xengt
before=$(host-state)
dom0_is_right "a program of dom0 works"

# The conformance suite of gpu.h, as t-62 runs it on xengt.ko.
need "a paused domain" xl create -p /etc/xen/plain.cfg
chmod +x /root/t/test_gpu
export LD_LIBRARY_PATH=/root/t CMOCKA_MESSAGE_OUTPUT=TAP
adopt "gpu_kmod beside i915" /root/t/test_gpu --real --domid "$(xl domid plain)"
unset LD_LIBRARY_PATH
xl destroy plain
same "the suite leaves nothing" "$before" "$(host-state quiet)"
dom0_is_right "a program of dom0 works after the suite"

# A guest whose config has vgt = 1.
need "xl create" xl create /etc/xen/one.cfg
boots one
like "info says which backend runs" '"gpu_backend": *"beside i915: ' "$(xengt-ctl info one --json)"
check "each engine stores" guest-run one -t 300 -- gpuexec store
refuse "unbind is refused while the guest runs" xengt-ctl unbind $GPU
check "the guest goes on" guest-run one -t 300 -- gpuexec store
xl destroy one
same "everything came back" "$before" "$(host-state quiet)"

# The end of a guest, and soon the end of the module.
i=0
late=0
bad=
while [ $i -lt "$cycles" ]; do
	xl create -p /etc/xen/one.cfg > $tap_out 2>&1 || bad="$bad $i:create"
	xl destroy one > /dev/null 2>&1 || bad="$bad $i:destroy"
	ends_in_time || bad="$bad $i:rmmod"
	xengt-ctl bind $GPU --beside > $tap_out 2>&1 || bad="$bad $i:bind"
	i=$((i + 1))
	echo "# cycle $i"
done
same "$cycles guests are destroyed, and the module ends within 1 s of each" "" "$bad"
echo "# $late times it did not end at once"
[ -z "$bad" ] || sed 's/^/# /' $tap_out
same "nothing is left" "$before" "$(host-state quiet)"
dom0_is_right "a program of dom0 works after all this"

check "unbind" xengt-ctl unbind $GPU
refuse "the module is unloaded" test -e /sys/module/xengt_i915
dom0_is_right "a program of dom0 works without the module"
# At boot xengtd binds what /etc/default/xengt names.
printf 'BIND="%s"\nBESIDE="yes"\n' $GPU > /etc/default/xengt
check "the daemon starts with BESIDE=yes" /etc/init.d/xengtd restart
same "... and the module has the GPU" $GPU "$(cat /sys/module/xengt_i915/parameters/gpu)"
check "dom0's kernel warns of nothing" kernel_is_content
tap_end
