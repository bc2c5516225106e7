# Runs the conformance suites on hv_xen and gpu_kmod, with a domain that never runs
# and a guest that accesses a page of the suite's device.
. /root/t/tap.sh
export LD_LIBRARY_PATH=/root/t CMOCKA_MESSAGE_OUTPUT=TAP
need "bind the GPU" bind_gpu
need "a paused domain" xl create -p /etc/xen/plain.cfg
chmod +x /root/t/test_hv /root/t/test_gpu
adopt "gpu_kmod" /root/t/test_gpu --real --domid "$(xl domid plain)"
# Line 3 of the file is BAR2, which no vGPU uses now.
aperture=$(sed -n '3s/ .*//p' /sys/bus/pci/devices/$GPU/resource)
adopt "hv_xen" /root/t/test_hv --real --domid "$(xl domid plain)" \
	--aperture "$aperture"
xl destroy plain

peek() # WIDTH ADDRESS [VALUE]: prints what the guest reads at ADDRESS, or stores VALUE
{
	guest-run asks -t 60 -- devmem "0x$2" "$1" $3
}
need "a guest that runs" xl create -p /etc/xen/asks.cfg
/root/t/test_hv --serve 300 --domid "$(xl domid asks)" > /tmp/serve 2>&1 &
server=$!
need "a device of one page" wait_for 20 grep -q serving /tmp/serve
xl unpause asks
boots asks
same "a read of 4 bytes" 0xFD000010 "$(peek 32 fd000010)"
same "a read of 8" 0xFD000FF4FD000FF0 "$(peek 64 fd000ff0)"
same "a read of 2, at the end of a dword" 0xFD00 "$(peek 16 fd00001a)"
same "a read of 1" 0x20 "$(peek 8 fd000020)"
check "a store of 4 bytes" peek 32 fd000040 0x12345678
check "a store of 1" peek 8 fd000047 0x0f
same "both arrived, once" 0xF0000044EDCBA987 "$(peek 64 fd000040)"
same "a page that nobody serves" 0xFFFFFFFF "$(peek 32 fd001000)"
same "a read without an answer gives all-ones" 0xFFFFFFFF "$(peek 32 fd000ffc)"
check "the device ends" wait $server
like "the device got each access of the guest once" '^# 5 reads, 2 writes$' "$(cat /tmp/serve)"
same "after its end the device's page reads as all-ones" 0xFFFFFFFF "$(peek 32 fd000010)"
xl destroy asks
tap_end
