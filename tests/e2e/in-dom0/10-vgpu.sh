# Tests one guest with vgt = 1, from its creation to a reboot. $1: a nonce.
. /root/t/tap.sh
nonce=$1

need "bind the GPU" bind_gpu
before=$(host-state)
need "xl create" xl create /etc/xen/one.cfg
boots one
dev=$(guest-run one -t 60 -- lspci -nn -s 00:02.0)
like "lspci in the guest" '^00:02.0 VGA compatible controller \[0300\]: .*\[8086:1912\]' "$dev"
bars=$(guest-run one -t 60 -- lspci -vv -s 00:02.0)
like "BAR0 is 64-bit, 16 MiB" 'Region 0: Memory at [0-9a-f]+ \(64-bit, non-prefetchable\).*\[size=16M\]' "$bars"
like "BAR2 is 64-bit, prefetchable, 256 MiB" 'Region 2: Memory at [0-9a-f]+ \(64-bit, prefetchable\).*\[size=256M\]' "$bars"
like "MSI capability" 'MSI: Enable- Count=1/1 Maskable- 64bit-' "$bars"
# Stock guests have no IOMMU: the ACPI tables have neither DMAR (Intel) nor IVRS (AMD); see
# docs/design/014.
tables=$(guest-run one -t 60 -- ls /sys/firmware/acpi/tables)
same "the guest's firmware has its tables" 1 "$(echo "$tables" | grep -c '^FACP$')"
same "the guest has no IOMMU" 0 "$(echo "$tables" | grep -cE '^(DMAR|IVRS|VIOT)')"
gmch=$(guest-run one -t 60 -- sh -c 'dd if=/sys/bus/pci/devices/0000:00:02.0/config bs=1 skip=80 count=2 2>/dev/null | od -An -tx1')
like "GMCH control: 8 MiB of GTT, no stolen memory" '^ *c0 00' "$gmch"
# The firmware has reserved memory for the OpRegion and put the memory's address into ASLS.
# A driver may write another address to ASLS later.
check "the address that the firmware put into ASLS has an OpRegion" guest-run one -t 60 -- gputool opregion
sed 's/^/# /' $tap_out
asls=$(guest-run one -t 60 -- sh -c 'cd /sys/bus/pci/devices/0000:00:02.0; printf "\000\120\115\374" | dd of=config bs=1 seek=252 2>/dev/null; dd if=config bs=1 skip=252 count=4 2>/dev/null | od -An -tx4')
like "ASLS reads back what was written" 'fc4d5000' "$asls"

pv=$(guest-run one -t 60 -- gputool pvinfo "$nonce")
like "PVINFO: the nonce comes back" "^nonce $nonce" "$pv"
like "PVINFO: magic" '^magic 0x4776544776544776' "$pv"
like "PVINFO: 16 MiB mappable" '^mappable 0x[0-9a-f]+ \+ 16 MiB' "$pv"
like "PVINFO: 48 MiB unmappable" '^unmappable 0x[0-9a-f]+ \+ 48 MiB' "$pv"
check "RAM through GGTT and aperture, both ways" guest-run one -t 120 -- gputool aperture 77
check "entries and frames that are not the guest's" guest-run one -t 120 -- gputool outside

modprobe xen-gntalloc
/root/t/grant-page "$(xl domid one)" > /tmp/grant 2>&1 &
grantor=$!
check "dom0 grants it a page" wait_for 10 grep -q '^ref ' /tmp/grant
check "the guest's GPU does not reach a granted page" guest-run one -t 120 -- \
	sh -c "modprobe xen-gntdev && gputool grant $(sed -n 's/^ref //p' /tmp/grant)"
sed 's/^/# /' $tap_out
kill $grantor
check "... and the page has not changed" wait $grantor

list=$(xengt-ctl list)
like "xengt-ctl list names the guest" 'one' "$list"
check "list --json" xengt-ctl list --json
info=$(xengt-ctl info one)
like "info: sizes" '16' "$info"
stat=$(xengt-ctl stat one --json)
like "stat counts GGTT writes" '"exits.ggtt_write": *[1-9]' "$stat"
like "stat counts PCI accesses" '"exits.pci": *[1-9]' "$stat"
like "stat counts register reads" '"exits.reg_read": *[1-9]' "$stat"
like "stat counts translated entries" '"ggtt.entries": *[1-9]' "$stat"
like "stat counts hypercalls" '"hypercalls": *[1-9]' "$stat"
echo "# $stat" | tr -d '\n' | cut -c 1-1000; echo

id=$(xl domid one)
refuse "a second vGPU is refused" xengt-ctl create one
like "... with the reason" 'has a (vGPU|GPU) already|already has' "$(cat $tap_out)"

# xl cannot save or move the guest: the state of its vGPU would be lost.
stays() # WHEN
{
	refuse "xl save is refused $1" xl save one /var/tmp/one.img
	like "... with the reason" 'has a vGPU, whose state cannot be saved' "$(cat $tap_out)"
	refuse "... before anything is written" [ -e /var/tmp/one.img ]
	refuse "xl migrate is refused $1" xl migrate one localhost
	like "... with the reason" 'has a vGPU, whose state cannot be saved' "$(cat $tap_out)"
	check "... and the guest runs" guest-run one -t 60 -- true
}

stays "while the guest has its vGPU"

guest-run one -t 30 -- sh -c 'echo b > /proc/sysrq-trigger' > /dev/null 2>&1
check "reboot from inside: a new domain" wait_for 60 sh -c "xl domid one | grep -vqx $id"
boots one
pv=$(guest-run one -t 60 -- gputool pvinfo again)
like "the rebooted guest has its vGPU" '^mappable 0x[0-9a-f]+ \+ 16 MiB' "$pv"

check "destroy on a running guest" xengt-ctl destroy one
ones=$(guest-run one -t 60 -- gputool read)
like "the guest continues, and reads all-ones" '^0xffffffff' "$ones"
ones=$(guest-run one -t 60 -- sh -c 'dd if=/sys/bus/pci/devices/0000:00:02.0/config bs=4 count=1 2>/dev/null | od -An -tx4')
like "config space is all-ones" 'ffffffff' "$ones"
refuse "create on a running guest is refused" xengt-ctl create one
like "... with the reason" 'running' "$(cat $tap_out)"
stays "after the vGPU was destroyed"
check "xl destroy" xl destroy one
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
