# Guests beside dom0's own i915 (kmod/i915): dom0's i915 drives the GPU, runs random batches
# of a program of dom0, and runs the work of guests between them. $1: number of batches in one
# run of the program.
. /root/t/tap.sh
. /root/t/i915log.sh
. /root/t/beside.sh
batches=$1

# The checks of one guest, without a driver.
works() # GUEST
{
	check "$1: each engine stores, and its context is saved" \
		guest-run "$1" -t 300 -- gpuexec store
	for engine in RCS VCS VECS BCS; do
		check "$1: page tables of every shape on $engine" \
			guest-run "$1" -t 300 -- gpuexec tables $engine
	done
}

# Prints the engines' different values. Broadwell's i915 has no preemption, and no such file.
preempt_timeouts() # FOLDER-IN-ENGINE
{
	for file in /sys/class/drm/card0/engine/*/"$1"preempt_timeout_ms; do
		[ ! -e "$file" ] || cat "$file"
	done | sort -u | tr '\n' ' '
}

need "i915 drives the GPU, and lends to guests" share_gpu policy=guests-first
default=$(preempt_timeouts .defaults/)
case $(lspci -n -s $GPU) in
*8086:1616*) ;;
*) like "i915 preempts on this GPU" '^[1-9]' "$default" ;;
esac
same "the policy has changed i915's preemption timeout" "${default:+10000 }" "$(preempt_timeouts "")"
dmesg | grep 'shared with i915' | sed 's/^/# /'
before=$(host-state)
check "dom0's program works" /root/t/drmtest --count 20 --no-hang
need "xl create" xl create /etc/xen/one.cfg
boots one
dom0_works "$batches"
works one
if [ -e /etc/xen/two.cfg ]; then
	need "xl create, a second guest" xl create /etc/xen/two.cfg
	boots two
	works two
	for guest in one two; do
		guest-run $guest -t 600 -- gpuexec store > /tmp/$guest.out 2>&1 &
		eval "pid_$guest=$!"
	done
	# shellcheck disable=SC2154	# eval sets the variables
	check "two guests store at the same time: one" wait "$pid_one"
	# shellcheck disable=SC2154
	check "two guests store at the same time: two" wait "$pid_two"
fi
check "a guest hangs RCS, VCS works, RCS is reset and works" \
	guest-run one -t 100 -- gpuexec hang 15
check "dom0's program has worked meanwhile, with right results" dom0_stops
echo "# dom0: $(dom0_batches) batches"
for guest in /etc/xen/*.cfg; do
	xl destroy "$(basename "$guest" .cfg)"
done
same "all resources are free again" "$before" "$(host-state quiet)"
check "dom0's program works after the guests" /root/t/drmtest --count 20 --seed 2 --no-hang
/etc/init.d/xengtd stop > /dev/null
check "the module is unloaded" rmmod xengt_i915
same "i915 has its own preemption timeout again" "$default" "$(preempt_timeouts "")"
check "dom0's program works after the module" /root/t/drmtest --count 20 --seed 3 --no-hang
tap_end
