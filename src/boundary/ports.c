// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the ports
 *
 * The module knows the contents of an engine's ports from its own writes and from
 * the engine's events:
 *
 *   the module writes both   the two written contexts are pending until the
 *   ports                    engine acknowledges them
 *   event 0x1, or an event   the pending contexts become the active contexts
 *   with bit 0x2
 *   event 0x10 (complete)    the first active context has run all commands that
 *                            it got, and the second active context becomes the
 *                            first
 *
 * While contexts are pending, the module does not write the ports, so this knowledge
 * is always correct. If the module writes the running context to the ports again,
 * with more commands or with another context in the second port, the engine
 * continues the running context (lite restore).
 *
 * When a vGPU's turn is over (lane.c), the module writes the next vGPU's context to
 * the first port. The engine leaves the running context at the next place at which
 * the hardware can leave it, and saves the context, which then waits for another
 * turn. During its timeslice, the vGPU gets the engine for all its work: first for
 * the rest of the ring, then for its other context. If the vGPU has no more work,
 * the module writes another vGPU's context to the second port.
 */
#include "boundary/ports.h"
#include "boundary/bnd_hw.h"
#include "boundary/context.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/lane.h"
#include "boundary/prelude.h"
#include "boundary/share.h"
#include "boundary/turn.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

void xengt_ports_notify(struct xengt_exec *exec)
{
	exec->has_event = true;
	exec->guest.ops->event(exec->guest.ctx);
}

void xengt_ports_count_in_flight(struct xengt_sched *sched, int change)
{
	bool was_busy = sched->in_flight;

	sched->in_flight += change;
	if (!was_busy && sched->in_flight)
		xengt_bnd_wake(sched->hw);
	else if (was_busy && !sched->in_flight)
		xengt_bnd_sleep(sched->hw);
}

static bool holds(const struct xengt_ports *ports,
		  const struct xengt_slot *slot)
{
	return ports->slot[0] == slot || ports->slot[1] == slot;
}

static struct xengt_lane *lane_of_account(struct xengt_account *account)
{
	return (struct xengt_lane *)((char *)account -
				     offsetof(struct xengt_lane, account));
}

static void arm(struct xengt_sched *sched, const struct xengt_engine *engine)
{
	uint64_t at = xengt_lane_deadline(sched, engine, engine->charged_at);

	if (at >= sched->call_at)
		return;
	sched->call_at = at;
	sched->hw->ops->call_at(sched->hw->ctx, at);
}

/* ---- parts of a ring ---- */

static bool has_more(const struct xengt_slot *slot)
{
	return slot->hw_tail != slot->tail && !xengt_slot_is_padded(slot);
}

/*
 * The cost of a part. If another driver owns the GPU and the engine cannot leave a
 * batch, then this driver's work must wait for the end of the part. So such a part
 * has one batch.
 */
static uint32_t part_max(const struct xengt_slot *slot)
{
	const struct xengt_hw *hw = slot->exec->sched->hw;

#ifndef XENGT_FAULT_LONG_PARTS
	if (hw->is_shared && !hw->platform->leaves_batches)
		return XENGT_TURN_BATCH;
#endif
	(void)hw;
	return XENGT_TURN_MAX;
}

/*
 * Move the tail of the context, so that the hardware gets more commands of the
 * ring, at most for the cost slot->turn_left. Returns false if the tail was not
 * moved.
 */
static bool send_more(struct xengt_slot *slot)
{
	uint32_t end = xengt_turn_part(slot, slot->hw_tail, part_max(slot),
				       &slot->turn_left);

	if (end == slot->hw_tail)
		return false;
	slot->hw_tail = end;
	slot->is_padded = false;
	xengt_context_set_tail(slot, slot->hw_tail);
	return true;
}

static void begin_part(struct xengt_slot *slot)
{
	slot->turn_left = part_max(slot);
	slot->turn_mark = slot->hw_tail;
}

/*
 * Returns true if the head has reached the start of the part that was sent
 * last.
 */
