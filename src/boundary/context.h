/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The image of a context: what the guest keeps in its memory, and what the GPU
 * loads and saves in the module's. Only what a guest may set is taken over.
 */
#ifndef XENGT_CONTEXT_H
#define XENGT_CONTEXT_H

#include "audit.h"
#include "exec.h"

/* What the state page of a guest's image says of its ring and batches. */
struct xengt_context_state {
	bool has_state;			/* else it begins with the template's */
	bool has_rs;			/* the resource streamer's bit */
	uint32_t head;			/* with the count of wraps */
	uint32_t head_at;		/* offset in the ring */
	uint32_t tail;
	uint32_t ring_start;
	uint32_t ring_bytes;
	uint32_t per_ctx;		/* address and valid bit */
	uint32_t indirect;		/* address and cachelines */
	uint32_t timestamp;		/* of the context's clock */
};

/* Graphics memory of the guest; where it has none, zeroes. Counts the bytes. */
void xengt_context_guest_read(struct xengt_exec *exec, uint32_t addr,
			      void *buf, uint32_t bytes);

/*
 * Copy the state page at slot->lrca, once, to sched->state, and take it apart.
 * -EBADMSG: it makes no sense (no ring, a tail outside of it).
 */
int xengt_context_read(struct xengt_slot *slot,
		       struct xengt_context_state *ret_state);

/*
 * Build the image for a run up to slot->hw_tail, after xengt_context_read() and
 * with ring and batches in place: state->per_ctx and ->indirect are addresses of
 * copies. pdp as xengt_ppgtt_root_get() gave it. -EIO: there is no template.
 */
int xengt_context_load(struct xengt_slot *slot,
			const struct xengt_context_state *state,
			const struct xengt_audit *audit,
			const uint64_t pdp[4]);

/*
 * The state page of a context of the module: slot->ring from its begin to hw_tail,
 * restore inhibited, root as page tables. slot has no vGPU; the rest of its image
 * is zeroes.
 */
void xengt_context_build_own(const struct xengt_sched *sched,
			     struct xengt_slot *slot, xengt_bus_t root,
			     bool has_rs);

/* The image as the hardware left it, to the guest. */
void xengt_context_save(struct xengt_slot *slot);

/* Where in the ring a run from the image begins. */
uint32_t xengt_context_head_at(const struct xengt_slot *slot);
/*
 * Did the hardware leave the context within a batch? Then a run from the image begins
 * there, and goes on at the head when the batch has ended.
 */
bool xengt_context_is_in_batch(const struct xengt_slot *slot);
/* Where in the ring a run begins, changed; the count of wraps stays. */
void xengt_context_set_head_at(struct xengt_slot *slot, uint32_t head);
/* The tail in the image. */
void xengt_context_set_tail(struct xengt_slot *slot, uint32_t tail);

#endif /* XENGT_CONTEXT_H */
