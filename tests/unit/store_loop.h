/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces the broker's event loop in tests of src/xengtd/xenstore.c, which watches one
 * descriptor and has one timer. The timer fires only when the test calls time_passes().
 */
#ifndef STORE_LOOP_H
#define STORE_LOOP_H

#include "xengtd/ev.h"

/* The armed timer, and the watched descriptor; NULL: none. */
extern struct xengt_ev_timer *beat;
extern struct xengt_ev_io *io;

/* The error that all further calls of xengt_ev_add() return; 0: the calls succeed. */
extern int store_loop_add_error;

/* Let the timer, which must be armed, fire. */
void time_passes(void);

#endif /* STORE_LOOP_H */
