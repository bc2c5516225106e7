// SPDX-License-Identifier: GPL-2.0-only
/*
 * Adds a vGPU to the scheduler and removes it, and returns the vGPU's events.
 */
#include "boundary/exec.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/hang_state.h"
#include "boundary/prelude.h"
#include "boundary/share.h"
#include "boundary/slot.h"
#include "boundary/writeback.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

/*
 * Bits 20:15 of a context's id (slot->number) are the vGPU's id, or 0 if the
 * context is one of the module's own contexts. Code that reads the hardware's
 * state, such as the simulator's judge, uses these bits. No two vGPUs may have the
 * same id: an engine loads no image for a context whose id it already has.
 */
#define NUMBER_VGPU_SHIFT	15
#define NUMBER_VGPU_MASK	0x3fu
_Static_assert(XENGT_EXEC_VGPUS_MAX == NUMBER_VGPU_MASK, "an id for each vGPU");

static struct xengt_slot *first_over(struct xengt_exec *exec)
{
	struct xengt_slot *best = NULL, *s;
	struct xengt_lane *lane;

	xengt_for_each(lane, exec->lanes) {
		xengt_for_each(s, lane->slots) {
			if (xengt_slot_is_over(s) &&
			    (!best || s->since < best->since))
				best = s;
		}
	}
	return best;
}

static uint32_t hung_value(const struct xengt_slot *slot)
{
	if (slot->state != XENGT_SLOT_HUNG)
		return 0;
	return (slot->exec->is_stopped ? 0 : XENGT_HUNG_GOES_ON) |
	       (slot->is_overrun ? XENGT_HUNG_OVERRUN : 0) |
	       (slot->is_lost ? XENGT_HUNG_LOST : 0);
}

static bool next_irq(struct xengt_exec *exec, struct xengt_event *ret_event)
{
	uint32_t e;

	for (e = 0; e < XENGT_ENGINES; e++) {
		if (!exec->lanes[e].irq_bits)
			continue;
		*ret_event = (struct xengt_event){
			.type = XENGT_EVENT_ENGINE_IRQ,
			.engine = e,
			.value = exec->lanes[e].irq_bits,
		};
		exec->lanes[e].irq_bits = 0;
		return true;
	}
	return false;
}

bool xengt_exec_next_event(struct xengt_exec *exec,
			   struct xengt_event *ret_event)
{
	struct xengt_slot *slot;
	bool is_silent;

	if (next_irq(exec, ret_event))
		return true;
	while ((slot = first_over(exec))) {
		*ret_event = (struct xengt_event){
			.type = slot->state == XENGT_SLOT_DONE ?
				XENGT_EVENT_COMPLETE : XENGT_EVENT_HUNG,
			.value = hung_value(slot),
			.engine = slot->engine,
			.seqno = slot->seqno,
		};
		if (slot->state == XENGT_SLOT_HUNG)
			xengt_hang_take_batch(slot);
		is_silent = slot->state == XENGT_SLOT_HUNG && slot->is_silent;
		xengt_slot_make_idle(slot);
		if (!is_silent)
			return true;
	}
	exec->has_event = false;
	return false;
}

int xengt_exec_init(struct xengt_exec *exec, struct xengt_sched *sched,
		    const struct xengt_guest *guest,
		    const struct xengt_gtt *gtt,
		    struct xengt_ppgtt_tables *ppgtt, uint32_t vgpu_id)
{
	uint32_t index = 0, e, i;

	if (!vgpu_id || vgpu_id > NUMBER_VGPU_MASK)
		return -ENOSPC;
	while (index < XENGT_EXEC_VGPUS_MAX && sched->execs[index])
		index++;
	if (index == XENGT_EXEC_VGPUS_MAX)
		return -ENOSPC;
	exec->sched = sched;
	exec->guest = *guest;
	exec->gtt = gtt;
	exec->ppgtt = ppgtt;
	exec->vgpu_id = vgpu_id;
	exec->index = index;
	exec->share = xengt_share_default();
	for (e = 0; e < XENGT_ENGINES; e++) {
		exec->lanes[e].account.share = &exec->share;
		for (i = 0; i < XENGT_EXEC_SLOTS; i++) {
			struct xengt_slot *slot = &exec->lanes[e].slots[i];

			slot->exec = exec;
			slot->engine = (enum xengt_engine_id)e;
			slot->number =
				(vgpu_id & NUMBER_VGPU_MASK) << NUMBER_VGPU_SHIFT |
				(e * XENGT_EXEC_SLOTS + i + 1);
		}
	}
	sched->execs[index] = exec;
	if (sched->n_execs <= index)
		sched->n_execs = index + 1;
	return 0;
}

static void wait_unlocked(const struct xengt_hw *hw)
{
	hw->ops->engines_unlock(hw->ctx);
	hw->ops->wait_us(hw->ctx, 20);
	hw->ops->engines_lock(hw->ctx);
}

void xengt_exec_fini(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine;
	struct xengt_lane *lane;
	struct xengt_slot *slot;

	if (!sched)
		return;
	xengt_exec_reset(exec, (1u << XENGT_ENGINES) - 1);
	/*
	 * (no context of the vGPU is on an engine, so the loop waits only for the reset of
	 * the whole GPU; an error is ignored, because then the GPU is stopped)
	 */
	while (xengt_write_back(exec) == 1)
		wait_unlocked(sched->hw);
	xengt_for_each(lane, exec->lanes)
		xengt_for_each(slot, lane->slots)
			xengt_slot_release(slot);
	/* the next vGPU may get the same id, so the engines' last vGPU must be unknown */
	xengt_for_each(engine, sched->engines)
		xengt_prelude_forget(engine);
	exec->has_event = false;
	sched->execs[exec->index] = NULL;
	while (sched->n_execs && !sched->execs[sched->n_execs - 1])
		sched->n_execs--;
	exec->sched = NULL;
}
