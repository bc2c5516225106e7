/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary needs of the guest of a vGPU: the guest's frames, and a
 * function that is called when there are events. There is one object for each
 * vGPU. The module (kmod/xengt_frames.c) has frames of Xen's domains, gpu_sim.c
 * has frames of a fake machine. This header does not depend on the kind of
 * hardware.
 */
#ifndef XENGT_BND_GUEST_H
#define XENGT_BND_GUEST_H

#include "boundary/bnd_types.h"

/*
 * All operations are mandatory. ctx is struct xengt_guest.ctx. No operation
 * calls the boundary.
 */
struct xengt_guest_ops {
	/*
	 * Hold guest frames, 1 to XENGT_GGTT_WRITE_MAX of them. A gfn may occur
	 * more than once, here and in other calls: each occurrence is one hold
	 * of the frame. ret_bus[i] gets the bus address for the GPU, or
	 * XENGT_BUS_NONE where the guest has no RAM; such a gfn gets no hold.
	 * -errno: the host failed, and this call holds nothing.
	 */
	int (*frames_get)(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
			  xengt_bus_t *ret_bus);
	/*
	 * Undo one hold for each element. Called only when neither an entry of
	 * the GPU nor its TLB has an address that came from these holds.
	 * Returns how many frames lost their last hold and were released.
	 */
	uint32_t (*frames_put)(void *ctx, const xengt_gfn_t *gfns,
			       uint32_t count);
	/*
	 * The same as frames_put(), but the frames that lost their last hold are
	 * kept, not released: the guest and other domains cannot get them yet.
	 * A kept frame is not held: its gfn may be held again, and may then
	 * have another frame. Returns by how many the number of kept frames has
	 * grown.
	 */
	uint32_t (*frames_keep)(void *ctx, const xengt_gfn_t *gfns,
				uint32_t count);
	/*
	 * Release the 'count' frames that have been kept longest; at least so
	 * many are kept.
	 */
	void (*frames_release)(void *ctx, uint32_t count);
	/*
	 * Look which frame the guest now has at each held gfn. Returns true if at
	 * one of them it has another frame than the held one, or none. The way of
	 * dom0 decides what can be seen: a PVH dom0 sees only "none".
	 */
	bool (*frames_look)(void *ctx);
	/*
	 * What the last frames_look() saw at this held gfn: true if the guest has
	 * another frame there, or none. False if the frame is held since then.
	 */
	bool (*frame_has_moved)(void *ctx, xengt_gfn_t gfn);
	/* The bytes of a held frame; never NULL. */
	void *(*frame_at)(void *ctx, xengt_gfn_t gfn);
	/*
	 * Called once, when no frame is held or kept any more. No frame will be
	 * held afterwards.
	 */
	void (*frames_fini)(void *ctx);
	/*
	 * xengt_exec_next_event() has a new event. Called with engines_lock()
	 * held, possibly by an interrupt's thread.
	 */
	void (*event)(void *ctx);
};

struct xengt_hold;

struct xengt_guest {
	const struct xengt_guest_ops *ops;
	void *ctx;
	/*
	 * The boundary sets these two if the guest's frames may have to wait before
	 * they are released: hold.h. put does what frames_put() does.
	 */
	uint32_t (*put)(const struct xengt_guest *guest,
			const xengt_gfn_t *gfns, uint32_t count);
	struct xengt_hold *hold;
};

/* Undo one hold for each element, see frames_put(). */
static inline uint32_t xengt_guest_put(const struct xengt_guest *guest,
				       const xengt_gfn_t *gfns, uint32_t count)
{
	return guest->put ? guest->put(guest, gfns, count) :
			    guest->ops->frames_put(guest->ctx, gfns, count);
}

#endif /* XENGT_BND_GUEST_H */
