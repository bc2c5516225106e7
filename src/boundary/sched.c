// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: turns
 *
 * What an engine has in its ports is known from what was written to them and
 * from its events:
 *
 *   written ---------------> pending, until the engine says so
 *   0x1, or 0x2 with others  pending becomes active
 *   0x10 complete            the first of active ran dry, the second is first
 *
 * Nothing is written while something is pending, so the two never diverge. An
 * engine that is given the context that it runs, with more to do or with
 * another one behind, goes on with it (lite restore).
 *
 * Hanging is: the head of the ring of the first context stands still for
 * hang_ns, whatever a batch does meanwhile. The engine is reset, the context's
 * vGPU blamed, and what else was in the ports runs again from its image, which
 * the hardware changes only when it has left a context.
 */
#include "bnd_sched.h"
#include "context.h"
#include "engine.h"
#include "prelude.h"
#include "slot.h"
#include "turn.h"
#include "hw/facts.h"
#include "hw/platform.h"

static void notify(struct xengt_exec *exec)
{
	exec->has_event = true;
	exec->guest.ops->event(exec->guest.ctx);
}

static void count_in_flight(struct xengt_sched *sched, int change)
{
	bool was_busy = sched->in_flight;

	sched->in_flight += change;
	if (!was_busy && sched->in_flight) {
		xengt_bnd_wake(sched->hw);
		sched->hw->ops->watch(sched->hw->ctx);
	} else if (was_busy && !sched->in_flight) {
		xengt_bnd_sleep(sched->hw);
	}
}

static bool holds(const struct xengt_ports *ports,
		  const struct xengt_slot *slot)
{
	return ports->slot[0] == slot || ports->slot[1] == slot;
}

/* ---- whose turn ---- */

/* The one that waits longest of this vGPU's. */
static struct xengt_slot *oldest_queued(struct xengt_exec *exec,
					enum xengt_engine_id engine)
{
	struct xengt_slot *best = NULL, *s;
	uint32_t i;

	for (i = 0; i < XENGT_EXEC_SLOTS; i++) {
		s = &exec->lanes[engine].slots[i];
		if (s->state == XENGT_SLOT_QUEUED &&
		    (!best || s->since < best->since))
			best = s;
	}
	return best;
}

/* Of the vGPU whose turn is next, beginning behind the one that had the last. */
static struct xengt_slot *next_queued(struct xengt_sched *sched,
				      const struct xengt_engine *engine)
{
	struct xengt_slot *slot;
	uint32_t i, index;

	for (i = 1; i <= sched->n_execs; i++) {
		index = (engine->last + i) % sched->n_execs;
		if (!sched->execs[index])
			continue;
		slot = oldest_queued(sched->execs[index], engine->id);
		if (slot)
			return slot;
	}
	return NULL;
}

/* Does another vGPU than this wait for the engine? */
static bool others_wait(struct xengt_sched *sched,
			const struct xengt_engine *engine,
			const struct xengt_exec *exec)
{
	const struct xengt_slot *second = engine->active.slot[1];
	uint32_t i;

	if (second && second->exec != exec)
		return true;
	for (i = 0; i < sched->n_execs; i++) {
		if (sched->execs[i] && sched->execs[i] != exec &&
		    oldest_queued(sched->execs[i], engine->id))
			return true;
	}
	return false;
}

static bool has_more(const struct xengt_slot *slot)
{
	return slot->hw_tail != slot->tail && !xengt_slot_is_padded(slot);
}

/* More of the ring, as much as the turn has left; false: nothing. */
static bool send_more(struct xengt_slot *slot)
{
	uint32_t end = xengt_turn_part(slot, slot->hw_tail, &slot->turn_left);

	if (end == slot->hw_tail)
		return false;
	slot->hw_tail = end;
	slot->is_padded = false;
	xengt_context_set_tail(slot, slot->hw_tail);
	return true;
}

static void begin_turn(struct xengt_slot *slot)
{
	slot->turn_left = XENGT_TURN_MAX;
	slot->turn_mark = slot->hw_tail;
}

