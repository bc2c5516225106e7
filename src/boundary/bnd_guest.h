/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary needs of the guest of a vGPU: its frames, and somebody to tell.
 * One object per vGPU; the module (kmod/xengt_frames.c) has frames of Xen's domains,
 * gpu_sim.c those of a fake machine. Nothing here depends on what the hardware is.
 */
#ifndef XENGT_BND_GUEST_H
#define XENGT_BND_GUEST_H

#include "bnd_types.h"

/* All mandatory; ctx is struct xengt_guest.ctx. None calls back. */
struct xengt_guest_ops {
	/*
	 * Hold guest frames, 1 to XENGT_GGTT_WRITE_MAX. A gfn may occur more than
	 * once, here and in other calls: each occurrence is one hold of the one
	 * frame. ret_bus[i]: the bus address to give to the GPU, or
	 * XENGT_BUS_NONE where the guest has no RAM, and then nothing is held.
	 * -errno: the host failed; nothing is held by this call.
	 */
	int (*frames_get)(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
			  xengt_bus_t *ret_bus);
	/*
	 * Undo one hold per element. Called only when no entry of the GPU and
	 * nothing in its TLB stems from these holds. Returns how many frames
	 * were released, that is, lost their last hold.
	 */
	uint32_t (*frames_put)(void *ctx, const xengt_gfn_t *gfns,
			       uint32_t count);
	/*
	 * Has the guest at this (held) gfn another frame than the held one, or
	 * none? Asked often, so it should be cheap.
	 */
	bool (*frame_has_moved)(void *ctx, xengt_gfn_t gfn);
	/* Is there any held gfn for which frame_has_moved()? true if unsure. */
	bool (*any_frame_has_moved)(void *ctx);
	/* The bytes of a held frame; never NULL. */
	void *(*frame_at)(void *ctx, xengt_gfn_t gfn);
	/* No frame is held any more, and none will be. */
	void (*frames_fini)(void *ctx);
	/*
	 * xengt_exec_next_event() has something new. With engines_lock() held,
	 * maybe in the thread of an interrupt.
	 */
	void (*event)(void *ctx);
};

struct xengt_guest {
	const struct xengt_guest_ops *ops;
	void *ctx;
};

#endif /* XENGT_BND_GUEST_H */
