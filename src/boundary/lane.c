// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: whose turn it is
 *
 * A vGPU's turn on an engine begins when one of its contexts gets into the first
 * port. If another vGPU that should run now (share.h) waits, the turn ends after the
 * timeslice of the running vGPU, and ports.c writes the other vGPU's context to the
 * ports. If the running work is still on the engine when the timeout of its share
 * has passed after the end of the turn, the work has hung (sched.c).
 */
#include "boundary/lane.h"
#include "boundary/bnd_hw.h"
#include "boundary/engine.h"
#include "boundary/exec.h"
#include "boundary/prelude.h"
#include "boundary/share.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"

/* ---- the running vGPU ---- */

/* Like xengt_lane_clock(); also writes now_ns() of the same moment. */
static uint64_t read_clock(struct xengt_sched *sched,
			   const struct xengt_engine *engine, uint64_t *ret_now)
{
	uint64_t away = xengt_engine_away_ns(sched, engine);

	*ret_now = xengt_bnd_now_ns(sched->hw);
#ifdef XENGT_FAULT_COUNT_HOST
	return *ret_now;
#endif
	return *ret_now - away;
}

uint64_t xengt_lane_clock(struct xengt_sched *sched,
			  const struct xengt_engine *engine)
{
	uint64_t now;

	return read_clock(sched, engine, &now);
}

void xengt_lane_charge(struct xengt_sched *sched, struct xengt_engine *engine)
{
	uint64_t now, clock = read_clock(sched, engine, &now);

	engine->charged_at = now;
	/* the driver may have told late that its own work began */
	if (clock < engine->clock_at)
		clock = engine->clock_at;
	if (engine->running)
		xengt_queue_charge(&engine->queue, &engine->running->account,
				   clock - engine->clock_at, now);
	engine->clock_at = clock;
}

/*
 * The least virtual time of the vGPUs whose contexts are in the ports, except
 * 'running'.
 */
static uint64_t least_given(const struct xengt_engine *engine,
			    const struct xengt_lane *running)
{
	const struct xengt_ports *const ports[2] = {
		&engine->active, engine->has_pending ? &engine->pending : NULL,
	};
	uint64_t least = XENGT_NEVER;
	int i;

	for (i = 0; i < 4; i++) {
		struct xengt_slot *s = ports[i / 2] ? ports[i / 2]->slot[i % 2] :
						      NULL;

		if (s && xengt_lane_of(s) != running &&
		    xengt_lane_of(s)->account.vtime < least)
			least = xengt_lane_of(s)->account.vtime;
	}
	return least;
}

void xengt_lane_note_running(struct xengt_sched *sched, struct xengt_engine *engine)
{
	const struct xengt_slot *first = xengt_lane_first(engine);
	struct xengt_lane *lane = first ? xengt_lane_of(first) : NULL;
	uint64_t given = least_given(engine, lane);

	/*
	 * during the charge, queue.given takes into account the vGPUs that were
	 * in the ports until now and the vGPUs that are in the ports now
	 */
	if (engine->queue.given > given)
		engine->queue.given = given;
	xengt_lane_charge(sched, engine);
	/* (the vGPU that was charged may be in the second port now) */
	engine->queue.given = least_given(engine, lane);
	if (lane == engine->running)
		return;
	engine->running = lane;
	engine->turn_since = engine->clock_at;
	engine->contended_since = 0;
	engine->overdue_since = 0;
}

static bool is_of_another(const struct xengt_engine *engine,
			  const struct xengt_slot *slot)
{
	return slot && xengt_lane_of(slot) != engine->running;
}

/* Returns true if a vGPU other than the running vGPU waits for the engine. */
static bool others_wait(const struct xengt_engine *engine)
{
	const struct xengt_heap *ready = &engine->queue.ready;
	const struct xengt_lane *lane = engine->running;

	return is_of_another(engine, engine->active.slot[1]) ||
	       (engine->has_pending &&
		(is_of_another(engine, engine->pending.slot[0]) ||
		 is_of_another(engine, engine->pending.slot[1]))) ||
	       ready->n > (lane->account.heap == ready);
}

struct xengt_account *xengt_lane_rival(struct xengt_engine *engine)
{
	struct xengt_slot *second = engine->active.slot[1];
	struct xengt_heap *ready = &engine->queue.ready;
	struct xengt_account *own = &engine->running->account, *best = NULL;

