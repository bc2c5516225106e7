// SPDX-License-Identifier: GPL-2.0-only
/* Divides rings into parts; see turn.h. */
#include "boundary/turn.h"
#include "boundary/audit_priv.h"
#include "boundary/exec.h"
#include "xengt/limits.h"

#define MI_OPCODE(dw0)		((dw0) >> XENGT_AUDIT_MI_SHIFT & 0x3f)
#define MI_ARB_ON_OFF		0x08u
#define MI_ARB_ENABLE		0x1u
#define MI_SEMAPHORE_WAIT	0x1cu
#define MI_BATCH_BUFFER_START	0x31u

/* The state of a walk along the commands of a copy of a ring. */
struct walk {
	const struct xengt_slot *slot;
	/*
	 * the slot's ring, or audited commands that are not yet in the slot's
	 * ring
	 */
	const uint32_t *ring;
	uint32_t at;
	uint32_t todo;			/* number of bytes until the end of the
					 * walk */
	bool is_arb_off;
	bool is_open;			/* the walk has passed a command that starts
					 * a batch while arbitration is on */
};

static struct walk walk_from(const struct xengt_slot *slot,
			     const uint32_t *ring, uint32_t from, uint32_t to)
{
	return (struct walk){
		.slot = slot, .ring = ring, .at = from,
		.todo = xengt_ring_span(slot, from, to),
	};
}

static uint32_t command(const struct walk *w)
{
	return w->ring[w->at / 4];
}

static uint32_t cost_of(uint32_t dw0)
{
	if (XENGT_AUDIT_CLIENT(dw0) != XENGT_AUDIT_CLIENT_MI)
		return 1;
	switch (MI_OPCODE(dw0)) {
	case MI_SEMAPHORE_WAIT:
	case MI_BATCH_BUFFER_START:
		return XENGT_TURN_BATCH;
	default:
		return 0;
	}
}

static void step(struct walk *w)
{
	uint32_t dw0 = command(w), bytes = 4;

	if (dw0) {
		/*
		 * any row of the opcode will do: in rings a command has the
		 * same length on all generations
		 */
		const struct xengt_audit_cmd *row = xengt_audit_first(
			xengt_audit_pipes(1u << w->slot->engine), dw0);

		if (row->name)
			bytes = xengt_audit_len(row, dw0) * 4;
		/*
		 * The audit has checked that the command ends before the end of
		 * the walk, but this code does not rely on the check.
		 */
		if (!bytes || bytes > w->todo)
			bytes = w->todo;
		if (XENGT_AUDIT_CLIENT(dw0) == XENGT_AUDIT_CLIENT_MI &&
		    MI_OPCODE(dw0) == MI_ARB_ON_OFF)
			w->is_arb_off = !(dw0 & MI_ARB_ENABLE);
		if (XENGT_AUDIT_CLIENT(dw0) == XENGT_AUDIT_CLIENT_MI &&
		    MI_OPCODE(dw0) == MI_BATCH_BUFFER_START && !w->is_arb_off)
			w->is_open = true;
	}
	w->at = (w->at + bytes) % w->slot->ring_bytes;
	w->todo -= bytes;
}

static bool may_end(const struct walk *w)
{
	return !w->is_arb_off && w->at % XENGT_PAD_BYTES == 0;
}

uint32_t xengt_turn_part(const struct xengt_slot *slot, uint32_t from,
			 uint32_t max, uint32_t *left)
{
	const bool is_whole = *left == max;
	struct walk w = walk_from(slot, slot->ring.mem, from, slot->tail);
	uint32_t end = from, spent = 0, spent_at_end = 0;

	while (w.todo) {
		spent += cost_of(command(&w));
		if (spent > *left && (end != from || !is_whole))
			break;
		step(&w);
		if (may_end(&w) || !w.todo) {
			end = w.at;
			spent_at_end = spent;
		}
	}
	*left = spent_at_end < *left ? *left - spent_at_end : 0;
	return end;
}

bool xengt_turn_fits(const struct xengt_slot *slot, const uint32_t *ring,
		     uint32_t from, uint32_t to, uint32_t *ret_at,
		     bool *ret_is_open)
{
	struct walk w = walk_from(slot, ring, from, to);
	uint32_t spent = 0;

	while (w.todo) {
		*ret_at = w.at;
		spent += cost_of(command(&w));
		if (spent > XENGT_TURN_PART_MAX)
			return false;
		step(&w);
		if (may_end(&w))
			spent = 0;
	}
	*ret_is_open = w.is_open;
	return true;
}
