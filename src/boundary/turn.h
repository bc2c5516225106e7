/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Divides a ring into parts.
 *
 * The module sends a guest's ring to the hardware in parts: it sets the
 * context's tail to the end of a part, because the hardware always leaves a
 * context at its tail. So a ring with many requests cannot block the engine for
 * other vGPUs, even if its commands switch arbitration off. The end of a part
 * must be aligned to 8 bytes, like every tail. Arbitration must be on at the
 * end of a part: if it is off, the hardware waits at the tail for more commands
 * and does not leave the context (PRM, MI_ARB_ON_OFF).
 *
 * The cost of a part is counted in commands that may take long: a batch or a
 * semaphore costs XENGT_TURN_BATCH, any other command of a pipeline or the
 * blitter costs 1, and all other commands cost nothing. The time limits for
 * hangs bound the time of each command.
 */
#ifndef XENGT_TURN_H
#define XENGT_TURN_H

#include "boundary/exec.h"

/*
 * Returns the end of the part that begins at 'from'. The slot's ring has been
 * copied and audited up to slot->tail. The part costs at most *left; the
 * function subtracts the cost from *left. Returns 'from' if every possible part
 * costs more than *left. If *left is 'max' and the ring has no earlier place at
 * which the part may end, the part may cost up to XENGT_TURN_PART_MAX.
 */
uint32_t xengt_turn_part(const struct xengt_slot *slot, uint32_t from,
			 uint32_t max, uint32_t *left);

/*
 * Returns true if the new commands between 'from' and 'to' can be divided into
 * parts that cost at most XENGT_TURN_PART_MAX. 'ring' has the new commands,
 * audited, at the same offsets as the slot's ring. False: *ret_at is the offset
 * of the command with which a part exceeds this cost. True: *ret_is_open says
 * whether one of the commands starts a batch while arbitration is on, so that
 * the hardware may leave this batch.
 */
bool xengt_turn_fits(const struct xengt_slot *slot, const uint32_t *ring,
		     uint32_t from, uint32_t to, uint32_t *ret_at,
		     bool *ret_is_open);

#endif /* XENGT_TURN_H */
