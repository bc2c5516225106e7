// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: hangs, and the end of a vGPU's work
 *
 * While no other vGPU waits, the context in the first port has hung if the head of its ring
 * does not move for hang_ns; progress within a batch does not count. While another vGPU
 * waits, the context has hung if the head does not move for the timeout of its vGPU's
 * share, or if the context is still on the engine when this timeout has passed after the
 * end of its turn (lane.c). If a context has hung, its vGPU is charged for the context's
 * time on the engine, the engine is reset, and the hang is counted for the vGPU. The engine
 * has not begun the other contexts in the ports; these contexts run from their images in
 * their next turn.
 *
 * If the GPU has lost bus mastering, no context has hung: the module stops the whole GPU
 * (stop_if_cut_off()). The module looks whether this is so at each tick, and before it
 * ends a context that seems to have hung.
 *
 * If another driver owns the GPU, the context has also hung if this driver has ended it
 * because of an error (has_failed). The times above do not include the time during which
 * the context waits for this driver's own work (xengt_lane_clock()).
 *
 * The work of a vGPU must sometimes be dropped while its context is in the second port and
 * a context of another vGPU is in the first port. In this case the engine is not reset: the
 * module waits until the engine has dropped the vGPU's context from its ports
 * (wait_behind()).
 */
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/hang_state.h"
#include "boundary/lane.h"
#include "boundary/ports.h"
#include "boundary/share.h"
#include "boundary/slot.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

/* ---- interrupts that guests make engines raise ---- */

static void set_muted(struct xengt_sched *sched, struct xengt_engine *engine,
		      bool is_muted)
{
	engine->is_muted = is_muted;
	/*
	 * the count of slots in flight is raised to switch on the power of the
	 * registers
	 */
	xengt_ports_count_in_flight(sched, 1);
	xengt_engine_write_mask(sched, engine);
	xengt_ports_count_in_flight(sched, -1);
}

static bool is_window_over(const struct xengt_engine *engine, uint64_t now)
{
	return now - engine->irqs_since >= XENGT_IRQ_WINDOW_NS;
}

/*
 * Count an interrupt, and mute the engine if it has raised XENGT_IRQS_MAX
 * interrupts in the present window of time.
 */
static void count_irq(struct xengt_sched *sched, struct xengt_engine *engine)
{
	uint64_t now = xengt_bnd_now_ns(sched->hw);

	if (is_window_over(engine, now)) {
		engine->irqs_since = now;
		engine->irqs = 0;
	}
#ifdef XENGT_FAULT_NO_MUTE
	if (engine->irqs < 100 * XENGT_IRQS_MAX) {
		engine->irqs++;
		return;
	}
#endif
	if (++engine->irqs >= XENGT_IRQS_MAX && !engine->is_muted)
		set_muted(sched, engine, true);
}

bool xengt_sched_unmute(struct xengt_sched *sched)
{
	uint64_t now = xengt_bnd_now_ns(sched->hw);
	struct xengt_engine *engine;
	bool any = false;

	xengt_for_each(engine, sched->engines) {
		if (!engine->is_muted)
			continue;
		if (!is_window_over(engine, now)) {
			any = true;
			continue;
		}
		set_muted(sched, engine, false);
		xengt_ports_tell_irq(engine, XENGT_ENGINE_IRQ_GUEST);
	}
	return any;
}

void xengt_sched_irq(struct xengt_sched *sched, enum xengt_engine_id id,
		     uint32_t bits)
{
	struct xengt_engine *engine = &sched->engines[id];

	if (bits & XENGT_ENGINE_IRQ_GUEST)
		count_irq(sched, engine);
	xengt_ports_take_events(sched, engine, bits & XENGT_ENGINE_IRQ_GUEST);
	xengt_ports_dispatch(sched, engine);
}

/* ---- resets ---- */

