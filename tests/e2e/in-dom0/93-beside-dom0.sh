# `xengt-ctl bind --beside` (kmod/i915) and the life of the GPU after it. $1: the way that the
# module must choose (pv or pvh).
. /root/t/tap.sh
. /root/t/i915log.sh
way=$1
driver=/sys/bus/pci/drivers/i915

load_i915() # PARAMETER...
{
	modprobe i915 "dmc_firmware_path=$(i915_no_dmc bookworm)" "$@" &&
		[ -e /dev/dri/renderD128 ]
}

shared_gpu()
{
	cat /sys/module/xengt_i915/parameters/gpu
}

works()
{
	check "$1: the guest's engines work" guest-run one -t 300 -- gpuexec store
}

new_guest() # WHEN
{
	need "$1: xl create" xl create /etc/xen/one.cfg
	boots one
}

install -D /root/t/xengt-i915.ko "/lib/modules/$(uname -r)/updates/xengt-i915.ko"
depmod -a
modprobe drm_kms_helper
echo N > /sys/module/drm_kms_helper/parameters/fbdev_emulation
refuse "without i915 bind --beside fails" xengt-ctl bind $GPU --beside
like "... and says so" 'no driver: with --beside i915 must drive' "$(cat $tap_out)"
need "i915 without enable_gvt" load_i915
refuse "bind --beside fails" xengt-ctl bind $GPU --beside
like "... and names the remedy" 'i915.enable_gvt=1' "$(cat $tap_out)"
check "xengt is loaded as before" [ -e /sys/module/xengt ]
rmmod xengt
refuse "the module itself refuses, too" modprobe xengt-i915
like "... and names the remedy" 'i915.enable_gvt=1' "$(dmesg | tail -n 5)"
modprobe xengt
need "i915 is unloaded" rmmod i915
need "i915 is loaded again" load_i915 enable_gvt=1
if [ "$way" = pvh ]; then
	refuse "bind --beside fails in a PVH dom0" xengt-ctl bind $GPU --beside
	like "... and says that i915 still has the GPU" 'i915 still drives the GPU' \
		"$(cat $tap_out)"
	like "... and the kernel's log has the remedy" 'start dom0 as a PV domain' \
		"$(dmesg | tail -n 20)"
	check "xengt is loaded again" [ -e /sys/module/xengt ]
	check "dom0's program works" /root/t/drmtest --count 20 --no-hang
	tap_end
fi
check "bind --beside" xengt-ctl bind $GPU --beside
dmesg | grep xengt-i915: | tail -n 1 | sed 's/^/# /'
same "the module has the GPU" $GPU "$(shared_gpu)"
check "bind --beside again" xengt-ctl bind $GPU --beside
refuse "bind --take fails" xengt-ctl bind $GPU --take
like "... and says what to do first" "xengt-ctl unbind $GPU' first" "$(cat $tap_out)"
before=$(host-state)

new_guest "beside i915"
like "info names the backend" '"gpu_backend": *"beside i915: ' "$(xengt-ctl info one --json)"
like "info names the way" "\"gpu_way\": *\"$way: " "$(xengt-ctl info one --json)"
works "beside i915"
echo devices > /sys/power/pm_test
refuse "with a guest the system does not sleep" sh -c "echo mem > /sys/power/state"
like "... and the kernel's log says why" 'cannot suspend: 1 guests' "$(dmesg | tail -n 5)"
refuse "with a guest unbind fails" xengt-ctl unbind $GPU
refuse "... also with --force" xengt-ctl unbind $GPU --force
same "the guest's GPU is there" $GPU "$(shared_gpu)"
works "after the refusals"

check "i915 is unbound while the guest has its vGPU" sh -c "echo $GPU > $driver/unbind"
same "the module has no GPU" none "$(shared_gpu)"
xl destroy one
check "i915 gets the GPU again" sh -c "echo $GPU > $driver/bind"
same "the module has the GPU again" $GPU "$(shared_gpu)"
new_guest "after i915's new probe"
works "after i915's new probe"
xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
check "dom0's program works" /root/t/drmtest --count 20 --no-hang
check "unbind gives i915 the whole GPU" xengt-ctl unbind $GPU
refuse "the module is not loaded any more" [ -e /sys/module/xengt_i915 ]
check "i915 still drives the GPU" [ -e "$driver/$GPU" ]
check "dom0's program works after the module" /root/t/drmtest --count 20 --seed 2 --no-hang
check "bind --take binds xengt.ko" xengt-ctl bind $GPU --take
check "... which drives the GPU" [ -e "/sys/bus/pci/drivers/xengt/$GPU" ]
tap_end
