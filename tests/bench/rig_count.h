/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts the cost of an action of the guest of guest_rig.h, in units that are
 * the same on every machine.
 */
#ifndef XENGT_RIG_COUNT_H
#define XENGT_RIG_COUNT_H

#include "unit/guest_rig.h"

enum count {
	COUNT_EXITS,
	COUNT_HYPERCALLS,
	COUNT_BYTES,		/* bytes of guest memory that the worker copied */
	COUNT_CALLS,		/* calls to the module, except calls that take events */
	COUNT_EVENTS,		/* events taken from the module */
	COUNT_MODULE_BYTES,	/* bytes of guest memory that the module copied */
	COUNT_INTERRUPTS,	/* MSIs */
	COUNT_ENTRIES,		/* GGTT entries that the module wrote */
	COUNTS,
};

#define COUNT_SET(first, last)	((2u << (last)) - (1u << (first)))

/*
 * Make a guest that has a Skylake vGPU. The worker's calls to the module are counted.
 * Only one guest of count_setup() exists at a time.
 */
struct guest *count_setup(void);
void count_teardown(void);

/* Set the counts to 0. */
void count_start(void);

/*
 * Print by how much each count of the set has grown since the start or the last report,
 * divided by n. 'what' says what is counted. Then set all counts to 0.
 */
void count_report(const char *name, uint32_t n, uint32_t set,
		  const char *what);

#endif /* XENGT_RIG_COUNT_H */