/*
 * Drop the slot's work: the slot becomes HUNG. The slot becomes IDLE when the
 * vGPU's owner reads events.
 */
static void drop_slot(struct xengt_slot *slot, bool is_silent)
{
	struct xengt_sched *sched = slot->exec->sched;

	if (slot->state != XENGT_SLOT_QUEUED && slot->state != XENGT_SLOT_ON_HW)
		return;
	xengt_lane_set_state(slot, XENGT_SLOT_HUNG);
	slot->is_silent = is_silent;
	slot->is_overrun = false;
	slot->is_lost = false;
	slot->since = ++sched->clock;
	xengt_ports_count_in_flight(sched, -1);
}

/* Drop the slot's work, because the whole GPU is reset. */
static void lose_slot(struct xengt_slot *slot)
{
	bool was_over = xengt_slot_is_over(slot);

	drop_slot(slot, false);
	if (!was_over && slot->state == XENGT_SLOT_HUNG)
		slot->is_lost = true;
}

static void drop_lane(struct xengt_exec *exec, enum xengt_engine_id engine)
{
	struct xengt_slot *slot;

	xengt_for_each(slot, exec->lanes[engine].slots)
		drop_slot(slot, true);
}

void xengt_sched_drop_all(struct xengt_sched *sched)
{
	struct xengt_engine *engine;
	struct xengt_exec *exec;
	struct xengt_lane *lane;
	struct xengt_slot *slot;

	xengt_for_each(engine, sched->engines)
		xengt_ports_forget(sched, engine);
	xengt_for_each_exec(exec, sched) {
		xengt_for_each(lane, exec->lanes)
			xengt_for_each(slot, lane->slots)
				lose_slot(slot);
		xengt_ports_notify(exec);
	}
}

/*
 * Reset the whole GPU, so that no engine runs. All work of all vGPUs becomes HUNG, and
 * later submissions fail.
 */
static void stop_gpu(struct xengt_sched *sched)
{
	xengt_hw_full_reset(sched->hw);
	xengt_sched_drop_all(sched);
}

/*
 * If the GPU has no bus mastering, no engine completes its work, and no guest is the cause:
 * stop the GPU and return true.
 */
static bool stop_if_cut_off(struct xengt_sched *sched)
{
#ifdef XENGT_FAULT_BLAME_CUT_OFF
	return false;
#endif
	if (sched->hw->health->is_stopped || !xengt_hw_is_cut_off(sched->hw))
		return false;
	stop_gpu(sched);
	return true;
}

/*
 * If the engine does not stop, for instance because a thread hangs, the module still resets
 * only this engine: any stronger reset would also end the work of the other engines. The
 * administrator sees stops_failed.
 */
static void stand_still(struct xengt_sched *sched, struct xengt_engine *engine)
{
	if (xengt_engine_stop(sched, engine))
		sched->hw->health->stops_failed++;
}

static int reset_stopped(struct xengt_sched *sched, struct xengt_engine *engine)
{
	if (!xengt_engine_reset(sched, engine))
		return 0;
	stand_still(sched, engine);
	return xengt_engine_reset(sched, engine);
}

/*
 * Stop an engine that runs a context of the vGPU 'cause'. Returns false if the engine had
 * already left this context; then the engine continues to run.
 */
static bool stop_engine(struct xengt_sched *sched, struct xengt_engine *engine,
			const struct xengt_exec *cause)
{
	const struct xengt_slot *first;

	xengt_ports_note_stop(engine);
	stand_still(sched, engine);
	xengt_ports_take_events(sched, engine, 0);
	first = xengt_lane_first(engine);
#ifdef XENGT_FAULT_RESET_NEIGHBOUR
	return true;
#endif
	/* (if is_stopped is set, no engine gets work any more) */
	if (sched->hw->health->is_stopped || (first && first->exec == cause))
		return true;
	xengt_engine_go(sched, engine);
	return false;
}