/* Does the hardware work on what was sent last, and on nothing before that? */
static bool is_past_mark(const struct xengt_slot *slot, uint32_t head)
{
	return xengt_ring_span(slot, slot->turn_mark, head) <=
	       xengt_ring_span(slot, slot->turn_mark, slot->hw_tail);
}

/*
 * Nobody else waits. So that a ring full of small requests does not run dry
 * every time, the next turn is sent while the hardware is in this one: it never
 * has more than two.
 */
static bool send_ahead(struct xengt_sched *sched, struct xengt_engine *engine,
		       struct xengt_slot *slot)
{
	if (send_more(slot))
		return true;
	if (!is_past_mark(slot, xengt_engine_head(sched, engine) &
				XENGT_RING_ADDR))
		return false;
	begin_turn(slot);
	return send_more(slot);
}

/* So that it can be shown again though nothing was added. */
static bool send_pad(struct xengt_slot *slot)
{
	if (!slot->can_pad || slot->hw_tail != slot->tail)
		return false;
	slot->hw_tail = (slot->tail + XENGT_PAD_BYTES) % slot->ring_bytes;
	slot->is_padded = true;
	xengt_context_set_tail(slot, slot->hw_tail);
	return true;
}

static void write_ports(struct xengt_sched *sched, struct xengt_engine *engine,
			const struct xengt_ports *ports)
{
	engine->pending = *ports;
	engine->has_pending = true;
	if (!engine->active.slot[0])
		engine->seen_slot = NULL;
	xengt_engine_run(sched, engine, ports);
}

/* Takes the next one from the queue, if any. */
static struct xengt_slot *take(struct xengt_sched *sched,
			       struct xengt_engine *engine)
{
	struct xengt_slot *slot = next_queued(sched, engine);

	if (!slot)
		return NULL;
	engine->last = slot->exec->index;
	slot->state = XENGT_SLOT_ON_HW;
	xengt_prelude_enter(slot);
	begin_turn(slot);
	if (has_more(slot))
		send_more(slot);
	return slot;
}

/* The first context is shown again: with more to do, or, for the sake of one
 * that is to stand behind it, with padding. */
static bool can_go_on(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_slot *first = engine->active.slot[0];

	if (has_more(first) && !others_wait(sched, engine, first->exec) &&
	    send_ahead(sched, engine, first))
		return true;
	return !engine->active.slot[1] && next_queued(sched, engine) &&
	       send_pad(first);
}

static void dispatch(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_ports want = engine->active;

	want.is_forced = false;
	if (engine->has_pending || engine->is_dead ||
	    sched->hw->health->is_stopped)
		return;
	if (!want.slot[0]) {
		want.slot[0] = take(sched, engine);
		if (!want.slot[0])
			return;
	} else if (!can_go_on(sched, engine)) {
		return;
	}
	if (!want.slot[1])
		want.slot[1] = take(sched, engine);
	write_ports(sched, engine, &want);
}

/* ---- what an engine tells ---- */

static void ran_dry(struct xengt_sched *sched, struct xengt_engine *engine,
		    struct xengt_slot *slot)
{
	struct xengt_exec *exec = slot->exec;

	if (engine->has_pending && holds(&engine->pending, slot))
		return;			/* it goes on */
	slot->since = ++sched->clock;
	if (has_more(slot)) {
		slot->state = XENGT_SLOT_QUEUED;
		return;
	}
	slot->state = XENGT_SLOT_DONE;
	count_in_flight(sched, -1);
	exec->counters.completions++;
	/*
	 * Its last interrupt may come after this: the status page was written
	 * before, but read before, too.
	 */
	exec->lanes[slot->engine].irq_bits |= XENGT_ENGINE_IRQ_USER;
	notify(exec);
}

static void tell_irq(struct xengt_engine *engine, uint32_t bits)
{
	struct xengt_slot *slot = engine->active.slot[0];

	if (!bits || !slot)
		return;
	slot->exec->lanes[engine->id].irq_bits |= bits;
	notify(slot->exec);
}

