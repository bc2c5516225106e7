/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads, builds and saves context images. A context has two images: the guest's
 * image in guest memory, and the module's image, which the GPU loads and saves.
 * Only values that a guest may choose are copied between the two images.
 */
#ifndef XENGT_CONTEXT_H
#define XENGT_CONTEXT_H

#include "boundary/audit.h"
#include "boundary/exec.h"

/* The contents of the state page of a guest's image: ring and batches. */
struct xengt_context_state {
	/*
	 * the guest's image has the state of the engine's registers; false: the
	 * context begins with the template's state
	 */
	bool has_state;
	bool has_rs;			/* RS_ENABLE, the bit that enables the resource
					 * streamer */
	/* value of the head register, including the count of wraps */
	uint32_t head;
	uint32_t head_at;		/* the head as an offset in the ring */
	uint32_t tail;
	uint32_t ring_start;
	uint32_t ring_bytes;
	uint32_t per_ctx;		/* address of the per-context batch, and
					 * a valid bit */
	uint32_t indirect;		/* address of the indirect context
					 * batch, and its length in
					 * cachelines */
	uint32_t timestamp;		/* the context's own clock (register
					 * CTX_TIMESTAMP) */
};

/*
 * Read the guest's memory at a graphics address. Where the guest has no RAM,
 * buf gets zeroes. The function adds 'bytes' to the counter bytes_copied.
 */
void xengt_context_guest_read(struct xengt_exec *exec, uint32_t addr,
			      void *buf, uint32_t bytes);

/*
 * Read the guest's memory at an address of the context's own address space, by the
 * context's page tables. The function adds to the counter bytes_copied. -EBADMSG: a part
 * of the range has no guest RAM, and buf is not complete.
 */
int xengt_context_ppgtt_read(struct xengt_slot *slot, uint64_t addr, void *buf,
			     uint32_t bytes);

/*
 * Copy the state page of the guest's image (at slot->lrca) once, to
 * sched->state, and decode the copy. -EBADMSG: the state page is not valid
 * (there is no ring, or the head or the tail is outside of the ring).
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
 * slot->ring from the ring's start to hw_tail, with "restore inhibited". root
 * is the bus address of the root of its page tables. The slot belongs to no
 * vGPU. All other dwords of its image are 0.
 */
void xengt_context_build_own(const struct xengt_sched *sched,
			     struct xengt_slot *slot, xengt_bus_t root,
			     bool has_rs);

/*
 * Copy the values that a guest may see from the module's image, which the
 * hardware saved, to the guest's image.
 */
void xengt_context_save(struct xengt_slot *slot);

/*
 * If the image may have been saved while the engine was stopped (slot->has_stop), change
 * the image so that its load starts the engine. Call this function only while the engine
 * cannot save the image.
 */
void xengt_context_clear_stop(struct xengt_slot *slot);

/* The offset in the ring at which a run from the image begins. */
uint32_t xengt_context_head_at(const struct xengt_slot *slot);
/*
 * Returns true if the hardware left the context within a batch. When an engine loads
 * the image of a context that was left within a batch, it first continues the batch,
 * and then continues the ring at the head.
 */
bool xengt_context_is_in_batch(const struct xengt_slot *slot);
/*
 * Change the head in the module's image to this offset in the ring. The count of
 * wraps is not changed.
 */
void xengt_context_set_head_at(struct xengt_slot *slot, uint32_t head);
/* Set the tail in the module's image. */
void xengt_context_set_tail(struct xengt_slot *slot, uint32_t tail);

#endif /* XENGT_CONTEXT_H */
