/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads, builds and saves context images: the guest's image in guest memory,
 * and the module's image, which the GPU loads and saves. Only values that a
 * guest may choose are copied between the two.
 */
#ifndef XENGT_CONTEXT_H
#define XENGT_CONTEXT_H

#include "boundary/audit.h"
#include "boundary/exec.h"

/* What the state page of a guest's image says about its ring and batches. */
struct xengt_context_state {
	/* false: the context begins with the template's state */
	bool has_state;
	bool has_rs;			/* the bit that enables the resource streamer */
	/* the register's value, with the count of wraps */
	uint32_t head;
	uint32_t head_at;		/* the offset in the ring */
	uint32_t tail;
	uint32_t ring_start;
	uint32_t ring_bytes;
	uint32_t per_ctx;		/* address and valid bit */
	uint32_t indirect;		/* address and cachelines */
	uint32_t timestamp;		/* the context's own clock */
};

/*
 * Read graphics memory of the guest. Where the guest has no RAM, buf gets
 * zeroes. Adds to the count of copied bytes.
 */
void xengt_context_guest_read(struct xengt_exec *exec, uint32_t addr,
			      void *buf, uint32_t bytes);

/*
 * Read guest memory by the page tables of the slot's context. Adds to the count of copied
 * bytes. -EBADMSG: the tables do not lead to guest RAM, and buf is not complete.
 */
int xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
			     uint32_t bytes);

/*
 * Copy the state page at slot->lrca once, to sched->state, and decode it.
 * -EBADMSG: it is not valid (no ring, or a tail outside of the ring).
 */
int xengt_context_read(struct xengt_slot *slot,
		       struct xengt_context_state *ret_state);

/*
 * Build the image for a run up to slot->hw_tail. xengt_context_read() was
 * called before, and ring and batches are in place: state->per_ctx and
 * ->indirect are the addresses of copies. pdp is from xengt_ppgtt_root_get().
 * *ret_image gets XENGT_IMAGE_IS_* (uapi). -EIO: the engine has no template.
 */
int xengt_context_load(struct xengt_slot *slot,
			const struct xengt_context_state *state,
			const struct xengt_audit *audit,
			const uint64_t pdp[4], uint32_t *ret_image);

/*
 * Build the state page for a context of the module itself. The context runs
 * slot->ring from its start to hw_tail, with "restore inhibited" and with root
 * as its page tables. slot belongs to no vGPU; all other dwords of its image
 * are 0.
 */
void xengt_context_build_own(const struct xengt_sched *sched,
			     struct xengt_slot *slot, xengt_bus_t root,
			     bool has_rs);

/* Copy the image that the hardware saved to the guest's image. */
void xengt_context_save(struct xengt_slot *slot);

/*
 * If the image may have been saved while the engine was stopped (slot->has_stop), make it
 * start the engine when it is loaded. The engine must not be about to save it.
 */
void xengt_context_clear_stop(struct xengt_slot *slot);

/* The offset in the ring at which a run from the image begins. */
uint32_t xengt_context_head_at(const struct xengt_slot *slot);
/*
 * Did the hardware leave the context within a batch? Then a run from the image begins
 * there, and goes on at the head when the batch has ended.
 */
bool xengt_context_is_in_batch(const struct xengt_slot *slot);
/* Change the offset in the ring at which a run begins; the count of wraps stays. */
void xengt_context_set_head_at(struct xengt_slot *slot, uint32_t head);
/* Set the tail in the image. */
void xengt_context_set_tail(struct xengt_slot *slot, uint32_t tail);

#endif /* XENGT_CONTEXT_H */
