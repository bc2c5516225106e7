/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which vGPU has the turn on an engine, when the turn ends, and which vGPUs wait for a
 * turn. The functions charge each lane (struct xengt_lane, exec.h) for its time, and
 * put lanes into their engine's queue (share.h) or remove them. ports.c then writes the
 * contexts to the ports. The caller holds engines_lock().
 */
#ifndef XENGT_LANE_H
#define XENGT_LANE_H

#include "boundary/exec.h"

static inline struct xengt_lane *xengt_lane_of(const struct xengt_slot *slot)
{
	return &slot->exec->lanes[slot->engine];
}

/*
 * The context that the engine runs, as far as the module knows from the engine's
 * events. NULL: the engine is idle.
 */
static inline struct xengt_slot *xengt_lane_first(const struct xengt_engine *engine)
{
	if (engine->active.slot[0])
		return engine->active.slot[0];
	return engine->has_pending ? engine->pending.slot[0] : NULL;
}

/*
 * Change a slot's state. All changes of the state are made by this function,
 * because it also puts the slot's lane into the engine's queue or removes the
 * lane.
 */
void xengt_lane_set_state(struct xengt_slot *slot, enum xengt_slot_state state);
/* Returns true if one of the lane's contexts is in the engine's ports. */
bool xengt_lane_is_on_hw(const struct xengt_lane *lane);
/*
 * The context of this lane that has waited longest for a turn. NULL: no context of
 * the lane waits.
 */
struct xengt_slot *xengt_lane_oldest_queued(struct xengt_lane *lane);

/*
 * The engine's clock in ns. The clock stands still while a context that the engine has
 * got waits there for work of the driver that owns the GPU; if no other driver owns the
 * GPU, the clock shows now_ns().
 */
uint64_t xengt_lane_clock(struct xengt_sched *sched,
			  const struct xengt_engine *engine);
/*
 * Charge the running vGPU for the time since it was last charged, without the time
 * during which the engine's clock stood still.
 */
void xengt_lane_charge(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Called when the ports have changed: charge for the time until now, and note which vGPUs are
 * now in the first and in the second port.
 */
void xengt_lane_note_running(struct xengt_sched *sched, struct xengt_engine *engine);

/*
 * Update contended_since and overdue_since of the engine: does another vGPU
 * wait, and is the turn over? The engine runs a context, and the running vGPU
 * was charged until now.
 */
void xengt_lane_note_turn(struct xengt_engine *engine);
/*
 * The account of another vGPU that should run instead of the running vGPU.
 * NULL: no other vGPU should run instead.
 */
struct xengt_account *xengt_lane_rival(struct xengt_engine *engine);
/*
 * The time from which on the render engine should load its first context again,
 * because kept frames of the context's vGPU wait for a load. XENGT_NEVER: no frames
 * wait.
 */
uint64_t xengt_lane_reload_at(const struct xengt_engine *engine);
/*
 * The time at which xengt_sched_tick() must look at the engine again.
 * XENGT_NEVER: not before the engine's next event.
 */
uint64_t xengt_lane_deadline(const struct xengt_sched *sched,
			     const struct xengt_engine *engine, uint64_t now);

#endif /* XENGT_LANE_H */
