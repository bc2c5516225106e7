/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The release of frames that no entry of the GGTT and of page tables points to
 * any more: a frame is released only when no cache of the GPU has data for the
 * frame (writeback.h).
 *
 *   held ------------------------> released   no cache has data of the vGPU
 *     |                               ^
 *     +---> kept, with a mark --------+       the cache was flushed after the mark
 *
 * A frame is kept if one of its vGPU's contexts is on the render engine. At most
 * XENGT_KEPT_FRAMES_MAX frames of a vGPU are kept. If a put makes more frames
 * kept than this number, the put waits until the vGPU's contexts have left the engine or
 * have been loaded again. The put ends contexts that do not leave the engine within the
 * timeout of the vGPU's share.
 */
#ifndef XENGT_HOLD_H
#define XENGT_HOLD_H

#include "boundary/bnd_guest.h"
#include "xengt/limits.h"

struct xengt_exec;
struct xengt_hw;

struct xengt_hold {
	const struct xengt_hw *hw;
	struct xengt_exec *exec;
	/*
	 * The number of frames that were kept before the mark was made, and the
	 * number of frames that were kept afterwards. The owner of the frames
	 * lists kept frames in this order.
	 */
	uint32_t marked;
	uint32_t unmarked;
	uint64_t mark;
	uint32_t flushes;		/* number of flushes of TLBs for which the vGPU
					 * was not charged yet */
	/* Takes engines_lock(), and calls xengt_hold_charge(). */
	void (*charge)(struct xengt_hold *hold);
};

/*
 * Set guest->hold and guest->put, so that xengt_guest_put() keeps frames if necessary.
 * *hold, hw and exec must outlive the copies of *guest. Afterwards xengt_guest_put() may
 * sleep, must not be called with engines_lock() held, and neither releases nor keeps a
 * frame if the GPU is lost.
 */
void xengt_hold_attach(struct xengt_hold *hold, const struct xengt_hw *hw,
		       struct xengt_exec *exec, struct xengt_guest *guest);
/*
 * Charge the vGPU for the flushes that xengt_hold_note_flush() has noted. Called with
 * engines_lock() held.
 */
void xengt_hold_charge(struct xengt_hold *hold);
/*
 * Called when the module flushes the GPU's TLBs because of the vGPU: all engines then fill their
 * TLBs again, so the vGPU is charged (XENGT_TLB_FLUSH_NS). A charge costs more than a flush, so
 * a few flushes are only noted. Must not be called with engines_lock() held.
 */
static inline void xengt_hold_note_flush(const struct xengt_guest *guest)
{
	if (guest->hold && ++guest->hold->flushes >= XENGT_TLB_FLUSHES_NOTED)
		guest->hold->charge(guest->hold);
}
/*
 * Release the kept frames for which no cache has data any more. Called when the vGPU may
 * have an event, and when the vGPU's work has ended. May sleep. Must not be called with
 * engines_lock() held.
 */
void xengt_hold_release(const struct xengt_guest *guest);

/* The number of frames that are kept now. */
static inline uint32_t xengt_hold_kept(const struct xengt_hold *hold)
{
	return hold->marked + hold->unmarked;
}

#endif /* XENGT_HOLD_H */
