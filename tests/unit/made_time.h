/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Time that the test makes: it passes when a test says so, and when the code under test
 * waits for something that does not come. Use it only if no other process acts while that
 * code waits: then everything that the code can get is there already when the code begins
 * to wait. The program is linked with clock_gettime() and, where it waits, poll() wrapped
 * (WRAP_... in the Makefile).
 */
#ifndef XENGT_MADE_TIME_H
#define XENGT_MADE_TIME_H

#include <poll.h>
#include <stdint.h>
#include <time.h>

#define MADE_MSEC	UINT64_C(1000000)
#define MADE_SEC	UINT64_C(1000000000)

/* The time that every clock shows, in ns. */
extern uint64_t made_ns;

/*
 * poll() in made time: if no descriptor is ready, msec milliseconds of made
 * time pass. A wait without a time limit aborts the program.
 */
int made_poll(struct pollfd *fds, nfds_t count, int msec);

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now);

#endif /* XENGT_MADE_TIME_H */
