/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How GGTT and page tables release frames of a guest: a frame is released only when no
 * cache has data for it (writeback.h).
 *
 *   held ------------------------> released   no cache has data of the vGPU
 *     |                               ^
 *     +---> kept, with a mark --------+       the cache was flushed after the mark
 *
 * A frame is kept if one of the vGPU's own contexts is on the render engine. A guest can
 * have at most XENGT_KEPT_FRAMES_MAX frames kept: then the put of a frame waits until the
 * contexts were loaded anew, and ends those that do not leave the engine within the
 * timeout of the vGPU's share.
 */
#ifndef XENGT_HOLD_H
#define XENGT_HOLD_H

#include "boundary/bnd_guest.h"

struct xengt_exec;
struct xengt_hw;

struct xengt_hold {
	const struct xengt_hw *hw;
	struct xengt_exec *exec;
	/*
	 * Frames that are kept: those before the last mark, then those after it.
	 * The guest's operations keep them in this order.
	 */
	uint32_t marked;
	uint32_t unmarked;
	uint64_t mark;
};

/*
 * Set guest->hold and guest->put: xengt_guest_put() then makes frames wait. *hold, hw and
 * exec must outlive the copies of *guest. xengt_guest_put() may sleep, must not be called
 * with engines_lock() held, and releases and keeps nothing if the GPU is lost.
 */
void xengt_hold_attach(struct xengt_hold *hold, const struct xengt_hw *hw,
		       struct xengt_exec *exec, struct xengt_guest *guest);
/*
 * Release the kept frames for which no cache has data any more. Called when the vGPU may
 * have an event, and when its work has ended. May sleep. Must not be called with
 * engines_lock() held.
 */
void xengt_hold_release(const struct xengt_guest *guest);

#endif /* XENGT_HOLD_H */