/*
 * Reset an engine that runs a context of the vGPU 'cause', and charge this vGPU for the
 * time of the reset. Afterwards the ports are empty. Returns false if the engine was
 * not reset, because it had already left the context of 'cause' and may have begun a
 * context of another vGPU.
 */
static bool reset_engine(struct xengt_sched *sched, struct xengt_engine *engine,
			 struct xengt_exec *cause)
{
	uint64_t begin = xengt_bnd_now_ns(sched->hw), end;
	bool is_stopped;

	/*
	 * keep the registers powered, because xengt_ports_empty() may reduce
	 * the number of slots in flight to 0
	 */
	xengt_bnd_wake(sched->hw);
	is_stopped = stop_engine(sched, engine, cause);
	if (is_stopped) {
		xengt_ports_empty(sched, engine, cause);
		if (reset_stopped(sched, engine)) {
			sched->hw->health->resets_failed++;
			stop_gpu(sched);
		}
	}
	xengt_bnd_sleep(sched->hw);
	if (!is_stopped)
		return false;
	end = xengt_bnd_now_ns(sched->hw);
	xengt_queue_charge(&engine->queue, &cause->lanes[engine->id].account,
			   end - begin, end);
	engine->charged_at = end;
	engine->clock_at = xengt_lane_clock(sched, engine);
	return true;
}

static void blame(struct xengt_exec *exec)
{
	const struct xengt_sched *sched = exec->sched;
	const uint64_t period = XENGT_NS_PER_MS *
		(sched->hw->is_shared ? XENGT_HANG_FORGET_SHARED_MS :
					XENGT_HANG_FORGET_MS);
	uint64_t now = xengt_bnd_now_ns(sched->hw);

	while (exec->hangs && now - exec->hang_since >= period) {
		exec->hangs--;
		exec->hang_since += period;
	}
	if (!exec->hangs)
		exec->hang_since = now;
	exec->hangs++;
#ifdef XENGT_FAULT_NO_STOP
	return;
#endif
	if (exec->share.stop && exec->hangs > exec->share.stop)
		exec->is_stopped = true;
}

/* End a slot that is on the engine and has hung. */
static void end_hung(struct xengt_sched *sched, struct xengt_engine *engine,
		     struct xengt_slot *slot, bool is_overrun)
{
	struct xengt_exec *exec = slot->exec;

	if (stop_if_cut_off(sched))
		return;
	/* the state must be taken before the engine is stopped */
	xengt_hang_take(sched, engine, slot);
	if (!reset_engine(sched, engine, exec)) {
		xengt_ports_dispatch(sched, engine);
		return;
	}
	exec->counters.hangs++;
	exec->hang_state = sched->hang_state;
	blame(exec);
	exec->lanes[engine->id].is_hung = true;
	drop_slot(slot, false);
	slot->is_overrun = is_overrun;
	/* the reset of the engine may have led to a reset of the whole GPU */
	slot->is_lost = false;
	drop_lane(exec, engine->id);
	xengt_ports_notify(exec);
	xengt_ports_dispatch(sched, engine);
}

static void hang(struct xengt_sched *sched, struct xengt_engine *engine)
{
	end_hung(sched, engine, xengt_lane_first(engine), engine->contended_since != 0);
}

static uint64_t timeout_of(const struct xengt_engine *engine)
{
	return engine->running->account.share->timeout_ns;
}

/*
 * Returns true if the turn of the running vGPU has ended, and the work is still
 * on the engine after the timeout of its share.
 */
static bool is_overdue(const struct xengt_engine *engine, uint64_t now)
{
	return engine->overdue_since &&
	       now - engine->overdue_since >= timeout_of(engine);
}

/* Returns true if the head of the running ring has not moved for too long. */
static bool has_stood(const struct xengt_sched *sched,
		      const struct xengt_engine *engine, uint64_t now)
{
	uint64_t since = engine->seen_at;

	if (!engine->contended_since)
		return now - since >= sched->hang_ns;
	if (since < engine->contended_since)
		since = engine->contended_since;
	return now - since >= timeout_of(engine);
}

