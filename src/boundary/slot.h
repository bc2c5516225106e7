/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions on slots (exec.h): they allocate a slot's memory in the module, and
 * make a slot IDLE again.
 */
#ifndef XENGT_SLOT_H
#define XENGT_SLOT_H

#include "exec.h"

/*
 * Give one of the slot's areas this number of pages; its content is lost if the
 * number changes. If the vGPU's memory is short, its IDLE slots give back their
 * memory first. -E2BIG: the vGPU may not have so much memory; -ENOMEM.
 */
int xengt_slot_need_area(struct xengt_slot *slot, struct xengt_area *area,
			 uint32_t pages);
/* Give back the memory of an IDLE slot. */
void xengt_slot_release(struct xengt_slot *slot);

/*
 * True if the slot is DONE or HUNG: then it becomes IDLE when its event is
 * read.
 */
static inline bool
xengt_slot_is_settled_by_event(const struct xengt_slot *slot)
{
	return slot->state == XENGT_SLOT_DONE || slot->state == XENGT_SLOT_HUNG;
}
/*
 * Make a DONE or HUNG slot IDLE. The image of a DONE slot is saved to the guest
 * first, so the caller must be in a context in which it may access guest
 * frames.
 */
void xengt_slot_settle(struct xengt_slot *slot);

#endif /* XENGT_SLOT_H */
