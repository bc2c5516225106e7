/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Made time is a clock that the test controls. Made time advances when the test says
 * so, and when the code under test waits for an event that does not come. Use made time
 * only if no other process acts while the code waits, so that each event that can come
 * is there when the wait begins. The linker redirects the program's calls of
 * clock_gettime() and, if the program waits, of poll() to made time (WRAP_... in the
 * Makefile).
 */
#ifndef XENGT_MADE_TIME_H
#define XENGT_MADE_TIME_H

#include <poll.h>
#include <stdint.h>
#include <time.h>

#define MADE_MSEC	UINT64_C(1000000)
#define MADE_SEC	UINT64_C(1000000000)

/* The time that every clock returns, in ns. */
extern uint64_t made_ns;
/* Called when the program is about to read the clock; NULL: nothing. */
extern void (*made_on_read)(void);

/*
 * Works as poll(), in made time: if no descriptor is ready, msec milliseconds of made
 * time pass. A wait without a time limit aborts the program.
 */
int made_poll(struct pollfd *fds, nfds_t count, int msec);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now);

#endif /* XENGT_MADE_TIME_H */
