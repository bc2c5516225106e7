# shellcheck shell=sh
# Runs the tests that box.list names, each a line NAME<tab>BUDGET<tab>SCRIPT<tab>ARG..., one
# after the other. The script prints "@test NAME" before the lines of a test and "@end NAME
# SECONDS" after them. SECONDS and BUDGET are seconds of dom0's clock. After each test, the
# script checks that the test has left nothing in dom0. If a test fails, the script cleans
# up, so that the next test can run.
. /root/t/tap.sh
consoles=/var/log/xen/console
failed=0
first=1

# Replace the files /etc/xen/GUEST.cfg by this test's configurations.
set_the_stage() # TEST
{
	rm -f /etc/xen/*.cfg
	for dir in /root/guests/"$1"-*/; do
		[ -d "$dir" ] || continue
		guest=$(basename "$dir")
		cp "$dir/cfg" "/etc/xen/${guest#"$1"-}.cfg"
	done
}

put_logs_away() # TEST
{
	mkdir -p "$consoles/$1"
	mv $consoles/*.log "$consoles/$1/" 2>/dev/null
}

clean_up()
{
	xl list | awk 'NR > 1 && $2 != 0 { print $2 }' | while read -r id; do
		xl destroy "$id"
	done
	rmmod xengt_judge 2>/dev/null
	wait_for 30 is_gone nobody
	[ -e "/sys/bus/pci/drivers/xengt/$GPU" ] ||
		echo > "/sys/bus/pci/devices/$GPU/driver_override"
	if [ -x /etc/init.d/xengtd ]; then
		pgrep -x xengtd > /dev/null || /etc/init.d/xengtd start
	fi
} > /dev/null 2>&1

while IFS='	' read -r name budget script args; do
	[ "$name" ] || continue
	[ $first = 1 ] || clean_up
	first=0
	set_the_stage "$name"
	echo "@test $name"
	begun=$(uptime_s)
	# shellcheck disable=SC2086	# $args is unquoted so that it is split at its tabs
	(IFS='	'; exec timeout -s KILL "$budget" sh "/root/t/$script" $args) < /dev/null
	r=$?
	case $r in
	0)
		rmmod xengt_judge 2>/dev/null
		# a test may leave the GPU bound or unbound
		left=$(host-state leftovers 2>&1)
		[ -z "$left" ] || {
			echo "not ok - the test leaves nothing in dom0: $left"
			failed=1
		} ;;
	137)
		echo "not ok - the test ends within $budget s of dom0's clock"
		failed=1 ;;
	*)	failed=1 ;;
	esac
	put_logs_away "$name"
	echo "@end $name $(($(uptime_s) - begun))"
done < /root/t/box.list
exit $failed
