// SPDX-License-Identifier: GPL-2.0-only
/*
 * See hold.h. gtt.c and ppgtt_leaf.c put a frame only when no entry points to
 * it and no TLB has such an entry. So after the put, only data that is already
 * in a cache can still be written to the frame.
 */
#include "boundary/hold.h"
#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/writeback.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * Release the frames that were kept before the mark. The frames that were kept
 * after the mark now belong to the next mark.
 */
static void release_marked(const struct xengt_guest *guest)
{
	struct xengt_hold *hold = guest->hold;

	if (hold->marked)
		guest->ops->frames_release(guest->ctx, hold->marked);
	hold->marked = hold->unmarked;
	hold->unmarked = 0;
}

/*
 * Write the caches back if possible, and release the kept frames for which no cache has
 * data any more. Returns true if no cache has data of the vGPU; then no frame is kept any
 * more.
 */
static bool release(const struct xengt_guest *guest)
{
	struct xengt_hold *hold = guest->hold;
	const struct xengt_hw *hw = hold->hw;
	bool is_clean, is_past;

	hw->ops->engines_lock(hw->ctx);
	is_clean = xengt_write_back(hold->exec) != 1;
	is_past = is_clean || xengt_write_back_is_past(hold->exec, hold->mark);
	if (is_past && !is_clean && hold->unmarked)
		hold->mark = xengt_write_back_mark(hold->exec);
	else if (is_past)
		xengt_write_back_unmark(hold->exec);
	hw->ops->engines_unlock(hw->ctx);
	if (hw->health->is_lost)
		return false;
	if (is_past)
		release_marked(guest);
	if (is_clean)
		release_marked(guest);
	return is_clean;
}

void xengt_hold_release(const struct xengt_guest *guest)
{
	if (xengt_hold_kept(guest->hold) && !guest->hold->hw->health->is_lost)
		release(guest);
}

/*
 * The results of look(). ANEW: too many frames are kept, but the engine has had no time yet to
 * change this, because it does not run a context of the vGPU, or has just been told to load one.
 */
enum { ROOM, NO_ROOM, ANEW };

/*
 * Look whether there is room for more kept frames. If not, make the render engine leave the
 * vGPU's context and load it again.
 */
static int look(void *arg)
{
	const struct xengt_guest *guest = arg;
	struct xengt_hold *hold = guest->hold;
	const struct xengt_hw *hw = hold->hw;
	uint64_t loads;
	bool is_asked;

	hw->ops->engines_lock(hw->ctx);
	loads = hold->exec->sched->loads;
	xengt_write_back_hurry(hold->exec);
	is_asked = loads == hold->exec->sched->loads &&
		   xengt_exec_is_first(hold->exec, XENGT_ENGINE_RCS);
	hw->ops->engines_unlock(hw->ctx);
	release(guest);
	if (xengt_hold_kept(hold) <= XENGT_KEPT_FRAMES_MAX || hw->health->is_lost)
		return ROOM;
	return is_asked ? NO_ROOM : ANEW;
}

/*
 * While too many frames are kept, wait until the vGPU's contexts have left the render
 * engine or were loaded again. End the work of a context that the engine runs, and does not
 * leave within the timeout of the vGPU's share.
 */
static void make_room(const struct xengt_guest *guest)
{
	struct xengt_hold *hold = guest->hold;
	const struct xengt_hw *hw = hold->hw;
	int r = NO_ROOM;

	if (xengt_hold_kept(hold) <= XENGT_KEPT_FRAMES_MAX)
		return;
	while (r != ROOM) {
		r = xengt_hw_poll(hw, hold->exec->share.timeout_ns, look, (void *)guest);
		if (r == ANEW)
			hw->ops->wait_us(hw->ctx, 20);
		if (r != NO_ROOM)
			continue;
		hw->ops->engines_lock(hw->ctx);
		xengt_exec_overrun(hold->exec, XENGT_ENGINE_RCS);
		hw->ops->engines_unlock(hw->ctx);
	}
}

/*
 * Keep the frames. If no older frames are kept, a mark for these frames is made now;
 * otherwise their mark is made when the older frames are released.
 */
static uint32_t keep(const struct xengt_guest *guest, const xengt_gfn_t *gfns,
		     uint32_t count)
{
	struct xengt_hold *hold = guest->hold;
	const struct xengt_hw *hw = hold->hw;
	uint32_t n = guest->ops->frames_keep(guest->ctx, gfns, count);

	if (hold->marked) {
		hold->unmarked += n;
	} else if (n) {
		hold->marked = n;
		hw->ops->engines_lock(hw->ctx);
		hold->mark = xengt_write_back_mark(hold->exec);
		hw->ops->engines_unlock(hw->ctx);
	}
	return n;
}

static uint32_t put(const struct xengt_guest *guest, const xengt_gfn_t *gfns,
		    uint32_t count)
{
	struct xengt_hold *hold = guest->hold;
	uint32_t n;

	/* (a context that an engine begins from now on cannot reach these frames) */
	if (!hold->exec->has_lines || release(guest)) {
		if (hold->hw->health->is_lost)
			return 0;
		return guest->ops->frames_put(guest->ctx, gfns, count);
	}
	if (hold->hw->health->is_lost)
		return 0;
	n = keep(guest, gfns, count);
	make_room(guest);
	return n;
}

void xengt_hold_charge(struct xengt_hold *hold)
{
	if (hold->flushes && hold->exec->sched)
		xengt_exec_charge(hold->exec,
				  (uint64_t)hold->flushes * XENGT_TLB_FLUSH_NS);
	hold->flushes = 0;
}

static void charge(struct xengt_hold *hold)
{
	const struct xengt_hw *hw = hold->hw;

	hw->ops->engines_lock(hw->ctx);
	xengt_hold_charge(hold);
	hw->ops->engines_unlock(hw->ctx);
}

void xengt_hold_attach(struct xengt_hold *hold, const struct xengt_hw *hw,
		       struct xengt_exec *exec, struct xengt_guest *guest)
{
	*hold = (struct xengt_hold){ .hw = hw, .exec = exec, .charge = charge };
	guest->hold = hold;
	guest->put = put;
}
