/* SPDX-License-Identifier: GPL-2.0-only */
/* The table of include/xengt/counters.h as an array. */
#ifndef XENGT_METRICS_H
#define XENGT_METRICS_H

#include "xengt/counters.h"

/* A row of XENGT_COUNTERS(); counters.h explains the columns. */
struct xengt_metric {
	const char *name;
	const char *doc;
	uint32_t burst;			/* 0: the row counts no adverse event */
	uint32_t per_minute;
	enum xengt_throttle throttle;
	const char *why;
};

/* Indexed by enum xengt_counter. */
extern const struct xengt_metric xengt_metrics[XENGT_COUNTERS_ALL];

/* Returns the value of the counter that has this row in the table. */
static inline uint64_t xengt_counter_value(const struct xengt_counters *counters,
					   enum xengt_counter row)
{
	return ((const uint64_t *)counters)[row];
}

#endif /* XENGT_METRICS_H */
