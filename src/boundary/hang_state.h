/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records the state of an engine and of a context at the moment when the
 * context has hung. Each vGPU has the record of its last hang, so that people
 * can find the reason (/sys/kernel/debug/xengt/error). The record has a fixed
 * size, so repeated hangs of a guest need no further memory.
 */
#ifndef XENGT_HANG_STATE_H
#define XENGT_HANG_STATE_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

struct xengt_engine;
struct xengt_sched;
struct xengt_slot;

#define XENGT_HANG_RING_DWORDS	1024u	/* dwords of the ring around the head */
#define XENGT_HANG_IMAGE_DWORDS	256u	/* dwords of the state page, the image's
					 * page with the registers */
#define XENGT_HANG_BATCH_DWORDS	1024u	/* dwords of the page of the batch that
					 * the engine read */
#define XENGT_HANG_REGS		24u	/* number of rows of the table in
					 * hang_state.c */

/* The memory from which the engine was reading commands when it hung. */
enum xengt_hang_where {
	XENGT_HANG_IN_RING,		/* the engine hung in the ring, so no batch
					 * caused the hang */
	XENGT_HANG_IN_COPY,		/* the engine hung in a batch that the
					 * module had copied */
	XENGT_HANG_IN_SPACE,		/* the engine hung at an address of the
					 * context's own address space */
};

/*
 * The record of a vGPU's last hang. The struct contains no pointers, so it can
 * be copied to user space. All members 0: no work of the vGPU has hung.
 */
struct xengt_hang_state {
	bool is_there;
	/*
	 * the record needs a copy of the batch, which xengt_hang_take_batch()
	 * makes
	 */
	bool wants_batch;
	uint32_t vgpu_id;
	enum xengt_engine_id engine;
	/* number of the vGPU's hangs, including this hang */
	uint32_t hangs;
	uint64_t at_ns;			/* time of the hang, by now_ns() of
					 * struct xengt_hw_ops */
	uint64_t seqno;
	/*
	 * graphics address of the guest's image of the context, and the
	 * descriptor's flags
	 */
	uint32_t lrca, desc;
	uint32_t ring_start, ring_bytes; /* graphics address and size of the
					  * guest's ring */
	uint32_t head, tail, hw_tail;	/* offsets in the ring */
	/*
	 * false: another driver owns the GPU, and ran its own work on the engine
	 * while the registers were read, so regs and acthd are 0, and head is the
	 * begin of the part that the engine had got
	 */
	bool has_regs;
	uint32_t regs[XENGT_HANG_REGS];
	uint32_t ring_at;		/* offset of ring[0] in the ring */
	uint32_t ring_dwords;
	uint32_t ring[XENGT_HANG_RING_DWORDS];
	uint32_t image_dwords;
	uint32_t image[XENGT_HANG_IMAGE_DWORDS];
	enum xengt_hang_where where;
	uint64_t acthd;			/* the address from which the engine was
					 * reading commands */
	uint64_t batch_at;		/* address of batch[0] */
	uint32_t batch_dwords;		/* 0: the batch could not be read */
	uint32_t batch[XENGT_HANG_BATCH_DWORDS];
};

/*
 * Called before the engine is stopped: the slot, which is on the engine, seems to have
 * hung. Fills in sched->hang_state. If the slot is still on the engine after the stop, the
 * caller copies sched->hang_state to the vGPU as its last hang. Accesses no memory of the
 * guest.
 */
void xengt_hang_take(struct xengt_sched *sched,
		     const struct xengt_engine *engine,
		     const struct xengt_slot *slot);
/*
 * Add the batch to the record if the batch is in the guest's memory. Called
 * when the event of the hung slot is read, while the slot still has its
 * reference to the root of its page tables. The caller must be allowed to
 * access guest frames.
 */
void xengt_hang_take_batch(const struct xengt_slot *slot);

/*
 * Print the record as text: line() is called for each line of text. A line has
 * no newline and less than XENGT_HANG_LINE_MAX bytes. If there was no hang,
 * line() is not called.
 */
#define XENGT_HANG_LINE_MAX	128u
void xengt_hang_print(const struct xengt_hang_state *state,
		      void (*line)(void *ctx, const char *text), void *ctx);

#endif /* XENGT_HANG_STATE_H */
