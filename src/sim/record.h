/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recording what is asked of a simulator, and asking it again.
 *
 * A recording has all calls that change or read the function from outside
 * (configuration space, BARs, idle time, monitors, resets), what the reads
 * gave, the interrupts, and of the machine's memory what the GPU read and could
 * not have known. Replayed, it needs no machine.
 *
 * Version 1. All numbers are base 128, low part first, bit 7: more to come; a
 * signed one is folded, 0 -1 1 -2 2. A recording is
 *
 *	"XGSIMREC" version platform-name-length name gtt-mib flags
 *	record ...
 *
 * with flags bit 0: no TLB. A record is a byte, kind in 3:0 and size of the
 * access in 7:4, and its numbers:
 *
 *	END		calls replayed so far
 *	CFG_READ ... BAR2_WRITE	offset, signed, less the last one of the same
 *			space; value
 *	IDLE RUN RESET
 *	ADVANCE		nanoseconds
 *	MONITOR		which, 1: connected
 *	IRQ		bank, bits
 *	REPEAT		the last access again so many times: the same value,
 *			each offset as far from the one before
 *	MEMORY		in the call that follows, before its access to memory of
 *			this number (from 0): bus address, length, bytes; length
 *			0: that access finds no memory
 *	MSI		in the call that follows: address, data
 */
#ifndef XENGT_SIM_RECORD_H
#define XENGT_SIM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim.h"

#define XENGT_SIM_REC_VERSION	1U
/* Pages of memory that a recording may touch: 128 MiB. */
#define XENGT_SIM_REC_PAGES_MAX	32768U
/* In one call: pieces of memory that become known, and their bytes. */
#define XENGT_SIM_REC_PIECES_MAX	65536U
#define XENGT_SIM_REC_BYTES_MAX	(16U << 20)
/* Of one REPEAT. */
#define XENGT_SIM_REC_REPEAT_MAX	(1U << 24)

/* 0, or a negative errno, which ends the recording. */
typedef int xengt_sim_rec_write_fn(void *opaque, const void *buf, size_t len);
/* Bytes read, 0: the end, or a negative errno. */
typedef long xengt_sim_rec_read_fn(void *opaque, void *buf, size_t len);

/*
 * Record from now on; right after create, before the first call, and with a
 * virtual clock (ops->now_ns NULL), or a replay will differ. -EINVAL: too late,
 * or another clock; -EBUSY: already, or a judge is there; -ENOMEM.
 * Beyond the limits above a recording ends with -EFBIG.
 */
int xengt_sim_record(struct xengt_sim *sim, const struct xengt_sim_config *c,
		     xengt_sim_rec_write_fn *write, void *opaque);
/* Write the end, stop. 0, or the first error of the writer. Accepts none. */
int xengt_sim_record_end(struct xengt_sim *sim);

/* Reads that gave something else than recorded. */
struct xengt_sim_rec_diff {
	uint64_t call;			/* number of the call */
	int bar;			/* 0, 2; -1: configuration space */
	uint64_t off;
	unsigned int size;
	uint64_t recorded;
	uint64_t got;
};

struct xengt_sim_replay {
	xengt_sim_rec_read_fn *read;
	/* May be NULL. */
	void (*differs)(void *opaque, const struct xengt_sim_rec_diff *diff);
	void *opaque;
};

struct xengt_sim_rec_result {
	uint64_t calls;
	uint64_t reads;			/* compared */
	uint64_t differences;		/* of reads and interrupts */
	uint64_t msis;
	uint64_t ns;			/* virtual time at the end */
	uint64_t sum;			/* of all that it answered */
};

/*
 * Replay a recording on a simulator of its own. Registers that tell the time
 * are not compared. -EINVAL: not a recording of this version, or broken off;
 * -ENOMEM; or the reader's error. *ret_result is written whatever comes.
 */
int xengt_sim_replay(const struct xengt_sim_replay *r,
		     struct xengt_sim_rec_result *ret_result);

#endif /* XENGT_SIM_RECORD_H */
