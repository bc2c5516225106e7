# shellcheck shell=sh
# SPDX-License-Identifier: GPL-2.0-only
# The verdict of a dom0 whose Linux has KASAN and lockdep. Source this file after tap.sh.

# The first report of lockdep ends its work, and so does a report of KASAN, so the checks below
# cannot pass because lockdep looked at nothing.
LOCKDEP='possible (circular locking|recursive locking|irq lock inversion|deadlock)'
LOCKDEP="$LOCKDEP|(inconsistent|nested) lock state|-safe -> .*-unsafe lock"
LOCKDEP="$LOCKDEP|Invalid wait context|bad unlock balance|held lock freed"
LOCKDEP="$LOCKDEP|lock held when returning|locks? still held|still has locks held"
LOCKDEP="$LOCKDEP|non-static key|suspicious RCU usage|MAX_[A-Z_]* too low"

lockdep_stat() # NAME
{
	sed -n "s/^ *$1: *\([0-9]*\).*/\1/p" /proc/lockdep_stats
}

# Succeeds if FILE, a module, was compiled for KASAN.
is_checked() # FILE
{
	grep -q __asan_report_load8 "$1" && grep -q __asan_report_store8 "$1"
}

knows_locks_of_xengt()
{
	for ks_lock in 'gpu->lock' 'vgpu->lock' 'gpu->exec_lock'; do
		grep -q "&$ks_lock" /proc/lockdep || return
	done
}

# Prints dom0's log. Fails if the log has lost its begin.
whole_log()
{
	dmesg > /tmp/whole.log
	head -n 3 /tmp/whole.log | grep -q 'Linux version'
}

nothing_like() # DESCRIPTION PATTERN
{
	if grep -E -A 40 -- "$2" /tmp/whole.log > /tmp/found; then
		not_ok "$1"
		head -n 60 /tmp/found | sed 's/^/# /'
	else
		ok "$1"
	fi
}

verdict()
{
	check "dom0's log has everything since the boot" whole_log
	check "KASAN is on" grep -q 'KernelAddressSanitizer initialized' /tmp/whole.log
	nothing_like "KASAN reports nothing" 'BUG: KASAN'
	nothing_like "lockdep reports nothing" "$LOCKDEP"
	nothing_like "nothing sleeps where it must not" \
		'sleeping function called|scheduling while atomic'
	nothing_like "the kernel has no other complaint" "$KERNEL_REPORTS"
	same "lockdep has looked at everything: it is still on" 1 "$(lockdep_stat debug_locks)"
	echo "# $(lockdep_stat lock-classes) classes of locks, $(lockdep_stat 'direct dependencies') dependencies"
}
