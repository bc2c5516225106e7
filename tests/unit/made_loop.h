/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The broker's event loop for tests of files of xengtd: descriptors are real, timers
 * run only when the test lets them.
 */
#ifndef MADE_LOOP_H
#define MADE_LOOP_H

#include "xengtd/ev.h"

/* Serve descriptors, one event at a time, until *is_done. */
void loop_until(const bool *is_done);

/* Serve what has an event now. */
void loop_once(void);

/* Is this timer armed, for so many milliseconds? */
bool loop_is_armed(int64_t msec);

/* The only timer's time has come. */
void loop_fire(void);

/* No descriptor is watched, no timer is armed. */
bool loop_is_empty(void);

/* The error of the next calls of xengt_ev_add(); 0: none. */
extern int loop_add_error;

/* The number of open descriptors of this process. */
int loop_count_fds(void);

#endif /* MADE_LOOP_H */