static bool is_past_mark(const struct xengt_slot *slot, uint32_t head)
{
	return xengt_ring_span(slot, slot->turn_mark, head) <=
	       xengt_ring_span(slot, slot->turn_mark, slot->hw_tail);
}

/*
 * Send the next part of the ring while the hardware still runs the part before
 * it, so that the hardware need not wait for the module after each part. The
 * hardware never has more than two parts.
 */
static bool send_ahead(struct xengt_sched *sched, struct xengt_engine *engine,
		       struct xengt_slot *slot)
{
	if (!has_more(slot) || engine->overdue_since ||
	    xengt_account_is_held(&engine->running->account,
				  engine->charged_at))
		return false;
	if (send_more(slot))
		return true;
	if (!is_past_mark(slot, xengt_engine_head(sched, engine) &
				XENGT_RING_ADDR))
		return false;
	begin_part(slot);
	return send_more(slot);
}

/*
 * Move the tail to the end of the padding, so that the context can be written
 * to the ports again although it has no new commands.
 */
static bool send_pad(struct xengt_slot *slot)
{
	if (!slot->can_pad || slot->hw_tail != slot->tail)
		return false;
	slot->hw_tail = (slot->tail + XENGT_PAD_BYTES) % slot->ring_bytes;
	slot->is_padded = true;
	xengt_context_set_tail(slot, slot->hw_tail);
	return true;
}

/* ---- the ports ---- */

/*
 * Note whether the first context has run the module's commands, which flush L3. If it
 * has, tell the vGPUs whose kept frames waited for this flush.
 */
static void note_flush(struct xengt_sched *sched,
		       const struct xengt_engine *engine)
{
	const struct xengt_slot *first = engine->active.slot[0];
	struct xengt_exec *exec;

	if (engine->id != XENGT_ENGINE_RCS || !first ||
	    first->load_no <= sched->flushed || *xengt_prelude_done(first))
		return;
	sched->flushed = first->load_no;
	xengt_for_each_exec(exec, sched) {
		if (exec->kept_since && exec->kept_mark < sched->flushed)
			xengt_ports_notify(exec);
	}
}

static void write_ports(struct xengt_sched *sched, struct xengt_engine *engine,
			const struct xengt_ports *ports)
{
	struct xengt_slot *first = engine->active.slot[0];

	/*
	 * the engine may have begun the second context; then it loads the first one
	 * again (first_completed())
	 */
	if (engine->id == XENGT_ENGINE_RCS && first && engine->active.slot[1] &&
	    ports->slot[0] == first) {
		note_flush(sched, engine);
		xengt_prelude_expect(first);
	}
	engine->pending = *ports;
	engine->has_pending = true;
	if (!first)
		engine->seen_slot = NULL;
	xengt_lane_note_running(sched, engine);
	xengt_engine_run(sched, engine, ports);
}

/*
 * Returns true if the module may make the engine leave this context now. Returns
 * false if the engine might leave the context within a batch (is_open), but must
 * not do so on this platform (leaves_batches is false).
 */
static bool can_leave(const struct xengt_sched *sched,
		      const struct xengt_slot *slot)
{
	return sched->hw->platform->leaves_batches || !slot->is_open;
}

/*
 * Remove the second context from the ports: write only the first context again. The first
 * context must not be written again unchanged (can_pad), so it gets the padding if
 * possible. Without the padding, the descriptor of the first context forces the hardware to
 * save and load this context. If the engine would have to leave a batch that it must not
 * leave, the function does nothing; then the first context gets no more commands and ends.
 */
static void write_first(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_ports want = { { engine->active.slot[0], NULL }, false };

	/* the engine may already be running the second context */
	if (!can_leave(sched, engine->active.slot[1]))
		return;
	want.is_forced = !send_pad(want.slot[0]);
	if (want.is_forced && !can_leave(sched, want.slot[0]))
		return;
	write_ports(sched, engine, &want);
}

/*
 * Take the oldest waiting context of the account's lane, and prepare it to be
 * written to the ports.
 */
static struct xengt_slot *take(struct xengt_account *account)
{
	struct xengt_slot *slot = xengt_lane_oldest_queued(lane_of_account(account));