static void watch(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_slot *first = xengt_lane_first(engine);
	uint64_t now = xengt_lane_clock(sched, engine);
	uint32_t head;

	if (!first) {
		engine->seen_slot = NULL;
		return;
	}
	/*
	 * the engine may have loaded an image that was saved while the engine was
	 * stopped; such a load stops the engine again, so let the engine go
	 */
	if (first->has_stop)
		xengt_engine_go(sched, engine);
	if (engine->has_failed || is_overdue(engine, now)) {
		hang(sched, engine);
		return;
	}
	head = xengt_engine_head(sched, engine);
	if (first != engine->seen_slot || head != engine->seen_head) {
		engine->seen_slot = first;
		engine->seen_head = head;
		engine->seen_at = now;
	} else if (has_stood(sched, engine, now)) {
		hang(sched, engine);
	}
}

bool xengt_sched_tick(struct xengt_sched *sched)
{
	uint64_t now = xengt_bnd_now_ns(sched->hw), at, first = XENGT_NEVER;
	uint32_t i;

	/* the whole GPU was reset, for instance because a TLB was not flushed */
	if (sched->hw->health->is_stopped) {
		sched->hw->ops->sync(sched->hw->ctx);
		if (!sched->hw->health->is_resetting)
			xengt_sched_drop_all(sched);
	}
	/* call_at() is called once, at the end of this function */
	sched->call_at = 0;
	if (sched->in_flight)
		stop_if_cut_off(sched);
	for (i = 0; i < XENGT_ENGINES && sched->in_flight; i++) {
		/*
		 * read the engine's events, because an interrupt may have been
		 * lost
		 */
		xengt_sched_irq(sched, (enum xengt_engine_id)i, 0);
		watch(sched, &sched->engines[i]);
	}
	for (i = 0; i < XENGT_ENGINES && sched->in_flight; i++) {
		at = xengt_lane_deadline(sched, &sched->engines[i], now);
		if (at < first)
			first = at;
	}
	sched->call_at = first;
	if (first != XENGT_NEVER)
		sched->hw->ops->call_at(sched->hw->ctx, first);
	return sched->in_flight;
}

/* ---- removing a vGPU's work from an engine ---- */

static void set_leaving(struct xengt_lane *lane, bool is_leaving)
{
	struct xengt_slot *slot;

	xengt_for_each(slot, lane->slots)
		slot->is_leaving = is_leaving;
}

/*
 * Wait while another vGPU's context is in the first port and a context of this vGPU is in
 * the second port. The wait ends when no context of this vGPU is in the ports any more, or
 * when the engine runs a context of this vGPU. The other vGPU's context is not ended, but
 * the engine must leave this other context before it accepts new contents of its ports. If
 * the engine does not leave the other context within the timeout of the other vGPU's
 * share, the other context has hung.
 */
static void wait_behind(struct xengt_exec *exec, struct xengt_engine *engine)
{
	struct xengt_sched *sched = exec->sched;
	const struct xengt_hw *hw = sched->hw;
	const struct xengt_slot *first;

#ifdef XENGT_FAULT_RESET_NEIGHBOUR
	return;
#endif
	engine->awaited++;
	for (;;) {
		xengt_ports_take_events(sched, engine, 0);
		first = xengt_lane_first(engine);
		if (!first || first->exec == exec ||
		    !xengt_lane_is_on_hw(&exec->lanes[engine->id]) ||
		    hw->health->is_stopped)
			break;
		watch(sched, engine);
		xengt_ports_dispatch(sched, engine);
		hw->ops->engines_unlock(hw->ctx);
		hw->ops->wait_us(hw->ctx, 20);
		hw->ops->engines_lock(hw->ctx);
	}
	engine->awaited--;
}

