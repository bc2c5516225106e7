# hv_xen and gpu_kmod, with a domain that never runs.
. /root/t/tap.sh
export LD_LIBRARY_PATH=/root/t CMOCKA_MESSAGE_OUTPUT=TAP
check "bind the GPU" xengt-ctl bind $GPU
check "a paused domain" xl create -p /etc/xen/plain.cfg
chmod +x /root/t/test_hv /root/t/test_gpu
adopt "hv_xen" /root/t/test_hv --real --domid "$(xl domid plain)"
adopt "gpu_kmod" /root/t/test_gpu --real --domid "$(xl domid plain)"
xl destroy plain
tap_end