	xengt_lane_set_state(slot, XENGT_SLOT_ON_HW);
	xengt_context_clear_stop(slot);
	slot->needs_prelude = false;
	xengt_prelude_enter(slot);
	begin_part(slot);
	if (has_more(slot))
		send_more(slot);
	return slot;
}

/*
 * The account whose context should be written to the free second port; NULL:
 * the second port stays free. The hardware starts the second context as soon as
 * the first context has run all commands that it got, even if the first context
 * soon gets more work. So a context of another vGPU may be in the second port
 * only if the first context has no more commands and its vGPU would not get the
 * next turn.
 */
static struct xengt_account *next_behind(struct xengt_engine *engine,
					 const struct xengt_slot *first)
{
	const struct xengt_account *own = &xengt_lane_of(first)->account;
	struct xengt_account *next = xengt_queue_next(&engine->queue,
						      engine->charged_at);

	if (!next || next == own)
		return next;
	return has_more(first) || xengt_account_is_before(own, next) ? NULL :
								       next;
}

static void fill_second(struct xengt_engine *engine, struct xengt_ports *ports)
{
	struct xengt_account *next = next_behind(engine, ports->slot[0]);

	if (next)
		ports->slot[1] = take(next);
}

static void begin(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_account *next = xengt_queue_next(&engine->queue,
						      engine->charged_at);
	struct xengt_ports want = { { NULL, NULL }, false };

	if (!next)
		return;
	want.slot[0] = take(next);
	if (!sched->hw->is_shared)
		fill_second(engine, &want);
	write_ports(sched, engine, &want);
}

/* The turn is over: make the engine leave the running context. */
static void hand_over(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_slot *second = engine->active.slot[1];
	struct xengt_account *next = xengt_lane_rival(engine);
	struct xengt_ports want = { { NULL, NULL }, false };

	/* the engine may already be running the second context */
	if (!next || !can_leave(sched, engine->active.slot[0]) ||
	    (second && !can_leave(sched, second)))
		return;
	if (second && next == &xengt_lane_of(second)->account) {
		want.slot[0] = second;
		/*
		 * the engine may already run the second context, and the module
		 * must not write a running context that is unchanged
		 */
		want.is_forced = true;
	} else {
		want.slot[0] = take(next);
	}
	fill_second(engine, &want);
	write_ports(sched, engine, &want);
}

/*
 * The account whose context should be in the second port instead of the context
 * that is there now. Returns NULL if the second port should not change.
 */
static struct xengt_account *better_second(struct xengt_engine *engine)
{
	struct xengt_slot *second = engine->active.slot[1];
	struct xengt_account *next;

	if (!second)
		return next_behind(engine, engine->active.slot[0]);
	next = xengt_queue_next(&engine->queue, engine->charged_at);
	return next && xengt_account_is_before(next,
					       &xengt_lane_of(second)->account) ?
	       next : NULL;
}

/*
 * Returns true if the first context may get more commands. If a context of another vGPU
 * is in the second port, the engine may have begun this second context already. For more
 * commands of the first context the engine would load the first context again, and only
 * the render engine would run the prelude at this load. Without the prelude the first
 * context could see state of the second context (prelude.c).
 */
static bool may_go_on(const struct xengt_engine *engine)
{
	const struct xengt_slot *first = engine->active.slot[0];
	const struct xengt_slot *second = engine->active.slot[1];

	if (engine->id == XENGT_ENGINE_RCS)
		return true;
	return !first->needs_prelude &&
	       (!second || second->exec == first->exec);
}

/*
 * Write the first context again, with more commands if possible. If a new
 * context is written to the second port and the first context has no more
 * commands, the first context gets the padding.
 */
static void go_on(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_ports want = engine->active;
	struct xengt_slot *first = want.slot[0], *second = want.slot[1];
	struct xengt_account *next;
	bool is_shown;

	/* the engine may already be running the second context */
	if (second && !can_leave(sched, second))
		return;
	is_shown = may_go_on(engine) && send_ahead(sched, engine, first);
	next = better_second(engine);
	if (!is_shown && !(next && send_pad(first)))
		return;
	want.is_forced = false;
	if (next)
		want.slot[1] = take(next);
	write_ports(sched, engine, &want);
}

