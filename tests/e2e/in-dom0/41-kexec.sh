# The guest runs another kernel by kexec ($1: exec), or its kernel crashes and another one
# runs that was loaded for this case ($1: crash). In both cases Xen resets the domain in
# place and takes all ioreq servers from it; libxl starts a new QEMU, and xengt-dm a new vGPU.
. /root/t/tap.sh
way=$1
# the next kernel's command line, without crashkernel=: a crash kernel must not itself reserve
# memory for a crash kernel
words='$(tr " " "\n" < /proc/cmdline | grep -v ^crashkernel= | tr "\n" " ") after=kexec'

need "bind the GPU" bind_gpu
before=$(host-state)
need "xl create" xl create /etc/xen/one.cfg
boots one
id=$(xl domid one)
check "work on the vGPU" guest-run one -t 300 -- gpuexec store
pid=$(xengt-ctl info one --json | sed -n 's/.*"pid": *\([0-9]*\).*/\1/p')
case $way in
exec)
	need "another kernel is loaded" guest-run one -t 300 -- sh -c \
		"kexec -l /boot/kernel --initrd=/boot/initrd --command-line=\"$words\""
	guest-run one -t 30 -- sh -c '(sleep 1; kexec -e) > /dev/null 2>&1 &' ;;
crash)
	need "a kernel for a crash is loaded" guest-run one -t 300 -- sh -c \
		"kexec -p /boot/kernel --initrd=/boot/initrd --command-line=\"$words\""
	same "... says the kernel" 1 "$(guest-run one -t 30 -- cat /sys/kernel/kexec_crash_loaded)"
	# the engines must have work of the guest when the guest's kernel crashes
	guest-run one -t 60 -- sh -c "gpuexec work 900 > /tmp/work 2>&1 &"
	check "the guest's engines work" wait_for 60 guest-run one -t 60 -- grep -q '^working' /tmp/work
	guest-run one -t 30 -- sh -c '(sleep 1; echo c > /proc/sysrq-trigger) > /dev/null 2>&1 &' ;;
esac
need "that kernel runs" wait_for 400 guest-run one -t 20 -- grep -q after=kexec /proc/cmdline
[ "$way" = exec ] ||
	check "it has the memory of the kernel that crashed" guest-run one -t 60 -- \
		sh -c 'dd if=/proc/vmcore bs=4 count=1 2> /dev/null | grep -q ELF'
same "in the same domain" "$id" "$(xl domid one)"
info=$(xengt-ctl info one --json)
like "the domain has a vGPU" '"state": *"connected"' "$info"
refuse "... and is a new one" sh -c "echo '$info' | grep -q '\"pid\": *$pid\b'"
like "the guest finds the vGPU" "^00:02.0 .*\[8086:1912\]" "$(guest-run one -t 60 -- lspci -nn)"
check "work on the new vGPU" guest-run one -t 300 -- gpuexec store
id=$(xl domid one)
guest-run one -t 30 -- sh -c 'echo b > /proc/sysrq-trigger' > /dev/null 2>&1
check "reboot after that: a new domain" wait_for 60 sh -c "xl domid one | grep -vqx $id"
boots one
check "work" guest-run one -t 300 -- gpuexec store
xl destroy one
check "the domain is gone" wait_for 60 is_gone one

if [ "$way" = exec ]; then
	# libxl listens on QEMU's socket before it starts a restricted QEMU
	grep -q '^xen-qemuuser-shared:' /etc/passwd ||
		echo 'xen-qemuuser-shared:x:990:990::/:/bin/false' >> /etc/passwd
	need "xl create with dm_restrict = 1" xl create /etc/xen/one.cfg 'dm_restrict=1'
	boots one
	check "work beside a restricted QEMU" guest-run one -t 300 -- gpuexec store
	xl destroy one
fi
same "all resources are free again" "$before" "$(host-state quiet)"
tap_end
