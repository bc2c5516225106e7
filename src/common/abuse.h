/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches a vGPU's counters for adverse events that come too often. Each adverse counter
 * of include/xengt/counters.h has a bucket of tokens. An event takes one token. The
 * bucket has room for `burst` tokens, and gains `per_minute` tokens each minute. A
 * counter trips when an event finds its bucket empty. So a guest that causes an event now
 * and then never trips a counter.
 *
 * Pure: no clock, no log. The caller's times must come from one clock that never goes
 * back.
 */
#ifndef XENGT_ABUSE_H
#define XENGT_ABUSE_H

#include <stdbool.h>

#include "common/metrics.h"
#include "xengt/counters.h"

/*
 * The shortest time between two comparisons of the counters, however often the caller
 * calls xengt_abuse_update().
 */
#define XENGT_ABUSE_STEP_MSEC	100u
/*
 * The shortest time between two reports of the same counter.
 */
#define XENGT_ABUSE_TELL_MSEC	1000u
/*
 * How long the guest's requests wait after a report of a counter with
 * THROTTLE_PAUSE.
 */
#define XENGT_ABUSE_PAUSE_MSEC	900u

struct xengt_abuse {
	uint64_t now_msec;		/* time of the last comparison */
	struct xengt_counters seen;
	struct {
		int64_t parts;		/* tokens; 60,000 parts are one token */
		uint64_t untold;	/* number of events since the counter's
					 * last report */
		uint64_t told_msec;
		bool was_told;
		bool is_tripped;	/* the counter has tripped, and this
					 * trip is not reported yet */
	} rows[XENGT_COUNTERS_ALL];
};

/* Fills all buckets. The vGPU must be new: its counters are all 0. */
void xengt_abuse_init(struct xengt_abuse *abuse, uint64_t now_msec);
/*
 * Take tokens for the events since the last call; does nothing if less than
 * XENGT_ABUSE_STEP_MSEC has passed since the last call that took tokens.
 */
void xengt_abuse_update(struct xengt_abuse *abuse,
			const struct xengt_counters *counters,
			uint64_t now_msec);
/*
 * Finds a counter that tripped and must be reported. Returns true if the function
 * has found a counter: *ret_row is the counter, and *ret_count the number of the
 * counter's events since the counter's last report. Call this function until it
 * returns false.
 */
bool xengt_abuse_next(struct xengt_abuse *abuse, enum xengt_counter *ret_row,
		      uint64_t *ret_count);

#endif /* XENGT_ABUSE_H */
