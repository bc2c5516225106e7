/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records the calls of a simulator, and repeats them.
 *
 * A recording has all calls that change or read the PCI function from outside
 * (configuration space, BARs, idle time, monitors, resets), the results of
 * reads, the interrupts, and those bytes of the machine's memory that the GPU
 * read and a replay could not know from earlier records. A replay needs no
 * machine.
 *
 * Version 1. All numbers are base 128, low part first; bit 7 says that another
 * byte follows. A signed number is folded: 0, -1, 1, -2, 2 become 0, 1, 2, 3,
 * 4. A recording is
 *
 *	"XGSIMREC" version platform-name-length name gtt-mib flags
 *	record ...
 *
 * Bit 0 of flags: no TLB. A record is a byte (3:0: kind; 7:4: size of the
 * access) and its numbers:
 *
 *	END		the number of calls in the recording
 *	CFG_READ ... BAR2_WRITE	signed: the offset minus the last offset in the
 *			same space; the value
 *	IDLE RUN RESET	no numbers
 *	ADVANCE		nanoseconds
 *	MONITOR		which monitor; 1: connected, 0: not
 *	IRQ		bank, bits
 *	REPEAT		how often the last access is repeated, with the same
 *			value. Each repetition adds to the offset the signed
 *			number in the record of the last access
 *	MEMORY		bytes that the next call reads from memory: the number
 *			of that call's first memory access (counted from 0) that
 *			needs these bytes, bus address, length, bytes; length 0:
 *			the bus address has no memory
 *	MSI		an MSI that the next call sends: address, data
 */
#ifndef XENGT_SIM_RECORD_H
#define XENGT_SIM_RECORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sim/sim.h"

#define XENGT_SIM_REC_VERSION	1U
/*
 * Maximal number of pages of memory that the GPU may access during a recording:
 * 128 MiB.
 */
#define XENGT_SIM_REC_PAGES_MAX	32768U
/*
 * Limits for one call: number of pieces of memory that the recording must
 * contain for the call, and number of bytes in all these pieces.
 */
#define XENGT_SIM_REC_PIECES_MAX	65536U
#define XENGT_SIM_REC_BYTES_MAX	(16U << 20)
/* The largest number of repetitions in one REPEAT. */
#define XENGT_SIM_REC_REPEAT_MAX	(1U << 24)

/* Returns 0, or a negative errno, which ends the recording. */
typedef int xengt_sim_rec_write_fn(void *opaque, const void *buf, size_t len);
/*
 * Returns the number of bytes read; 0 at the end of the input; or a negative
 * errno.
 */
typedef long xengt_sim_rec_read_fn(void *opaque, void *buf, size_t len);

/*
 * Record from now on. Call this right after xengt_sim_create(), before any
 * other call, and with a virtual clock (ops->now_ns NULL), because otherwise a
 * replay would differ. Returns 0; -EINVAL: time has passed since
 * xengt_sim_create(), or the program that runs the simulator has a clock;
 * -EBUSY: a recording is being made already, or a judge is attached; -ENOMEM. A
 * recording that exceeds the limits above ends with -EFBIG.
 */
int xengt_sim_record(struct xengt_sim *sim, const struct xengt_sim_config *c,
		     xengt_sim_rec_write_fn *write, void *opaque);
/*
 * Write the record END and stop recording. Returns 0, or the first error of the
 * writer. Does nothing if there is no recording.
 */
int xengt_sim_record_end(struct xengt_sim *sim);

/* A read whose result differs from the recorded result. */
struct xengt_sim_rec_diff {
	uint64_t call;			/* number of the call, counted from the
					 * start of the recording */
	int bar;			/* number of the BAR, 0 or 2; -1:
					 * configuration space */
	uint64_t off;
	unsigned int size;
	uint64_t recorded;
	uint64_t got;
};

struct xengt_sim_replay {
	xengt_sim_rec_read_fn *read;
	/* Called for each difference. NULL: differences are only counted. */
	void (*differs)(void *opaque, const struct xengt_sim_rec_diff *diff);
	void *opaque;
};

struct xengt_sim_rec_result {
	uint64_t calls;
	uint64_t reads;			/* number of reads that were compared */
	uint64_t differences;		/* number of reads and interrupts that
					 * differ */
	uint64_t msis;
	uint64_t ns;			/* virtual time at the end of the
					 * recording */
	uint64_t sum;			/* checksum of all values read, all MSIs
					 * and the end time */
};

/*
 * Replay a recording on a new simulator. Registers that show the time are not
 * compared. Returns 0; -EINVAL: the input is no recording of this version, or
 * the end of the recording is missing; -ENOMEM; or the reader's error.
 * *ret_result is always written.
 */
int xengt_sim_replay(const struct xengt_sim_replay *r,
		     struct xengt_sim_rec_result *ret_result);

#endif /* XENGT_SIM_RECORD_H */
