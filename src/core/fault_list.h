/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps the latest few faults of one vGPU. */
#ifndef XENGT_FAULT_LIST_H
#define XENGT_FAULT_LIST_H

#include "xengt/fault.h"

struct xengt_faults {
	struct xengt_fault ring[XENGT_FAULTS_KEPT];
	uint32_t count;			/* number of faults so far, without
					 * repetitions */
};

/*
 * Add a fault; if there is no room, the oldest fault is dropped. A repetition
 * of the previous fault is only counted.
 */
void xengt_fault_note(struct xengt_faults *faults,
		      const struct xengt_fault *fault);
/*
 * Copy the latest faults, at most max, oldest first. Returns the number of
 * faults copied.
 */
uint32_t xengt_fault_list(const struct xengt_faults *faults,
			  struct xengt_fault *ret_faults, uint32_t max);

#endif /* XENGT_FAULT_LIST_H */
