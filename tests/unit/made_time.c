/* SPDX-License-Identifier: GPL-2.0-only */
/* See made_time.h. */
#include <stdio.h>
#include <stdlib.h>

#include "made_time.h"

uint64_t made_ns = 1000 * MADE_SEC;
void (*made_on_read)(void);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	(void)clock;
	if (made_on_read)
		made_on_read();
	ret_now->tv_sec = (time_t)(made_ns / MADE_SEC);
	ret_now->tv_nsec = (long)(made_ns % MADE_SEC);
	return 0;
}

int made_poll(struct pollfd *fds, nfds_t count, int msec)
{
	/*
	 * this code must not call poll(), because poll() may call this function
	 */
	const struct timespec none = { 0 };
	int r = ppoll(fds, count, &none, NULL);

	if (r)
		return r;
	if (msec < 0) {
		fprintf(stderr, "the program would wait for ever\n");
		abort();
	}
	made_ns += (uint64_t)msec * MADE_MSEC;
	return 0;
}
