/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parts of a ring.
 *
 * A guest's ring is sent to the hardware in parts, so that one with many
 * requests in it does not keep the engine from the other vGPUs, whatever its commands
 * say of arbitration: the hardware leaves a context where its tail is. A part ends where the tail may be (it is
 * aligned to 8 bytes) and where the hardware would leave: with arbitration
 * switched off it waits for more instead (PRM, MI_ARB_ON_OFF).
 *
 * What counts is what may take long: a batch or a semaphore XENGT_TURN_BATCH,
 * any other command of a pipeline or the blitter 1, the rest nothing. Each is
 * bounded in time by the bound on hanging.
 */
#ifndef XENGT_TURN_H
#define XENGT_TURN_H

#include "exec.h"

/*
 * The ring of the slot has been copied and audited up to slot->tail. Where the
 * part ends that begins at 'from' and costs at most *left, which is lowered by
 * what it costs. 'from' itself: nothing more fits. A part that cannot end
 * earlier costs up to XENGT_TURN_PART_MAX, but only if *left is all of a turn.
 */
uint32_t xengt_turn_part(const struct xengt_slot *slot, uint32_t from,
			 uint32_t *left);

/*
 * What is to become the slot's ring from 'from' to 'to', staged in 'ring' at the
 * same offsets and audited: is there no part between two places where it may end
 * that costs more than XENGT_TURN_PART_MAX? Else *ret_at is the offset of the
 * command with which it does. *ret_is_open: a batch starts in it with arbitration
 * switched on, so that the hardware may leave the batch.
 */
bool xengt_turn_fits(const struct xengt_slot *slot, const uint32_t *ring,
		     uint32_t from, uint32_t to, uint32_t *ret_at,
		     bool *ret_is_open);

#endif /* XENGT_TURN_H */
