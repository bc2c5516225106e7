/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions for slots (exec.h): they allocate a slot's memory, and make a slot
 * IDLE again.
 */
#ifndef XENGT_SLOT_H
#define XENGT_SLOT_H

#include "boundary/exec.h"

/*
 * Give one of the slot's areas this number of pages. If the number changes, the
 * area's content is lost. If the vGPU has no memory left, the memory of its
 * IDLE slots is freed first. -E2BIG: the pages would exceed the vGPU's limit of
 * memory; -ENOMEM.
 */
int xengt_slot_need_area(struct xengt_slot *slot, struct xengt_area *area,
			 uint32_t pages);
/* Free the memory of an IDLE slot. */
void xengt_slot_release(struct xengt_slot *slot);

/*
 * Returns true if the slot is DONE or HUNG. A DONE or HUNG slot becomes IDLE
 * when its event is read.
 */
static inline bool xengt_slot_is_over(const struct xengt_slot *slot)
{
	return slot->state == XENGT_SLOT_DONE || slot->state == XENGT_SLOT_HUNG;
}
/*
 * Make a DONE or HUNG slot IDLE. The image of a DONE slot is first saved to the
 * guest, so the caller must be allowed to access guest frames.
 */
void xengt_slot_make_idle(struct xengt_slot *slot);

#endif /* XENGT_SLOT_H */
