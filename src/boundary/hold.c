// SPDX-License-Identifier: GPL-2.0-only
/* See hold.h. gtt.c and ppgtt_leaf.c put a frame only when no entry and no TLB names it,
 * so only data that is already in a cache can still be written to the frame. */
#include "hold.h"
#include "writeback.h"

static int frames_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		      xengt_bus_t *ret_bus)
{
	const struct xengt_hold *hold = ctx;

	return hold->guest.ops->frames_get(hold->guest.ctx, gfns, count,
					   ret_bus);
}

static uint32_t frames_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	const struct xengt_hold *hold = ctx;
	const struct xengt_hw *hw = hold->hw;

	/*
	 * a context that is given to the engine from now on cannot reach these
	 * frames
	 */
	if (hold->exec->has_lines) {
		hw->ops->engines_lock(hw->ctx);
		xengt_write_back(hold->exec);
		hw->ops->engines_unlock(hw->ctx);
	}
	if (hw->health->is_lost)
		return 0;
	return hold->guest.ops->frames_put(hold->guest.ctx, gfns, count);
}

static bool frame_has_moved(void *ctx, xengt_gfn_t gfn)
{
	const struct xengt_hold *hold = ctx;

	return hold->guest.ops->frame_has_moved(hold->guest.ctx, gfn);
}

static bool any_frame_has_moved(void *ctx)
{
	const struct xengt_hold *hold = ctx;

	return hold->guest.ops->any_frame_has_moved(hold->guest.ctx);
}

static void *frame_at(void *ctx, xengt_gfn_t gfn)
{
	const struct xengt_hold *hold = ctx;

	return hold->guest.ops->frame_at(hold->guest.ctx, gfn);
}

static void frames_fini(void *ctx)
{
	const struct xengt_hold *hold = ctx;

	hold->guest.ops->frames_fini(hold->guest.ctx);
}

static void event(void *ctx)
{
	const struct xengt_hold *hold = ctx;

	hold->guest.ops->event(hold->guest.ctx);
}

static const struct xengt_guest_ops ops = {
	.frames_get = frames_get,
	.frames_put = frames_put,
	.frame_has_moved = frame_has_moved,
	.any_frame_has_moved = any_frame_has_moved,
	.frame_at = frame_at,
	.frames_fini = frames_fini,
	.event = event,
};

struct xengt_guest xengt_hold_guest(struct xengt_hold *hold,
				    const struct xengt_hw *hw,
				    const struct xengt_guest *guest,
				    struct xengt_exec *exec)
{
	*hold = (struct xengt_hold){ *guest, hw, exec };
	return (struct xengt_guest){ &ops, hold };
}