/* It may not have run at all, so it is not who had the engine last. */
static void requeue(struct xengt_engine *engine, struct xengt_slot *slot)
{
	slot->state = XENGT_SLOT_QUEUED;
	xengt_prelude_forget(engine);
}

/* Pending becomes active. What is in it no more waits for another turn. */
static void promote(struct xengt_sched *sched, struct xengt_engine *engine,
		    bool first_is_done)
{
	struct xengt_ports old = engine->active;
	int i;

	if (!engine->has_pending)
		return;
	engine->active = engine->pending;
	engine->has_pending = false;
	for (i = 0; i < 2; i++) {
		struct xengt_slot *s = old.slot[i];

		if (!s || holds(&engine->active, s))
			continue;
		if (!i && first_is_done)
			ran_dry(sched, engine, s);
		else
			requeue(engine, s);
	}
}

static void first_completed(struct xengt_sched *sched,
			    struct xengt_engine *engine)
{
	struct xengt_slot *slot = engine->active.slot[0];

	if (!slot)
		return;
	engine->active.slot[0] = engine->active.slot[1];
	engine->active.slot[1] = NULL;
	ran_dry(sched, engine, slot);
}

static void take_events(struct xengt_sched *sched, struct xengt_engine *engine,
			uint32_t bits)
{
	uint32_t status;

	tell_irq(engine, bits);
	while (xengt_engine_next_event(sched, engine, &status)) {
		/* who leaves is told what was not raised */
		if (engine->is_muted)
			tell_irq(engine, XENGT_ENGINE_IRQ_GUEST);
		if (status & (XENGT_CSB_IDLE_ACTIVE | XENGT_CSB_PREEMPTED))
			promote(sched, engine, status & XENGT_CSB_COMPLETE);
		else if (status & XENGT_CSB_COMPLETE)
			first_completed(sched, engine);
		tell_irq(engine, bits);
	}
}

/* ---- interrupts that guests make engines raise ---- */

static void set_muted(struct xengt_sched *sched, struct xengt_engine *engine,
		      bool is_muted)
{
	engine->is_muted = is_muted;
	/* for registers that are awake */
	count_in_flight(sched, 1);
	xengt_engine_write_mask(sched, engine);
	count_in_flight(sched, -1);
}

static bool is_window_over(const struct xengt_engine *engine, uint64_t now)
{
	return now - engine->irqs_since >= XENGT_IRQ_WINDOW_NS;
}

/* One more: it was the last one of this window? */
static void count_irq(struct xengt_sched *sched, struct xengt_engine *engine)
{
	uint64_t now = xengt_bnd_now_ns(sched->hw);

	if (is_window_over(engine, now)) {
		engine->irqs_since = now;
		engine->irqs = 0;
	}
	if (++engine->irqs >= XENGT_IRQS_MAX && !engine->is_muted)
		set_muted(sched, engine, true);
}

bool xengt_sched_unmute(struct xengt_sched *sched)
{
	uint64_t now = xengt_bnd_now_ns(sched->hw);
	bool any = false;
	uint32_t i;

	for (i = 0; i < XENGT_ENGINES; i++) {
		struct xengt_engine *engine = &sched->engines[i];

		if (!engine->is_muted)
			continue;
		if (!is_window_over(engine, now)) {
			any = true;
			continue;
		}
		set_muted(sched, engine, false);
		tell_irq(engine, XENGT_ENGINE_IRQ_GUEST);
	}
	return any;
}

void xengt_sched_irq(struct xengt_sched *sched, enum xengt_engine_id id,
		     uint32_t bits)
{
	struct xengt_engine *engine = &sched->engines[id];

	if (bits & XENGT_ENGINE_IRQ_GUEST)
		count_irq(sched, engine);
	take_events(sched, engine, bits & XENGT_ENGINE_IRQ_GUEST);
	dispatch(sched, engine);
}

/* ---- resets ---- */