/*
 * Remove the vGPU's work from the engine: on return no context of the vGPU is
 * on the engine or waits for the engine. The engine is reset only if it runs a
 * context of this vGPU. A context of another vGPU is ended only if it has hung
 * (wait_behind()).
 */
static void evict(struct xengt_exec *exec, enum xengt_engine_id id)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine = &sched->engines[id];
	struct xengt_lane *lane = &exec->lanes[id];
	struct xengt_slot *slot;

	xengt_for_each(slot, lane->slots) {
		if (slot->state == XENGT_SLOT_QUEUED)
			drop_slot(slot, true);
	}
	set_leaving(lane, true);
	do
		wait_behind(exec, engine);
	while (xengt_lane_is_on_hw(lane) && !reset_engine(sched, engine, exec));
	drop_lane(exec, id);
	set_leaving(lane, false);
}

static void reset_lane(struct xengt_exec *exec, enum xengt_engine_id id)
{
	struct xengt_lane *lane = &exec->lanes[id];
	struct xengt_slot *slot;

	evict(exec, id);
	xengt_for_each(slot, lane->slots) {
		if (xengt_slot_is_over(slot))
			xengt_slot_make_idle(slot);
	}
	lane->irq_bits = 0;
	lane->is_hung = false;
	xengt_ports_dispatch(exec->sched, &exec->sched->engines[id]);
}

int xengt_exec_reset(struct xengt_exec *exec, uint32_t mask)
{
	uint32_t i;

	if (mask & ~((1u << XENGT_ENGINES) - 1))
		return -EINVAL;
	for (i = 0; i < XENGT_ENGINES; i++) {
		if (mask & 1u << i)
			reset_lane(exec, (enum xengt_engine_id)i);
	}
	return 0;
}

bool xengt_exec_is_first(const struct xengt_exec *exec, enum xengt_engine_id id)
{
	const struct xengt_slot *first = xengt_lane_first(&exec->sched->engines[id]);

	return first && first->exec == exec;
}

void xengt_exec_overrun(struct xengt_exec *exec, enum xengt_engine_id id)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine = &sched->engines[id];

	xengt_sched_irq(sched, id, 0);
	if (xengt_exec_is_first(exec, id))
		end_hung(sched, engine, xengt_lane_first(engine), true);
}

/* ---- shares ---- */

void xengt_exec_charge(struct xengt_exec *exec, uint64_t ns)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine;

#ifdef XENGT_FAULT_FREE_FLUSHES
	return;
#endif
	xengt_for_each(engine, sched->engines) {
		xengt_lane_charge(sched, engine);
		xengt_queue_charge_beside(&engine->queue,
					  &exec->lanes[engine->id].account,
					  engine->running ?
						  &engine->running->account : NULL,
					  ns, engine->charged_at);
	}
}

void xengt_exec_set_share(struct xengt_exec *exec,
			  const struct xengt_share *share)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine;

	/* charge the time until now with the old share */
	xengt_for_each(engine, sched->engines)
		xengt_lane_charge(sched, engine);
	exec->share = *share;
	xengt_for_each(engine, sched->engines) {
		xengt_queue_renew(&engine->queue, &exec->lanes[engine->id].account,
				  engine->charged_at);
		xengt_ports_dispatch(sched, engine);
	}
}

/* ---- for submit.c ---- */

void xengt_sched_queue(struct xengt_slot *slot)
{
	struct xengt_sched *sched = slot->exec->sched;

	slot->since = ++sched->clock;
	xengt_ports_count_in_flight(sched, 1);
	xengt_lane_set_state(slot, XENGT_SLOT_QUEUED);
	xengt_ports_dispatch(sched, xengt_engine_of(slot));
}

void xengt_sched_more(struct xengt_slot *slot)
{
	xengt_ports_dispatch(slot->exec->sched, xengt_engine_of(slot));
}
