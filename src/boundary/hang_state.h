/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What an engine and a context looked like when the context hung: the last hang of a
 * vGPU, for people who look for the reason (/sys/kernel/debug/xengt/error). A copy of
 * fixed size, so that a guest that hangs again and again costs no more.
 */
#ifndef XENGT_HANG_STATE_H
#define XENGT_HANG_STATE_H

#include "bnd_types.h"
#include "uapi/xengt.h"

struct xengt_engine;
struct xengt_sched;
struct xengt_slot;

#define XENGT_HANG_RING_DWORDS	1024u	/* around the head */
#define XENGT_HANG_IMAGE_DWORDS	256u	/* of the page with the registers */
#define XENGT_HANG_BATCH_DWORDS	1024u	/* the page that was read */
#define XENGT_HANG_REGS		24u	/* see the table in hang_state.c */

/* Whose memory the engine read when it stopped. */
enum xengt_hang_where {
	XENGT_HANG_IN_RING,		/* no batch is to blame */
	XENGT_HANG_IN_COPY,		/* a batch that the module copied */
	XENGT_HANG_IN_SPACE,		/* an address of the context's page tables */
};

/* No pointers: it can be copied out. Zeroed: the vGPU has hung nothing. */
struct xengt_hang_state {
	bool is_there;
	bool wants_batch;		/* it can be read only with the guest's
					 * frames at hand */
	uint32_t vgpu_id;
	enum xengt_engine_id engine;
	uint32_t hangs;			/* of the vGPU, so far; this is the last */
	uint64_t at_ns;			/* the clock of engine_ops */
	uint64_t seqno;
	uint32_t lrca, desc;		/* the guest's context; graphics address */
	uint32_t ring_start, ring_bytes; /* the guest's */
	uint32_t head, tail, hw_tail;	/* offsets in it */
	uint32_t regs[XENGT_HANG_REGS];
	uint32_t ring_at;		/* offset of the first dword */
	uint32_t ring_dwords;
	uint32_t ring[XENGT_HANG_RING_DWORDS];
	uint32_t image_dwords;
	uint32_t image[XENGT_HANG_IMAGE_DWORDS];
	enum xengt_hang_where where;
	uint64_t acthd;			/* what the engine read */
	uint64_t batch_at;		/* address of the first dword */
	uint32_t batch_dwords;		/* 0: there is nothing to be read */
	uint32_t batch[XENGT_HANG_BATCH_DWORDS];
};

/*
 * Before the engine is reset: the slot, which is on it, has hung. Replaces what the
 * vGPU hung before. Touches no memory of the guest.
 */
void xengt_hang_take(struct xengt_sched *sched,
		     const struct xengt_engine *engine,
		     const struct xengt_slot *slot);
/*
 * When the event of the hung slot is read, and its root is still there: adds the batch,
 * if it is memory of the guest. The caller may touch guest frames.
 */
void xengt_hang_take_batch(const struct xengt_slot *slot);

/*
 * The text: calls line() for each line, which ends with no newline and has less than
 * XENGT_HANG_LINE_MAX bytes. Nothing if nothing hung.
 */
#define XENGT_HANG_LINE_MAX	128u
void xengt_hang_print(const struct xengt_hang_state *state,
		      void (*line)(void *ctx, const char *text), void *ctx);

#endif /* XENGT_HANG_STATE_H */
