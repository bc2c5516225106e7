/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's event loop. The loop fetches one event at a time from epoll. So
 * a callback can remove any source: after the removal the loop holds no event
 * of this source.
 *
 * A timer is mostly a limit for somebody who is to answer. If the broker had no processor
 * until a timer is due, the answer may be there already. So before a timer fires, each
 * descriptor that is ready when the timer is due gets one event (epoll returns ready descriptors
 * in turn). Then the timer fires, even if descriptors are still ready.
 */
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "xengtd/ev.h"

struct xengt_ev {
	int epoll_fd;
	bool is_stopping;
	unsigned int watched;		/* number of descriptors */
	unsigned int events;		/* number of events since a timer is due */
	struct xengt_ev_timer *timers;	/* a list, sorted by due_msec */
};

int xengt_ev_create(struct xengt_ev **ret_ev)
{
	struct xengt_ev *ev = calloc(1, sizeof(*ev));

	if (!ev)
		return -ENOMEM;
	ev->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	if (ev->epoll_fd < 0) {
		int r = -errno;

		free(ev);
		return r;
	}
	*ret_ev = ev;
	return 0;
}

void xengt_ev_destroy(struct xengt_ev *ev)
{
	if (!ev)
		return;
	close(ev->epoll_fd);
	free(ev);
}

int64_t xengt_ev_now_usec(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000ll + ts.tv_nsec / 1000;
}

int64_t xengt_ev_now_msec(void)
{
	return xengt_ev_now_usec() / 1000;
}

/* Run the timers that were due at the time 'now'. */
static void run_timers(struct xengt_ev *ev, int64_t now)
{
	while (ev->timers && ev->timers->due_msec <= now) {
		struct xengt_ev_timer *timer = ev->timers;

		ev->timers = timer->next;
		timer->is_armed = false;
		timer->cb(timer->ctx);
	}
}

static int wait_msec(const struct xengt_ev *ev, int64_t now)
{
	int64_t left;

	if (!ev->timers)
		return -1;
	left = ev->timers->due_msec - now;
	if (left < 0)
		return 0;
	return left > 60000 ? 60000 : left;
}

int xengt_ev_run(struct xengt_ev *ev)
{
	while (!ev->is_stopping) {
		int64_t now = xengt_ev_now_msec();
		int wait = wait_msec(ev, now);
		struct epoll_event e;
		int n = epoll_wait(ev->epoll_fd, &e, 1, wait);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 1) {
			struct xengt_ev_io *io = e.data.ptr;

			io->cb(io->ctx, e.events);
		}
		if (!wait && n == 1 && ++ev->events < ev->watched)
			continue;
		ev->events = 0;
		if (!wait)
			run_timers(ev, now);
	}
	return 0;
}

void xengt_ev_stop(struct xengt_ev *ev)
{
	ev->is_stopping = true;
}

int xengt_ev_add(struct xengt_ev *ev, struct xengt_ev_io *io, uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = io };

	if (epoll_ctl(ev->epoll_fd, EPOLL_CTL_ADD, io->fd, &e) < 0)
		return -errno;
	ev->watched++;
	return 0;
}

void xengt_ev_change(struct xengt_ev *ev, struct xengt_ev_io *io,
		     uint32_t events)
{
	struct epoll_event e = { .events = events, .data.ptr = io };

	epoll_ctl(ev->epoll_fd, EPOLL_CTL_MOD, io->fd, &e);
}

void xengt_ev_remove(struct xengt_ev *ev, struct xengt_ev_io *io)
{
	if (io->fd >= 0 && epoll_ctl(ev->epoll_fd, EPOLL_CTL_DEL, io->fd, NULL) == 0)
		ev->watched--;
	io->fd = -1;
}

void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *timer)
{
	struct xengt_ev_timer **p;

	if (!timer->is_armed)
		return;
	for (p = &ev->timers; *p != timer; p = &(*p)->next)
		;
	*p = timer->next;
	timer->is_armed = false;
}

void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *timer,
		  int64_t msec)
{
	struct xengt_ev_timer **p = &ev->timers;

	xengt_ev_disarm(ev, timer);
	timer->due_msec = xengt_ev_now_msec() + msec;
	while (*p && (*p)->due_msec <= timer->due_msec)
		p = &(*p)->next;
	timer->next = *p;
	*p = timer;
	timer->is_armed = true;
}