/*
 * Make the engine save the first context and load it again, with more commands if
 * possible. If the engine must not leave the context now, the function does nothing;
 * then the context gets no more commands, and the engine leaves it when it has run the
 * commands that it got.
 */
static void reload(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_ports want = engine->active;
	struct xengt_slot *first = want.slot[0], *second = want.slot[1];

	/* the engine may already be running the second context */
	if (!can_leave(sched, first) || (second && !can_leave(sched, second)))
		return;
	if (!send_ahead(sched, engine, first))
		send_pad(first);
	xengt_prelude_order(first);
	want.is_forced = true;
	write_ports(sched, engine, &want);
}

void xengt_ports_dispatch(struct xengt_sched *sched, struct xengt_engine *engine)
{
	if (sched->hw->health->is_stopped)
		return;
	xengt_lane_charge(sched, engine);
	/* this call makes vGPUs ready whose caps allow them to run again */
	xengt_queue_next(&engine->queue, engine->charged_at);
	if (engine->running)
		xengt_lane_note_turn(engine);
	if (!engine->has_pending) {
		if (!engine->active.slot[0])
			begin(sched, engine);
		else if (sched->hw->is_shared)
			;	/* the engine first ends its part */
		else if (engine->active.slot[1] &&
			 engine->active.slot[1]->is_leaving)
			write_first(sched, engine);
		else if (engine->overdue_since)
			hand_over(sched, engine);
		else if (xengt_lane_reload_at(engine) <= engine->charged_at)
			reload(sched, engine);
		else
			go_on(sched, engine);
	}
	arm(sched, engine);
}

/* ---- events of an engine ---- */

static void ran_dry(struct xengt_sched *sched, struct xengt_engine *engine,
		    struct xengt_slot *slot)
{
	struct xengt_exec *exec = slot->exec;

	if (engine->has_pending && holds(&engine->pending, slot))
		return;			/* the context continues, because it was
					 * written to the ports again */
	slot->since = ++sched->clock;
	if (has_more(slot)) {
		xengt_lane_set_state(slot, XENGT_SLOT_QUEUED);
		return;
	}
	xengt_lane_set_state(slot, XENGT_SLOT_DONE);
	xengt_ports_count_in_flight(sched, -1);
	exec->counters.completions++;
	/*
	 * Always report a user interrupt with the end of a context. The
	 * interrupt of the context's last command may come later, when the
	 * guest has already seen the result of this command and has read the
	 * event of the context's end.
	 */
	exec->lanes[slot->engine].irq_bits |= XENGT_ENGINE_IRQ_USER;
	xengt_ports_notify(exec);
}

void xengt_ports_tell_irq(struct xengt_engine *engine, uint32_t bits)
{
	struct xengt_slot *slot = engine->active.slot[0];

	if (!bits || !slot)
		return;
	slot->exec->lanes[engine->id].irq_bits |= bits;
	xengt_ports_notify(slot->exec);
}

/*
 * Returns true if the context has run all commands that it got. A context
 * without further commands must not be written to the ports again.
 */
static bool is_at_its_end(const struct xengt_slot *slot)
{
	return xengt_context_head_at(slot) == slot->hw_tail &&
	       !xengt_context_is_in_batch(slot);
}

/*
 * Called for a context that is in no port any more. If the context has commands
 * left, it waits for another turn; otherwise the context is done. Possibly
 * the context has not run at all, so the engine's last vGPU becomes unknown.
 */
static void requeue(struct xengt_sched *sched, struct xengt_engine *engine,
		    struct xengt_slot *slot)
{
	xengt_prelude_forget(engine);
	if (is_at_its_end(slot))
		ran_dry(sched, engine, slot);
	else
		xengt_lane_set_state(slot, XENGT_SLOT_QUEUED);
}

