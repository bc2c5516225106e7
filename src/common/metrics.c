/* SPDX-License-Identifier: GPL-2.0-only */
#include "common/metrics.h"
#include "xengt/counters.h"

const struct xengt_metric xengt_metrics[XENGT_COUNTERS_ALL] = {
#define ROW(field, name, doc, burst, per_minute, throttle, why)		       \
	[XENGT_COUNTER_##field] = { name, doc, burst, per_minute,	       \
				    XENGT_THROTTLE_##throttle, why },
	XENGT_COUNTERS(ROW)
#undef ROW
};
