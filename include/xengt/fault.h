/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the administrator: work of a guest that was not carried out, and why not.
 */
#ifndef XENGT_FAULT_H
#define XENGT_FAULT_H

#include "uapi/xengt.h"
#include "xengt/types.h"

#define XENGT_FAULTS_KEPT	8

/* The struct has no gaps, because one process sends it to another. */
struct xengt_fault {
	uint8_t engine;			/* enum xengt_engine_id */
	uint8_t refused;		/* enum xengt_refusal, with -EBADMSG */
	uint16_t pad;
	int32_t error;			/* -errno; -ETIME: the work hung */
	uint32_t context;		/* the context's id, as the guest gave
					 * it */
	uint32_t cmd;			/* first dword of the command */
	uint64_t at;			/* the command's graphics address */
	uint64_t count;			/* how often the same fault came in a
					 * row */
};

#endif /* XENGT_FAULT_H */
