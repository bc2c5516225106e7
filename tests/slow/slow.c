/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A library that is preloaded into a test, so that the machine seems to be SLOW
 * times slower than it is: the clock runs SLOW times faster, and each time
 * limit is SLOW times shorter. Only alarm() is not changed, because it ends a
 * test that hangs (tests/unit/patience.h).
 */
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define SEC	1000000000ll

static int64_t slow(void)
{
	static int64_t factor;
	const char *text = getenv("SLOW");

	if (!factor)
		factor = text ? atoll(text) : 1;
	return factor;
}

static int64_t to_ns(const struct timespec *ts)
{
	return ts->tv_sec * SEC + ts->tv_nsec;
}

static struct timespec to_timespec(int64_t ns)
{
	return (struct timespec){ .tv_sec = ns / SEC, .tv_nsec = ns % SEC };
}

int clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	static int64_t first;
	int64_t ns;

	if (syscall(SYS_clock_gettime, clock, ret_now))
		return -1;
	if (clock != CLOCK_MONOTONIC)
		return 0;
	ns = to_ns(ret_now);
	if (!first)
		first = ns;
	*ret_now = to_timespec(first + (ns - first) * slow());
	return 0;
}

int poll(struct pollfd *fds, nfds_t count, int msec)
{
	struct timespec wait = to_timespec(msec * 1000000ll / slow());

	return (int)syscall(SYS_ppoll, fds, count, msec < 0 ? NULL : &wait,
			    NULL, 8);
}

int epoll_wait(int fd, struct epoll_event *events, int max, int msec)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	if (msec > 0 && poll(&p, 1, msec) <= 0)
		return 0;
	return (int)syscall(SYS_epoll_wait, fd, events, max, msec < 0 ? -1 : 0);
}

int nanosleep(const struct timespec *time, struct timespec *left)
{
	struct timespec wait = to_timespec(to_ns(time) / slow());

	return (int)syscall(SYS_nanosleep, &wait, left);
}

int usleep(useconds_t usec)
{
	struct timespec wait = to_timespec(usec * 1000ll);

	return nanosleep(&wait, NULL);
}

int setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	struct timeval wait;
	int64_t usec;

	if (level != SOL_SOCKET ||
	    (name != SO_RCVTIMEO && name != SO_SNDTIMEO) ||
	    len != sizeof(wait))
		return (int)syscall(SYS_setsockopt, fd, level, name, value,
				    len);
	wait = *(const struct timeval *)value;
	usec = (wait.tv_sec * 1000000ll + wait.tv_usec) / slow();
	wait.tv_sec = usec / 1000000;
	/* the value 0 would mean that there is no time limit */
	wait.tv_usec = usec ? usec % 1000000 : 1;
	return (int)syscall(SYS_setsockopt, fd, level, name, &wait, len);
}