/*
 * Make the pending ports the active ports. A context that is in no port any
 * more waits for another turn, or is done.
 */
static void promote(struct xengt_sched *sched, struct xengt_engine *engine,
		    bool first_is_done)
{
	struct xengt_ports old = engine->active;
	int i;

	if (!engine->has_pending)
		return;
	engine->active = engine->pending;
	engine->has_pending = false;
	if (old.slot[1] && old.slot[1] != engine->active.slot[1] &&
	    old.slot[0] == engine->active.slot[0] &&
	    old.slot[0]->exec != old.slot[1]->exec)
		old.slot[0]->needs_prelude = true;
	for (i = 0; i < 2; i++) {
		struct xengt_slot *s = old.slot[i];

		if (!s || holds(&engine->active, s))
			continue;
		if (!i && first_is_done)
			ran_dry(sched, engine, s);
		else
			requeue(sched, engine, s);
	}
}

static void first_completed(struct xengt_sched *sched,
			    struct xengt_engine *engine)
{
	struct xengt_slot *slot = engine->active.slot[0];

	if (!slot)
		return;
#ifndef XENGT_FAULT_OLD_FLUSH
	/* what the second context leaves in L3 was not flushed yet */
	if (engine->active.slot[1])
		slot->has_flushed = false;
#endif
	engine->active.slot[0] = engine->active.slot[1];
	engine->active.slot[1] = NULL;
	ran_dry(sched, engine, slot);
}

void xengt_ports_take_events(struct xengt_sched *sched,
			     struct xengt_engine *engine, uint32_t bits)
{
	uint32_t status;

	xengt_lane_charge(sched, engine);
	xengt_ports_tell_irq(engine, bits);
	note_flush(sched, engine);
	while (xengt_engine_next_event(sched, engine, &status)) {
		/*
		 * the engine is muted, so interrupts of the vGPU that now
		 * leaves the engine may be missing: report all kinds of
		 * interrupts to this vGPU
		 */
		if (engine->is_muted)
			xengt_ports_tell_irq(engine, XENGT_ENGINE_IRQ_GUEST);
		if (status & (XENGT_CSB_IDLE_ACTIVE | XENGT_CSB_PREEMPTED))
			promote(sched, engine, status & XENGT_CSB_COMPLETE);
		else if (status & XENGT_CSB_COMPLETE)
			first_completed(sched, engine);
		xengt_lane_note_running(sched, engine);
		note_flush(sched, engine);
		xengt_ports_tell_irq(engine, bits);
	}
}

void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine)
{
	memset(&engine->active, 0, sizeof(engine->active));
	engine->has_pending = false;
	engine->seen_slot = NULL;
	xengt_prelude_forget(engine);
	xengt_lane_note_running(sched, engine);
}

static void slots_of(const struct xengt_engine *engine, struct xengt_slot *ret[4])
{
	ret[0] = engine->active.slot[0];
	ret[1] = engine->active.slot[1];
	ret[2] = engine->has_pending ? engine->pending.slot[0] : NULL;
	ret[3] = engine->has_pending ? engine->pending.slot[1] : NULL;
}

void xengt_ports_note_stop(const struct xengt_engine *engine)
{
	struct xengt_slot *slots[4];
	int i;

	slots_of(engine, slots);
	for (i = 0; i < 4; i++) {
		if (slots[i])
			slots[i]->has_stop = true;
	}
}

void xengt_ports_empty(struct xengt_sched *sched, struct xengt_engine *engine,
		       const struct xengt_exec *cause)
{
	struct xengt_slot *slots[4];
	int i;

	slots_of(engine, slots);
	xengt_ports_forget(sched, engine);
	for (i = 0; i < 4; i++) {
		if (!slots[i] || slots[i]->state != XENGT_SLOT_ON_HW)
			continue;
		/*
		 * (do not look at the image of a context of 'cause': the reset
		 * may have damaged it)
		 */
		if (slots[i]->exec == cause)
			xengt_lane_set_state(slots[i], XENGT_SLOT_QUEUED);
		else
			requeue(sched, engine, slots[i]);
	}
}