/* The vGPU's work on the engine ends; whoever owns it settles it later. */
static void drop_slot(struct xengt_slot *slot, bool is_silent)
{
	struct xengt_sched *sched = slot->exec->sched;

	if (slot->state != XENGT_SLOT_QUEUED && slot->state != XENGT_SLOT_ON_HW)
		return;
	slot->state = XENGT_SLOT_HUNG;
	slot->is_silent = is_silent;
	slot->since = ++sched->clock;
	count_in_flight(sched, -1);
}

static void drop_lane(struct xengt_exec *exec, enum xengt_engine_id engine)
{
	uint32_t i;

	for (i = 0; i < XENGT_EXEC_SLOTS; i++)
		drop_slot(&exec->lanes[engine].slots[i], true);
}

/* Nothing is in the ports of the engine that is known of. */
static void forget_ports(struct xengt_engine *engine)
{
	memset(&engine->active, 0, sizeof(engine->active));
	engine->has_pending = false;
	engine->seen_slot = NULL;
	xengt_prelude_forget(engine);
}

/*
 * An engine stays in its reset. All of the GPU is reset, so that nothing runs;
 * everybody's work has hung, on all engines, and no more will be taken.
 */
static void give_up(struct xengt_sched *sched)
{
	uint32_t i, e, k;

	sched->hw->health->resets_failed++;
	xengt_hw_full_reset(sched->hw);
	for (e = 0; e < XENGT_ENGINES; e++) {
		forget_ports(&sched->engines[e]);
		sched->engines[e].is_dead = true;
	}
	for (i = 0; i < sched->n_execs; i++) {
		struct xengt_exec *exec = sched->execs[i];

		if (!exec)
			continue;
		for (e = 0; e < XENGT_ENGINES; e++)
			for (k = 0; k < XENGT_EXEC_SLOTS; k++)
				drop_slot(&exec->lanes[e].slots[k], false);
		notify(exec);
	}
}

/* Nothing is in the ports afterwards; what was waits again. */
static void reset_engine(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_slot *slots[4] = {
		engine->active.slot[0], engine->active.slot[1],
		engine->has_pending ? engine->pending.slot[0] : NULL,
		engine->has_pending ? engine->pending.slot[1] : NULL,
	};
	int i;

	forget_ports(engine);
	for (i = 0; i < 4; i++) {
		if (slots[i] && slots[i]->state == XENGT_SLOT_ON_HW)
			slots[i]->state = XENGT_SLOT_QUEUED;
	}
	if (xengt_engine_reset(sched, engine) &&
	    xengt_engine_reset(sched, engine))
		give_up(sched);
}

static void blame(struct xengt_exec *exec)
{
	const struct xengt_sched *sched = exec->sched;
	const uint64_t period = XENGT_HANG_FORGET_MS * XENGT_NS_PER_MS;
	uint64_t now = xengt_bnd_now_ns(sched->hw);

	while (exec->hangs && now - exec->hang_since >= period) {
		exec->hangs--;
		exec->hang_since += period;
	}
	if (!exec->hangs)
		exec->hang_since = now;
	exec->hangs++;
	if (exec->hangs > XENGT_HANGS_MAX)
		exec->is_stopped = true;
}

static void hang(struct xengt_sched *sched, struct xengt_engine *engine)
{
	struct xengt_slot *slot = engine->active.slot[0] ?
		engine->active.slot[0] : engine->pending.slot[0];
	struct xengt_exec *exec = slot->exec;

	blame(exec);
	exec->counters.hangs++;
	xengt_hang_take(sched, engine, slot);
	exec->lanes[engine->id].is_hung = true;
	reset_engine(sched, engine);
	drop_slot(slot, false);
	drop_lane(exec, engine->id);
	notify(exec);
	dispatch(sched, engine);
}

static void watch(struct xengt_sched *sched, struct xengt_engine *engine)
{
	const struct xengt_slot *first = engine->active.slot[0];
	uint64_t now = xengt_bnd_now_ns(sched->hw);
	uint32_t head;

	if (!first && engine->has_pending)
		first = engine->pending.slot[0];
	if (!first) {
		engine->seen_slot = NULL;
		return;
	}
	head = xengt_engine_head(sched, engine);
	if (first != engine->seen_slot || head != engine->seen_head) {
		engine->seen_slot = first;
		engine->seen_head = head;
		engine->seen_at = now;
	} else if (now - engine->seen_at >= sched->hang_ns) {
		hang(sched, engine);
	}
}

