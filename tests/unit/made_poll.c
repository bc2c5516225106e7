/* SPDX-License-Identifier: GPL-2.0-only */
/* poll() for test programs with made time and without a peer. */
#include "made_time.h"

int __wrap_poll(struct pollfd *fds, nfds_t count, int msec);
int __wrap_poll(struct pollfd *fds, nfds_t count, int msec)
{
	return made_poll(fds, count, msec);
}
