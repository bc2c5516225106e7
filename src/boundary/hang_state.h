/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records the state of an engine and a context at the moment when the context
 * hung. Each vGPU keeps the record of its last hang, for people who search for
 * the reason (/sys/kernel/debug/xengt/error). The copy has a fixed size, so a
 * guest that hangs again and again needs no more memory.
 */
#ifndef XENGT_HANG_STATE_H
#define XENGT_HANG_STATE_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

struct xengt_engine;
struct xengt_sched;
struct xengt_slot;

#define XENGT_HANG_RING_DWORDS	1024u	/* around the head */
#define XENGT_HANG_IMAGE_DWORDS	256u	/* dwords of the image's page with the
					 * registers */
#define XENGT_HANG_BATCH_DWORDS	1024u	/* dwords of the page that the engine
					 * read */
#define XENGT_HANG_REGS		24u	/* see the table in hang_state.c */

/* The memory that the engine read when it stopped. */
enum xengt_hang_where {
	XENGT_HANG_IN_RING,		/* the engine stopped in the ring: no batch
					 * caused the hang */
	XENGT_HANG_IN_COPY,		/* the engine stopped in a batch that
					 * the module copied */
	XENGT_HANG_IN_SPACE,		/* the engine stopped at an address of the
					 * context's space */
};

/*
 * It contains no pointers, so it can be copied to user space. Zeroed: no work
 * of the vGPU has hung.
 */
struct xengt_hang_state {
	bool is_there;
	/* the batch is not copied yet; xengt_hang_take_batch() copies it */
	bool wants_batch;
	uint32_t vgpu_id;
	enum xengt_engine_id engine;
	/* hangs of the vGPU up to now, this one included */
	uint32_t hangs;
	uint64_t at_ns;			/* time of the hang by the clock of
					 * now_ns() */
	uint64_t seqno;
	/*
	 * graphics address of the context's image, and the descriptor, both as
	 * the guest wrote them
	 */
	uint32_t lrca, desc;
	uint32_t ring_start, ring_bytes; /* of the guest's ring */
	uint32_t head, tail, hw_tail;	/* offsets in the ring */
	uint32_t regs[XENGT_HANG_REGS];
	uint32_t ring_at;		/* offset of ring[0] in the ring */
	uint32_t ring_dwords;
	uint32_t ring[XENGT_HANG_RING_DWORDS];
	uint32_t image_dwords;
	uint32_t image[XENGT_HANG_IMAGE_DWORDS];
	enum xengt_hang_where where;
	uint64_t acthd;			/* the address that the engine read */
	uint64_t batch_at;		/* address of batch[0] */
	uint32_t batch_dwords;		/* 0 if the batch could not be read */
	uint32_t batch[XENGT_HANG_BATCH_DWORDS];
};

/*
 * Called before the engine is stopped: the slot, which is on the engine, seems to have
 * hung. Fills in sched->hang_state; if the slot has not left the engine when it is stopped,
 * this is the vGPU's last hang. Accesses no memory of the guest.
 */
void xengt_hang_take(struct xengt_sched *sched,
		     const struct xengt_engine *engine,
		     const struct xengt_slot *slot);
/*
 * Called when the event of the hung slot is read, while the slot still holds
 * its page tables: adds the batch if the batch is in the guest's memory. The
 * caller may access guest frames.
 */
void xengt_hang_take_batch(const struct xengt_slot *slot);

/*
 * Print the state as text: calls line() for each line, which has no newline and
 * less than XENGT_HANG_LINE_MAX bytes. Without a hang it prints nothing.
 */
#define XENGT_HANG_LINE_MAX	128u
void xengt_hang_print(const struct xengt_hang_state *state,
		      void (*line)(void *ctx, const char *text), void *ctx);

#endif /* XENGT_HANG_STATE_H */
