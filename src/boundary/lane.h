/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose turn it is on an engine, until when, and who waits for a turn: the time of each
 * lane (struct xengt_lane) is charged here, and lanes enter and leave their engine's
 * queue (share.h) here. ports.c carries out the turns. The caller holds engines_lock().
 */
#ifndef XENGT_LANE_H
#define XENGT_LANE_H

#include "boundary/exec.h"

static inline struct xengt_lane *xengt_lane_of(const struct xengt_slot *slot)
{
	return &slot->exec->lanes[slot->engine];
}

/* The context that the engine runs, as far as is known. NULL: the engine is idle. */
static inline struct xengt_slot *xengt_lane_first(const struct xengt_engine *engine)
{
	if (engine->active.slot[0])
		return engine->active.slot[0];
	return engine->has_pending ? engine->pending.slot[0] : NULL;
}

/*
 * Change a slot's state. All changes go through this function, because the
 * slot's lane enters its engine's queue, or leaves it.
 */
void xengt_lane_set_state(struct xengt_slot *slot, enum xengt_slot_state state);
/* The context of this vGPU that has waited longest. NULL: none waits for a turn. */
struct xengt_slot *xengt_lane_oldest_queued(struct xengt_lane *lane);

/* Charge the running vGPU for the time until now. */
void xengt_lane_charge(struct xengt_sched *sched, struct xengt_engine *engine);
/* The ports have changed: charge until now, and note which vGPU runs now and who comes next. */
void xengt_lane_note_running(struct xengt_sched *sched, struct xengt_engine *engine);

/*
 * Note whether the turn of the running vGPU is contended or over. The engine
 * runs something, and the vGPU was charged until now.
 */
void xengt_lane_note_turn(struct xengt_engine *engine);
/*
 * The account of another vGPU that should run next instead of the running one.
 * NULL: there is none.
 */
struct xengt_account *xengt_lane_rival(struct xengt_engine *engine);
/*
 * The time from which on the first context of the render engine should be loaded anew,
 * because frames of its vGPU wait for that. XENGT_NEVER: they do not.
 */
uint64_t xengt_lane_reload_at(const struct xengt_engine *engine);
/*
 * The time at which the engine must be looked at again. XENGT_NEVER: not before
 * the next event.
 */
uint64_t xengt_lane_deadline(const struct xengt_sched *sched,
			     const struct xengt_engine *engine, uint64_t now);

#endif /* XENGT_LANE_H */
