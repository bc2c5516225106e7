# A probe by Debian's unmodified i915, recorded by xengtd: /root/record/one.session. $1: the
# Debian release of the guest's kernel, whose version is written to /root/record/version.
. /root/t/tap.sh
. /root/t/i915log.sh
. /root/t/edid.sh

mkdir /root/record
echo 'XENGTD_OPTS="--record /root/record"' >> /etc/default/xengt
check "xengtd records" /etc/init.d/xengtd restart
make_edid /root/monitor.edid 640x480
need "bind the GPU" bind_gpu
need "xl create" xl create /etc/xen/one.cfg
boots one
need "i915 loads" guest-run one -t 200 -- sh -c \
	"modprobe drm_kms_helper fbdev_emulation=0; modprobe i915 dmc_firmware_path=$(i915_no_dmc "$1")"
guest-run one -t 30 -- uname -r > /root/record/version
guest-run one -t 30 -- dmesg -r > /tmp/dmesg
same "i915 logged no warning or error" "" "$(i915_complaints < /tmp/dmesg)"
check "xl destroy" xl destroy one
check "recorded" wait_for 20 sh -c '! pidof xengt-vgpu && [ -s /root/record/one.session ]'
tap_end
