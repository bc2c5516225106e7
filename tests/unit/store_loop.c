/* SPDX-License-Identifier: GPL-2.0-only */
#include "store_loop.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

struct xengt_ev_timer *beat;
struct xengt_ev_io *io;
int store_loop_add_error;

void xengt_ev_arm(struct xengt_ev *ev, struct xengt_ev_timer *timer, int64_t msec)
{
	(void)ev;
	beat = timer;
	timer->due_msec = msec;
	timer->is_armed = true;
}

void xengt_ev_disarm(struct xengt_ev *ev, struct xengt_ev_timer *timer)
{
	(void)ev;
	beat = NULL;
	timer->is_armed = false;
}

int xengt_ev_add(struct xengt_ev *ev, struct xengt_ev_io *source, uint32_t events)
{
	(void)ev;
	(void)events;
	if (store_loop_add_error)
		return store_loop_add_error;
	assert_null(io);
	io = source;
	return 0;
}

void xengt_ev_remove(struct xengt_ev *ev, struct xengt_ev_io *source)
{
	(void)ev;
	source->fd = -1;
	io = NULL;
}

void time_passes(void)
{
	assert_non_null(beat);
	beat->cb(beat->ctx);
}
