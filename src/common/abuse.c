/* SPDX-License-Identifier: GPL-2.0-only */
/* See abuse.h. */
#include "common/abuse.h"
#include "common/metrics.h"

#include <string.h>

/*
 * A bucket's content is counted in parts; 60000 parts are one token. So a bucket that
 * gains n tokens a minute gains exactly n parts in each millisecond.
 */
#define PARTS	60000

static int64_t full(const struct xengt_metric *row)
{
	return (int64_t)row->burst * PARTS;
}

void xengt_abuse_init(struct xengt_abuse *abuse, uint64_t now_msec)
{
	memset(abuse, 0, sizeof(*abuse));
	abuse->now_msec = now_msec;
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
		abuse->rows[i].parts = full(&xengt_metrics[i]);
}

/*
 * Adds to a bucket the tokens for the passed time, then takes one token for each event.
 * Returns true if the bucket had fewer tokens than there were events. In this case the
 * bucket is empty now.
 */
static bool is_empty_after(int64_t *parts, const struct xengt_metric *row,
			   uint64_t passed_msec, uint64_t events)
{
	uint64_t room = (uint64_t)(full(row) - *parts);
	uint64_t left;

	/*
	 * passed_msec * per_minute must not overflow, however long ago the last
	 * call was
	 */
	if (passed_msec > room / row->per_minute)
		*parts = full(row);
	else
		*parts += (int64_t)(passed_msec * row->per_minute);
	left = (uint64_t)*parts / PARTS;
	*parts = events > left ? 0 : *parts - (int64_t)events * PARTS;
	return events > left;
}

static void update_row(struct xengt_abuse *abuse, uint32_t i,
		       uint64_t passed_msec, uint64_t events)
{
	abuse->rows[i].untold += events;
	if (!is_empty_after(&abuse->rows[i].parts, &xengt_metrics[i],
			    passed_msec, events))
		return;
	abuse->rows[i].is_tripped = !abuse->rows[i].was_told ||
		abuse->now_msec - abuse->rows[i].told_msec >=
			XENGT_ABUSE_TELL_MSEC;
}

void xengt_abuse_update(struct xengt_abuse *abuse,
			const struct xengt_counters *counters, uint64_t now_msec)
{
	uint64_t passed_msec = now_msec - abuse->now_msec;

	if (passed_msec < XENGT_ABUSE_STEP_MSEC)
		return;
	abuse->now_msec = now_msec;
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++)
		if (xengt_metrics[i].burst)
			update_row(abuse, i, passed_msec,
				   xengt_counter_value(counters, i) -
					   xengt_counter_value(&abuse->seen, i));
	abuse->seen = *counters;
}

bool xengt_abuse_next(struct xengt_abuse *abuse, enum xengt_counter *ret_row,
		      uint64_t *ret_count)
{
	for (uint32_t i = 0; i < XENGT_COUNTERS_ALL; i++) {
		if (!abuse->rows[i].is_tripped)
			continue;
		*ret_row = i;
		*ret_count = abuse->rows[i].untold;
		abuse->rows[i].is_tripped = false;
		abuse->rows[i].was_told = true;
		abuse->rows[i].told_msec = abuse->now_msec;
		abuse->rows[i].untold = 0;
		return true;
	}
	return false;
}
