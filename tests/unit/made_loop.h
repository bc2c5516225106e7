/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Replaces the broker's event loop in tests of files of xengtd. Descriptors are real;
 * timers fire only when the test calls loop_fire().
 */
#ifndef MADE_LOOP_H
#define MADE_LOOP_H

#include "xengtd/ev.h"

/* Handle events of descriptors, one at a time, until *is_done. */
void loop_until(const bool *is_done);

/* Handle each descriptor that has an event now. */
void loop_once(void);

/* Is the only timer armed for this many milliseconds? */
bool loop_is_armed(int64_t msec);

/* Let the only timer fire. */
void loop_fire(void);

/* Is no descriptor watched and no timer armed? */
bool loop_is_empty(void);

/* Returns the number of descriptors that are watched. */
int loop_count_watched(void);

/* The error that all further calls of xengt_ev_add() return; 0: the calls succeed. */
extern int loop_add_error;

/* Returns the number of open descriptors of this process. */
int loop_count_fds(void);

#endif /* MADE_LOOP_H */