bool xengt_sched_tick(struct xengt_sched *sched)
{
	uint32_t i;

	for (i = 0; i < XENGT_ENGINES && sched->in_flight; i++) {
		/* an interrupt may have been lost */
		xengt_sched_irq(sched, (enum xengt_engine_id)i, 0);
		watch(sched, &sched->engines[i]);
	}
	return sched->in_flight;
}

/* ---- taking a vGPU's work away ---- */

static bool is_on_hw(const struct xengt_exec *exec, enum xengt_engine_id engine)
{
	uint32_t i;

	for (i = 0; i < XENGT_EXEC_SLOTS; i++) {
		if (exec->lanes[engine].slots[i].state == XENGT_SLOT_ON_HW)
			return true;
	}
	return false;
}

/* Until the engine has acknowledged what was written; bounded. */
static bool wait_acknowledged(struct xengt_sched *sched,
			      struct xengt_engine *engine)
{
	uint64_t end = xengt_bnd_now_ns(sched->hw) +
		       XENGT_UNQUEUE_MS * XENGT_NS_PER_MS;

	for (;;) {
		take_events(sched, engine, 0);
		if (!engine->has_pending)
			return true;
		if (xengt_bnd_now_ns(sched->hw) >= end)
			return false;
		sched->hw->ops->wait_us(sched->hw->ctx, 20);
	}
}

/*
 * Another vGPU's context is in the first port and this one's only behind it: ask
 * the engine to forget the second. The first is not to be shown unchanged (see
 * can_pad), so it is saved and loaded if need be.
 */
static void unqueue_second(struct xengt_sched *sched,
			   struct xengt_engine *engine,
			   const struct xengt_exec *exec)
{
	struct xengt_ports want = { { NULL, NULL }, false };

	if (!wait_acknowledged(sched, engine))
		return;
	want.slot[0] = engine->active.slot[0];
	if (!want.slot[0] || want.slot[0]->exec == exec ||
	    !is_on_hw(exec, engine->id))
		return;
	want.is_forced = !send_pad(want.slot[0]);
	write_ports(sched, engine, &want);
	wait_acknowledged(sched, engine);
}

/* On return nothing of this vGPU is on the engine, nor waits for it. */
static void evict(struct xengt_exec *exec, enum xengt_engine_id id)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine = &sched->engines[id];
	const struct xengt_slot *first;

	take_events(sched, engine, 0);
	if (is_on_hw(exec, id))
		unqueue_second(sched, engine, exec);
	if (is_on_hw(exec, id)) {
		first = engine->active.slot[0];
		/* somebody else has to begin again because of it */
		if (first && first->exec != exec)
			blame(exec);
		reset_engine(sched, engine);
	}
	drop_lane(exec, id);
}

static void reset_lane(struct xengt_exec *exec, enum xengt_engine_id id)
{
	struct xengt_lane *lane = &exec->lanes[id];
	uint32_t i;

	evict(exec, id);
	for (i = 0; i < XENGT_EXEC_SLOTS; i++) {
		if (xengt_slot_is_settled_by_event(&lane->slots[i]))
			xengt_slot_settle(&lane->slots[i]);
	}
	lane->irq_bits = 0;
	lane->is_hung = false;
	dispatch(exec->sched, &exec->sched->engines[id]);
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

/* ---- for submit.c ---- */

void xengt_sched_queue(struct xengt_slot *slot)
{
	struct xengt_sched *sched = slot->exec->sched;

	slot->state = XENGT_SLOT_QUEUED;
	slot->since = ++sched->clock;
	count_in_flight(sched, 1);
	dispatch(sched, xengt_engine_of(slot));
}

void xengt_sched_more(struct xengt_slot *slot)
{
	dispatch(slot->exec->sched, xengt_engine_of(slot));
}
