/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A library that is preloaded into the programs that a case runs, so that no
 * time limit of these programs ends on a slow machine. The programs' clock does
 * not advance, poll() waits without a limit, and no time passes between two
 * tries.
 */
#include <poll.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	if (clock != CLOCK_MONOTONIC)
		return (int)syscall(SYS_clock_gettime, clock, ret_now);
	ret_now->tv_sec = 1000;
	ret_now->tv_nsec = 0;
	return 0;
}

int poll(struct pollfd *fds, nfds_t count, int msec)
{
	return (int)syscall(SYS_poll, fds, count, msec ? -1 : 0);
}

int usleep(useconds_t usec)
{
	(void)usec;
	return 0;
}
