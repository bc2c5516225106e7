# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Functions for the tests of the module in dom0. The functions bind the GPU, and control
# a process that holds a vGPU.
# shellcheck disable=SC2034,SC2154,SC2317	# for those who source this
# HERE is the folder with tap.sh, xengt.ko, xengt_judge.ko and kmod-test.
# shellcheck source-path=SCRIPTDIR
. "$HERE/tap.sh"
DRIVER=/sys/bus/pci/drivers/xengt

# Runs a part of kmod-test. The test numbers of that part continue the numbers of this
# script.
part() # ARG...
{
	adopt "$1" "$HERE/kmod-test" "$@"
}

bind()
{
	echo xengt > "/sys/bus/pci/devices/$GPU/driver_override" &&
		echo "$GPU" > "$DRIVER/bind"
}

says()
{
	dmesg | grep -q "$1"
}

# Starts `kmod-test hold` in the background; ask sends it commands.
hold() # ARG...
{
	rm -f /tmp/hold.in
	mkfifo /tmp/hold.in
	: > /tmp/hold.out
	"$HERE/kmod-test" hold "$@" < /tmp/hold.in > /tmp/hold.out &
	holder=$!
	exec 8> /tmp/hold.in
	wait_for 20 grep -q slice /tmp/hold.out
}

answers() # LINES
{
	[ "$(wc -l < /tmp/hold.out)" -ge "$1" ]
}

ask() # WORDS; the answer is in $answer
{
	lines=$(wc -l < /tmp/hold.out)
	echo "$*" >&8
	wait_for 20 answers $((lines + 1))
	answer=$(tail -n 1 /tmp/hold.out)
	echo "# $*: $answer"
}

let_go()
{
	exec 8>&-
	wait "$holder"
}
