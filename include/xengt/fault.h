/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A record for the administrator: work of a guest that was not carried out, and
 * the reason.
 */
#ifndef XENGT_FAULT_H
#define XENGT_FAULT_H

#include "uapi/xengt.h"
#include "xengt/types.h"

#define XENGT_FAULTS_KEPT	8

/* The struct has no gaps, because the worker sends it to the broker. */
struct xengt_fault {
	uint8_t engine;			/* enum xengt_engine_id */
	uint8_t refused;		/* enum xengt_refusal, if error is
					 * -EBADMSG */
	uint16_t pad;
	int32_t error;			/* -errno; -ETIME: the work hung */
	uint32_t context;		/* the id that the guest gave the
					 * context */
	uint32_t cmd;			/* first dword of the command */
	uint64_t at;			/* the command's graphics address */
	uint64_t count;			/* number of equal faults without
					 * another fault between them */
};

#endif /* XENGT_FAULT_H */
