# What a submission costs with each module (../beside-cost). $1: number of submissions.
. /root/t/tap.sh
. /root/t/i915log.sh
. /root/t/beside.sh
n=$1

# Prints dom0's time in tenths of a second, and the guest's submissions and exits.
costs()
{
	xengt-ctl stat evil --json > /tmp/stat || return
	echo "$(xl list | awk '$1 == "Domain-0" { printf "%d", $NF * 10 }')" \
		"$(sed -n 's/.*"gpu.submissions": *\([0-9]*\).*/\1/p' /tmp/stat)" \
		"$(grep -o '"exits\.[a-z_]*": *[0-9]*' /tmp/stat | awk '{ n += $NF } END { print n + 0 }')"
}

measure() # NAME
{
	need "$1: xl create" xl create /etc/xen/evil.cfg
	boots evil
	check "$1: first submissions" guest-run evil -t 300 -- "flood 640"
	sleep 2
	echo "@cost $1 begin $(costs)"
	# the host asks for the simulator's counters meanwhile
	sleep 5
	check "$1: submissions" guest-run evil -t 3000 -- "flood $n"
	echo "@cost $1 end $(costs)"
	sleep 5
	xl destroy evil
	check "$1: the guest is gone" wait_for 60 is_gone evil
}

need "bind the GPU" bind_gpu
measure alone
need "unbind the GPU" xengt-ctl unbind $GPU
need "i915 drives the GPU, and lends to guests" share_gpu
measure beside
tap_end
