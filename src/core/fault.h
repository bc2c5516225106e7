/* SPDX-License-Identifier: GPL-2.0-only */
/* Work of the guest that was not carried out, and why: for the admin. */
#ifndef XENGT_FAULT_H
#define XENGT_FAULT_H

#include "uapi/xengt.h"
#include "xengt/types.h"

#define XENGT_FAULTS_KEPT	8

struct xengt_fault {
	uint8_t engine;			/* enum xengt_engine_id */
	uint8_t refused;		/* enum xengt_refusal, with -EBADMSG */
	uint16_t pad;
	int32_t error;			/* -errno; -ETIME: it hung */
	uint32_t context;		/* the guest's number of the context */
	uint32_t cmd;			/* first dword of the command */
	uint64_t at;			/* its graphics address */
	uint64_t count;			/* how often in a row */
};

/* The latest ones; the oldest is forgotten first. */
struct xengt_faults {
	struct xengt_fault ring[XENGT_FAULTS_KEPT];
	uint32_t count;			/* ever, without repetitions */
};

/* Keep it; the same as the one before is only counted. */
void xengt_fault_note(struct xengt_faults *faults,
		      const struct xengt_fault *fault);
/* The latest ones, oldest first, at most max; returns how many. */
uint32_t xengt_fault_list(const struct xengt_faults *faults,
			  struct xengt_fault *ret_faults, uint32_t max);

#endif /* XENGT_FAULT_H */
