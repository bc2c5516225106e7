# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What the tests in dom0 share: TAP, binding, and a process that holds a vGPU.
# shellcheck disable=SC2034,SC2154,SC2317	# for those who source this
# HERE is the folder with xengt.ko, xengt_judge.ko and kmod-test.
GPU=0000:00:02.0
DRIVER=/sys/bus/pci/drivers/xengt
n=0 failed=0

tap() # NAME COMMAND...
{
	n=$((n + 1))
	name=$1
	shift
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
	fi
}

# a part of kmod-test, whose numbers continue ours
part() # ARG...
{
	adopt kmod-test "$@"
}

adopt() # PROGRAM ARG...
{
	program=$1
	shift
	echo "# $program $*"
	"$HERE/$program" "$@" > /tmp/part || failed=1
	while IFS= read -r line; do
		case $line in
		ok\ *|not\ ok\ *)
			n=$((n + 1))
			echo "$line" | sed "s/ok [0-9]* -/ok $n - $1:/" ;;
		1..*)	;;
		*)	echo "$line" ;;
		esac
	done < /tmp/part
	grep -q '^1\.\.' /tmp/part || tap "$program $1 came to its end" false
}

bind()
{
	echo xengt > "/sys/bus/pci/devices/$GPU/driver_override" &&
		echo "$GPU" > "$DRIVER/bind"
}

# No WARN, oops or the like of the kernel.
kernel_is_content()
{
	! dmesg | grep -E 'WARNING|BUG|Oops|Call Trace|general protection'
}

says()
{
	dmesg | grep -q "$1"
}

is_gone()
{
	! xl list | grep -q '(null)' && ! xl list "$1" > /dev/null 2>&1
}

within() # SECONDS COMMAND...
{
	end=$(($(date +%s) + $1))
	shift
	until "$@"; do
		[ "$(date +%s)" -lt "$end" ] || return 1
		sleep 0.2
	done
}

# kmod-test hold in the background, spoken to by ask
hold() # ARG...
{
	rm -f /tmp/hold.in
	mkfifo /tmp/hold.in
	: > /tmp/hold.out
	"$HERE/kmod-test" hold "$@" < /tmp/hold.in > /tmp/hold.out &
	holder=$!
	exec 8> /tmp/hold.in
	within 20 grep -q slice /tmp/hold.out
}

answers() # LINES
{
	[ "$(wc -l < /tmp/hold.out)" -ge "$1" ]
}

ask() # WORDS; the answer is in $answer
{
	lines=$(wc -l < /tmp/hold.out)
	echo "$*" >&8
	within 20 answers $((lines + 1))
	answer=$(tail -n 1 /tmp/hold.out)
	echo "# $*: $answer"
}

let_go()
{
	exec 8>&-
	wait "$holder"
}

