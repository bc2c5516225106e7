# hv_xen and gpu_kmod, with a domain that never runs.
. /root/t/tap.sh
export LD_LIBRARY_PATH=/root/t CMOCKA_MESSAGE_OUTPUT=TAP
check "bind the GPU" xengt-ctl bind $GPU
check "a paused domain" xl create -p /etc/xen/plain.cfg
chmod +x /root/t/test_hv /root/t/test_gpu
adopt "gpu_kmod" /root/t/test_gpu --real --domid "$(xl domid plain)"
# Line 3 of the file is BAR2, which no vGPU has now.
aperture=$(sed -n '3s/ .*//p' /sys/bus/pci/devices/$GPU/resource)
adopt "hv_xen" /root/t/test_hv --real --domid "$(xl domid plain)" \
	--aperture "$aperture"
like "a domain that failed has crashed" '^plain .* [rbps-]*c[d-] ' "$(xl list plain)"
xl destroy plain
tap_end
