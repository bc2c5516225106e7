/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Divides a ring into parts.
 *
 * A guest's ring is sent to the hardware in parts, because the hardware leaves
 * a context at its tail. So a ring with many requests does not keep the
 * engine from the other vGPUs, whatever its commands do with arbitration. A
 * part ends at a place that may be the tail (aligned to 8 bytes) and at which
 * the hardware leaves the context: with arbitration switched off it would wait
 * for more commands instead (PRM, MI_ARB_ON_OFF).
 *
 * The cost of a part is counted in commands that may take long: a batch or a
 * semaphore costs XENGT_TURN_BATCH, any other command of a pipeline or the
 * blitter costs 1, and all other commands cost nothing. The bound on hangs
 * limits the time of each command.
 */
#ifndef XENGT_TURN_H
#define XENGT_TURN_H

#include "boundary/exec.h"

/*
 * The end of the part that begins at 'from'. The slot's ring has been copied
 * and audited up to slot->tail. The part costs at most *left, which is lowered
 * by its cost. Returns 'from' if nothing more fits. A part that cannot end
 * earlier may cost up to XENGT_TURN_PART_MAX, but only if *left is a whole
 * turn.
 */
uint32_t xengt_turn_part(const struct xengt_slot *slot, uint32_t from,
			 uint32_t *left);

/*
 * Can the slot's new ring between 'from' and 'to' be divided into parts that
 * cost at most XENGT_TURN_PART_MAX? The new ring is in 'ring' at the same
 * offsets, audited. If not, *ret_at is the offset of the command with which a
 * part costs more. *ret_is_open: this command starts a batch while arbitration
 * is switched on, so the hardware may leave this batch.
 */
bool xengt_turn_fits(const struct xengt_slot *slot, const uint32_t *ring,
		     uint32_t from, uint32_t to, uint32_t *ret_at,
		     bool *ret_is_open);

#endif /* XENGT_TURN_H */
