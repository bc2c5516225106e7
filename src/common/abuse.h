/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Watches a vGPU's counters for adverse events that come too often: a bucket of tokens
 * for each adverse row of include/xengt/counters.h. An event takes one; the bucket
 * holds `burst` of them and gets `per_minute` back. A row whose bucket is empty is
 * tripped. So a guest that makes an event now and then, for however long, trips none.
 *
 * Pure: no clock, no log. Times are of one clock that does not go back.
 */
#ifndef XENGT_ABUSE_H
#define XENGT_ABUSE_H

#include <stdbool.h>

#include "common/metrics.h"

/* The counters are compared once in so many milliseconds, whoever asks. */
#define XENGT_ABUSE_STEP_MSEC	100u
/* A row that stays tripped is told once in so many milliseconds. */
#define XENGT_ABUSE_TELL_MSEC	1000u
/* THROTTLE_PAUSE: so long wait the requests of a guest that was told of. */
#define XENGT_ABUSE_PAUSE_MSEC	900u

struct xengt_abuse {
	uint64_t now_msec;		/* of the last comparison */
	struct xengt_counters seen;
	struct {
		int64_t parts;		/* tokens, in 60000 parts */
		uint64_t untold;	/* events since the row was told */
		uint64_t told_msec;
		bool was_told;
		bool is_tripped;	/* and is to be told */
	} rows[XENGT_COUNTERS_ALL];
};

/* All buckets are full. The counters are a new vGPU's, all 0. */
void xengt_abuse_init(struct xengt_abuse *abuse, uint64_t now_msec);
/* Take what was counted since the last time; does nothing within the same step. */
void xengt_abuse_update(struct xengt_abuse *abuse,
			const struct xengt_counters *counters,
			uint64_t now_msec);
/*
 * The next row that is tripped and has to be told: true, with the row and its events
 * since it was told last. False: there is none.
 */
bool xengt_abuse_next(struct xengt_abuse *abuse, enum xengt_counter *ret_row,
		      uint64_t *ret_count);

#endif /* XENGT_ABUSE_H */
