/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time that is made: it passes when a test says so, and when the code under
 * test waits for something that does not come. To be included before a .c file
 * of the product, in a test where nobody acts while that code waits: all that
 * can come is there when it looks.
 */
#ifndef XENGT_MADE_TIME_H
#define XENGT_MADE_TIME_H

#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define MADE_MSEC	UINT64_C(1000000)
#define MADE_SEC	UINT64_C(1000000000)

static uint64_t made_ns = 1000 * MADE_SEC;

static inline int made_clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	(void)clock;
	ret_now->tv_sec = (time_t)(made_ns / MADE_SEC);
	ret_now->tv_nsec = (long)(made_ns % MADE_SEC);
	return 0;
}

static inline int made_poll(struct pollfd *fds, nfds_t count, int msec)
{
	int r = poll(fds, count, 0);

	if (r)
		return r;
	if (msec < 0) {
		fprintf(stderr, "it waits for ever\n");
		abort();
	}
	made_ns += (uint64_t)msec * MADE_MSEC;
	return 0;
}

#define clock_gettime	made_clock_gettime
#define poll		made_poll

#endif /* XENGT_MADE_TIME_H */
