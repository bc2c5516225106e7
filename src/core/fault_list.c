/* SPDX-License-Identifier: GPL-2.0-only */
#include "core/fault_list.h"
#include "xengt/fault.h"

static bool is_same(const struct xengt_fault *a, const struct xengt_fault *b)
{
	return a->engine == b->engine && a->refused == b->refused &&
	       a->error == b->error && a->context == b->context &&
	       a->cmd == b->cmd && a->at == b->at;
}

void xengt_fault_note(struct xengt_faults *faults,
		      const struct xengt_fault *fault)
{
	uint32_t last = (faults->count - 1) % XENGT_FAULTS_KEPT;
	struct xengt_fault *to;

	if (faults->count && is_same(&faults->ring[last], fault)) {
		faults->ring[last].count++;
		return;
	}
	to = &faults->ring[faults->count % XENGT_FAULTS_KEPT];
	*to = *fault;
	to->count = 1;
	faults->count++;
}

uint32_t xengt_fault_list(const struct xengt_faults *faults,
			  struct xengt_fault *ret_faults, uint32_t max)
{
	uint32_t have = faults->count < XENGT_FAULTS_KEPT ? faults->count :
							    XENGT_FAULTS_KEPT;
	uint32_t n = have < max ? have : max;

	for (uint32_t i = 0; i < n; i++)
		ret_faults[i] = faults->ring[(faults->count - n + i) %
					     XENGT_FAULTS_KEPT];
	return n;
}
