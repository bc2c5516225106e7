/* SPDX-License-Identifier: GPL-2.0-only */
/* The faults of one vGPU: a few, the latest. */
#ifndef XENGT_FAULT_LIST_H
#define XENGT_FAULT_LIST_H

#include "xengt/fault.h"

struct xengt_faults {
	struct xengt_fault ring[XENGT_FAULTS_KEPT];
	uint32_t count;			/* ever, without repetitions */
};

/* Keep it, forgetting the oldest; the same as the one before is only counted. */
void xengt_fault_note(struct xengt_faults *faults,
		      const struct xengt_fault *fault);
/* The latest ones, oldest first, at most max; returns how many. */
uint32_t xengt_fault_list(const struct xengt_faults *faults,
			  struct xengt_fault *ret_faults, uint32_t max);

#endif /* XENGT_FAULT_LIST_H */
