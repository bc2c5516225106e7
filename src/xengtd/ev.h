/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's event loop: descriptors and timers, one thread. A callback may
 * add, change and remove any source and timer, including the source or timer
 * that called it.
 */
#ifndef XENGT_EV_H
#define XENGT_EV_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

struct xengt_ev;

struct xengt_ev_io {
	int fd;				/* not owned; < 0: not watched */
	void (*cb)(void *ctx, uint32_t events);
	void *ctx;
};

struct xengt_ev_timer {
	void (*cb)(void *ctx);
	void *ctx;
	/* private */
	int64_t due_msec;
	struct xengt_ev_timer *next;
	bool is_armed;
};

int xengt_ev_create(struct xengt_ev **ret_ev);
void xengt_ev_destroy(struct xengt_ev *ev);
/* Runs the loop until xengt_ev_stop(). Returns 0 or -errno. */
int xengt_ev_run(struct xengt_ev *ev);
void xengt_ev_stop(struct xengt_ev *ev);

/* events: EPOLLIN, EPOLLOUT; io->fd must be set. 0 or -errno. */
int xengt_ev_add(struct xengt_ev *ev, struct xengt_ev_io *io, uint32_t events);
void xengt_ev_change(struct xengt_ev *ev, struct xengt_ev_io *io,
		     uint32_t events);
/*
 * Stop watching io, and set io->fd to -1. Call this function before closing the
 * descriptor. If io was never added, the function only sets io->fd.
 */
void xengt_ev_remove(struct xengt_ev *ev, struct xengt_ev_io *io);

/*
 * Let the loop call the timer's callback once, msec milliseconds from now. If
 * the timer is armed already, the new time replaces the old time.
 */
void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *timer,
		  int64_t msec);
void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *timer);

int64_t xengt_ev_now_msec(void);
/* The clock of xengt_ev_now_msec() in microseconds, for short times. */
int64_t xengt_ev_now_usec(void);

#endif /* XENGT_EV_H */
