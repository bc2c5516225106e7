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

#include "bnd_types.h"

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
	 * True: the frame that is held for this gfn is no longer the guest's
	 * frame at this gfn. This is called often, so it should be cheap.
	 */
	bool (*frame_has_moved)(void *ctx, xengt_gfn_t gfn);
	/*
	 * Is there a held gfn for which frame_has_moved() is true? Answers true
	 * also if it does not know.
	 */
	bool (*any_frame_has_moved)(void *ctx);
	/* The bytes of a held frame; never NULL. */
	void *(*frame_at)(void *ctx, xengt_gfn_t gfn);
	/*
	 * Called once, when no frame is held any more. No frame will be held
	 * afterwards.
	 */
	void (*frames_fini)(void *ctx);
	/*
	 * xengt_exec_next_event() has a new event. Called with engines_lock()
	 * held, possibly by an interrupt's thread.
	 */
	void (*event)(void *ctx);
};

struct xengt_guest {
	const struct xengt_guest_ops *ops;
	void *ctx;
};

#endif /* XENGT_BND_GUEST_H */
