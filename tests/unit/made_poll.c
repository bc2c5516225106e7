/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces poll() in test programs that use made time and have no peer process.
 */
#include "made_time.h"

int __wrap_poll(struct pollfd *fds, nfds_t count, int msec);
int __wrap_poll(struct pollfd *fds, nfds_t count, int msec)
{
	return made_poll(fds, count, msec);
}
