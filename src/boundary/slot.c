// SPDX-License-Identifier: GPL-2.0-only
/* Allocates a slot's memory in the module, and makes slots idle; see slot.h. */
#include "boundary/slot.h"
#include "boundary/area.h"
#include "boundary/context.h"
#include "boundary/exec.h"
#include "boundary/ppgtt.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

void xengt_slot_release(struct xengt_slot *slot)
{
	struct xengt_space *space = slot->exec->sched->space;

	xengt_area_destroy(space, &slot->image);
	slot->has_image = false;
	xengt_area_destroy(space, &slot->ring);
	xengt_area_destroy(space, &slot->wa);
	xengt_area_destroy(space, &slot->batches);
	slot->lrca = 0;
}

/*
 * Free the memory of all idle slots except 'but'. Idle slots have memory only
 * for speed.
 */
static void drop_idle(struct xengt_exec *exec, const struct xengt_slot *but)
{
	struct xengt_lane *lane;
	struct xengt_slot *s;

	xengt_for_each(lane, exec->lanes) {
		xengt_for_each(s, lane->slots) {
			if (s != but && s->state == XENGT_SLOT_IDLE)
				xengt_slot_release(s);
		}
	}
}

int xengt_slot_need_area(struct xengt_slot *slot, struct xengt_area *area,
			 uint32_t pages)
{
	struct xengt_exec *exec = slot->exec;
	struct xengt_space *space = exec->sched->space;
	int r;

	if (area->pages == pages)
		return 0;
	xengt_area_destroy(space, area);
	r = xengt_area_create(space, exec->index, pages, area);
	if (r == -ENOSPC) {
		drop_idle(exec, slot);
		r = xengt_area_create(space, exec->index, pages, area);
	}
	return r == -ENOSPC ? -E2BIG : r;
}

void xengt_slot_make_idle(struct xengt_slot *slot)
{
	struct xengt_exec *exec = slot->exec;

	if (slot->state == XENGT_SLOT_DONE)
		xengt_context_save(slot);
	else
		slot->lrca = 0;
	/*
	 * the image of a HUNG slot is not valid, because a reset may have
	 * damaged it
	 */
	slot->has_image = slot->lrca;
	xengt_ppgtt_root_put(exec->ppgtt, slot->root);
	slot->state = XENGT_SLOT_IDLE;
	slot->since = ++exec->sched->clock;
}
