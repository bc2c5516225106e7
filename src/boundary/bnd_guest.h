/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that the boundary calls to reach the guest of a vGPU: they hold
 * the guest's frames and report that there are events. There is one object for
 * each vGPU. The module's functions (kmod/xengt_frames.c) hold frames of Xen's
 * domains, gpu_sim.c's functions hold frames of a fake machine. This header
 * does not depend on the kind of hardware.
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
	 * Hold 1 to XENGT_GGTT_WRITE_MAX guest frames. A gfn may occur more
	 * than once, in one call and in several calls: each occurrence adds one
	 * hold to the frame. ret_bus[i] gets the bus address of frame gfns[i].
	 * ret_bus[i] gets XENGT_BUS_NONE if the guest has no RAM at gfns[i];
	 * then element i adds no hold. -errno: the host failed, and this call
	 * has added no hold.
	 */
	int (*frames_get)(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
			  xengt_bus_t *ret_bus);
	/*
	 * Remove one hold for each element. Called only when no entry and no
	 * TLB of the GPU has an address that frames_get() returned for these
	 * holds. Returns the number of frames that lost their last hold and
	 * were released.
	 */
	uint32_t (*frames_put)(void *ctx, const xengt_gfn_t *gfns,
			       uint32_t count);
	/*
	 * Like frames_put(), but a frame that loses its last hold is kept and
	 * not released: neither the guest nor another domain can get the frame
	 * yet. A kept frame is not held: frames_get() may hold the same gfn
	 * again, and may then hold another frame. Returns the number of frames
	 * that are newly kept.
	 */
	uint32_t (*frames_keep)(void *ctx, const xengt_gfn_t *gfns,
				uint32_t count);
	/*
	 * Release the 'count' frames that have been kept longest. At least
	 * 'count' frames are kept.
	 */
	void (*frames_release)(void *ctx, uint32_t count);
	/*
	 * For each held gfn, look which frame the guest has at this gfn now.
	 * Returns true if, at one of these gfns, the guest has no frame or
	 * another frame than the held one. In a PVH dom0 the function can see
	 * only that the guest has no frame.
	 */
	bool (*frames_look)(void *ctx);
	/*
	 * The result of the last frames_look() for one held gfn: true if the
	 * guest had no frame or another frame at this gfn. False for a frame
	 * that was not yet held when frames_look() was called.
	 */
	bool (*frame_has_moved)(void *ctx, xengt_gfn_t gfn);
	/* The CPU address of a held frame's bytes; never NULL. */
	void *(*frame_at)(void *ctx, xengt_gfn_t gfn);
	/*
	 * Called once, when no frame is held or kept any more. Afterwards the
	 * boundary calls none of the operations on frames.
	 */
	void (*frames_fini)(void *ctx);
	/*
	 * Called when xengt_exec_next_event() has a new event. The caller has
	 * called engines_lock(), and may be the thread of an interrupt.
	 */
	void (*event)(void *ctx);
};

struct xengt_hold;

struct xengt_guest {
	const struct xengt_guest_ops *ops;
	void *ctx;
	/*
	 * The boundary sets put and hold (hold.h). put() is called instead of
	 * frames_put(), and may keep frames instead of releasing them. NULL:
	 * frames_put() is called directly.
	 */
	uint32_t (*put)(const struct xengt_guest *guest,
			const xengt_gfn_t *gfns, uint32_t count);
	struct xengt_hold *hold;
};

/*
 * Remove one hold for each element, like frames_put(). The frames may be kept
 * first (hold.h).
 */
static inline uint32_t xengt_guest_put(const struct xengt_guest *guest,
				       const xengt_gfn_t *gfns, uint32_t count)
{
	return guest->put ? guest->put(guest, gfns, count) :
			    guest->ops->frames_put(guest->ctx, gfns, count);
}

#endif /* XENGT_BND_GUEST_H */
