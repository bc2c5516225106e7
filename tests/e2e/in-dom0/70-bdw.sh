# The short form of 10-vgpu.sh, for a Broadwell.
. /root/t/tap.sh
check "bind the GPU" xengt-ctl bind $GPU
check "xl create" xl create /etc/xen/one.cfg
boots one
like "lspci" '^00:02.0 VGA compatible controller \[0300\]: .*\[8086:1616\]' \
	"$(guest-run one -t 60 -- lspci -nn -s 00:02.0)"
check "RAM through GGTT and aperture, both ways" guest-run one -t 120 -- gputool aperture 9
xl destroy one
tap_end
