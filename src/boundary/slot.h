/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A slot (exec.h) as submission, turns and events know it: the memory of the
 * module that it has, and how it comes to rest.
 */
#ifndef XENGT_SLOT_H
#define XENGT_SLOT_H

#include "exec.h"

/*
 * One of the slot's areas gets so many pages, if it has another number. For that
 * the IDLE slots of the vGPU give back theirs. -E2BIG: more than the vGPU may
 * have; -ENOMEM.
 */
int xengt_slot_need_area(struct xengt_slot *slot, struct xengt_area *area,
			 uint32_t pages);
/* An IDLE slot gives its memory back. */
void xengt_slot_release(struct xengt_slot *slot);

/* DONE or HUNG: reading its event settles it. */
static inline bool
xengt_slot_is_settled_by_event(const struct xengt_slot *slot)
{
	return slot->state == XENGT_SLOT_DONE || slot->state == XENGT_SLOT_HUNG;
}
/*
 * Such a slot becomes IDLE: a DONE one is saved to the guest first, so that the
 * caller may touch guest frames.
 */
void xengt_slot_settle(struct xengt_slot *slot);

#endif /* XENGT_SLOT_H */
