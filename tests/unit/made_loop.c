/* SPDX-License-Identifier: GPL-2.0-only */
/* See made_loop.h. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <fcntl.h>
#include <poll.h>

#include "made_loop.h"
#include "patience.h"

#define IOS	8

static struct {
	struct xengt_ev_io *io;
	short events;
} watched[IOS];
static struct xengt_ev_timer *timer;
static int64_t timer_msec;

int loop_add_error;

void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *t, int64_t msec)
{
	(void)ev;
	assert_true(!timer || timer == t);
	timer = t;
	timer_msec = msec;
}

void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *t)
{
	(void)ev;
	if (timer == t)
		timer = NULL;
}

int xengt_ev_add(struct xengt_ev *ev, struct xengt_ev_io *io, uint32_t events)
{
	int i = 0;

	(void)ev;
	assert_true(io->fd >= 0);
	if (loop_add_error)
		return loop_add_error;
	while (watched[i].io)
		assert_true(++i < IOS);
	watched[i].io = io;
	watched[i].events = (events & EPOLLIN ? POLLIN : 0) |
			    (events & EPOLLOUT ? POLLOUT : 0);
	return 0;
}

void xengt_ev_remove(struct xengt_ev *ev, struct xengt_ev_io *io)
{
	(void)ev;
	for (int i = 0; i < IOS; i++)
		if (watched[i].io == io)
			watched[i].io = NULL;
	io->fd = -1;
}

static void serve(int msec)
{
	struct pollfd fds[IOS];
	int at[IOS], n = 0;

	for (int i = 0; i < IOS; i++) {
		if (!watched[i].io)
			continue;
		fds[n] = (struct pollfd){ watched[i].io->fd, watched[i].events,
					  0 };
		at[n++] = i;
	}
	if (poll(fds, n, msec) <= 0)
		return;
	for (int i = 0; i < n; i++) {
		if (fds[i].revents) {
			struct xengt_ev_io *io = watched[at[i]].io;

			io->cb(io->ctx, EPOLLIN);
			return;
		}
	}
}

void loop_until(const bool *is_done)
{
	while (!*is_done) {
		patience_renew();
		serve(-1);
	}
	patience_end();
}

void loop_once(void)
{
	serve(0);
}

bool loop_is_armed(int64_t msec)
{
	return timer && timer_msec == msec;
}

void loop_fire(void)
{
	struct xengt_ev_timer *t = timer;

	assert_non_null(t);
	timer = NULL;
	t->cb(t->ctx);
}

int loop_count_watched(void)
{
	int n = 0;

	for (int i = 0; i < IOS; i++)
		n += watched[i].io != NULL;
	return n;
}

bool loop_is_empty(void)
{
	return !loop_count_watched() && !timer;
}

int loop_count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 200; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}