	if (is_of_another(engine, second) && !second->is_leaving)
		best = &xengt_lane_of(second)->account;
	if (ready->n && ready->at[0] != own &&
	    (!best || xengt_account_is_before(ready->at[0], best)))
		best = ready->at[0];
	return best && xengt_account_is_before(best, own) ? best : NULL;
}

void xengt_lane_note_turn(struct xengt_engine *engine)
{
	const struct xengt_share *share = engine->running->account.share;
	uint64_t now = engine->clock_at;

	if (!others_wait(engine)) {
		engine->contended_since = 0;
		engine->overdue_since = 0;
		return;
	}
	if (!engine->contended_since)
		engine->contended_since = now;
	if (!engine->awaited && now - engine->turn_since < share->slice_ns) {
		engine->overdue_since = 0;
		return;
	}
	if (!engine->awaited && !engine->has_pending && !xengt_lane_rival(engine)) {
		/*
		 * no other vGPU should run now, so the running vGPU gets one
		 * more timeslice
		 */
		engine->turn_since = now;
		engine->overdue_since = 0;
	} else if (!engine->overdue_since) {
		engine->overdue_since = now;
	}
}

/* ---- deadlines ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t xengt_lane_reload_at(const struct xengt_engine *engine)
{
	const struct xengt_slot *first = engine->active.slot[0];

	if (engine->id != XENGT_ENGINE_RCS || !first ||
	    !xengt_slot_must_reload(first))
		return XENGT_NEVER;
	return first->exec->kept_since + XENGT_RELOAD_MS * XENGT_NS_PER_MS;
}

uint64_t xengt_lane_deadline(const struct xengt_sched *sched,
			     const struct xengt_engine *engine, uint64_t now)
{
	const struct xengt_share *share;
	uint64_t at = xengt_queue_held_until(&engine->queue), since, lag;

	if (!engine->running)
		return at;
	/*
	 * (if the time of the reload has passed already, the next event starts
	 * the reload)
	 */
	if (xengt_lane_reload_at(engine) > now)
		at = earlier(at, xengt_lane_reload_at(engine));
	share = engine->running->account.share;
	if (!engine->contended_since)
		return earlier(at, now + sched->hang_ns / 4);
	/*
	 * check at regular intervals whether the head of the running context
	 * moves, and also at the end of the time within which it must move
	 */
	at = earlier(at, now + share->timeout_ns / 4);
	/* the engine's clock reaches a time 'lag' later, or still later */
	lag = engine->charged_at - engine->clock_at;
	since = engine->seen_at > engine->contended_since ?
		engine->seen_at : engine->contended_since;
	if (engine->seen_slot && since + share->timeout_ns + lag > now)
		at = earlier(at, since + share->timeout_ns + lag);
	return earlier(at, lag + (engine->overdue_since ?
				  engine->overdue_since + share->timeout_ns :
				  engine->turn_since + share->slice_ns));
}

/* ---- waiting contexts ---- */

struct xengt_slot *xengt_lane_oldest_queued(struct xengt_lane *lane)
{
	struct xengt_slot *best = NULL, *s;

	xengt_for_each(s, lane->slots) {
		if (s->state == XENGT_SLOT_QUEUED && !s->is_leaving &&
		    (!best || s->since < best->since))
			best = s;
	}
	return best;
}

bool xengt_lane_is_on_hw(const struct xengt_lane *lane)
{
	const struct xengt_slot *s;

	xengt_for_each(s, lane->slots) {
		if (s->state == XENGT_SLOT_ON_HW)
			return true;
	}
	return false;
}

static bool is_in_flight(const struct xengt_lane *lane)
{
	const struct xengt_slot *s;

	xengt_for_each(s, lane->slots) {
		if (s->state == XENGT_SLOT_QUEUED || s->state == XENGT_SLOT_ON_HW)
			return true;
	}
	return false;
}

void xengt_lane_set_state(struct xengt_slot *slot, enum xengt_slot_state state)
{
	struct xengt_lane *lane = xengt_lane_of(slot);
	struct xengt_sched *sched = slot->exec->sched;
	struct xengt_engine *engine = xengt_engine_of(slot);
	bool is_back = !is_in_flight(lane), waits;

	slot->state = state;
	waits = xengt_lane_oldest_queued(lane);
	if (waits == (lane->account.heap != NULL))
		return;
	/* this charge advances the queue's clock to the present time */
	xengt_lane_charge(sched, engine);
	if (waits)
		xengt_queue_enter(&engine->queue, &lane->account, is_back,
				  engine->charged_at);
	else
		xengt_queue_leave(&lane->account);
}
