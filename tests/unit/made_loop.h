/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's event loop for tests of files of xengtd: descriptors are real, and timers
 * fire only when the test says so.
 */
#ifndef MADE_LOOP_H
#define MADE_LOOP_H

#include "xengtd/ev.h"

/* Serve descriptors, one event at a time, until *is_done. */
void loop_until(const bool *is_done);

/* Serve each descriptor that has an event now. */
void loop_once(void);

/* Is the only timer armed for this many milliseconds? */
bool loop_is_armed(int64_t msec);

/* Let the only timer fire. */
void loop_fire(void);

/* Is no descriptor watched and no timer armed? */
bool loop_is_empty(void);

/* The error of all further calls of xengt_ev_add(); 0: they succeed. */
extern int loop_add_error;

/* The number of open descriptors of this process. */
int loop_count_fds(void);

#endif /* MADE_LOOP_H */
