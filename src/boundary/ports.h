/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills the ports of the engines, and gives vGPUs their turns. Called by
 * sched.c. The registers of the engines must be awake in a call that can cause
 * an event.
 */
#ifndef XENGT_PORTS_H
#define XENGT_PORTS_H

#include "exec.h"

static inline struct xengt_lane *xengt_lane_of(const struct xengt_slot *slot)
{
	return &slot->exec->lanes[slot->engine];
}

/* Tell the vGPU that it has an event. */
void xengt_ports_notify(struct xengt_exec *exec);
/*
 * Count slots in flight, up or down. The hardware is awake while a slot is in
 * flight.
 */
void xengt_ports_count_in_flight(struct xengt_sched *sched, int change);
/*
 * Change a slot's state. All changes go through this function, because the
 * slot's lane enters its engine's queue, or leaves it.
 */
void xengt_ports_set_state(struct xengt_slot *slot, enum xengt_slot_state state);

/*
 * Handle the engine's events. 'bits' is the engine's half of IIR, for the vGPU
 * on the engine.
 */
void xengt_ports_take_events(struct xengt_sched *sched,
			     struct xengt_engine *engine, uint32_t bits);
/* Report to the vGPU in the first port the interrupts that guests requested. */
void xengt_ports_tell_irq(struct xengt_engine *engine, uint32_t bits);
/* Charge the running vGPU for the time until now. */
void xengt_ports_charge(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Give waiting vGPUs the engine if that is possible now, and tell struct
 * xengt_hw_ops.call_at() when to look again.
 */
void xengt_ports_dispatch(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * The time at which the engine must be looked at again. XENGT_NEVER: not before
 * the next event.
 */
uint64_t xengt_ports_deadline(const struct xengt_sched *sched,
			      const struct xengt_engine *engine, uint64_t now);
/* Forget what was in the ports, after a reset. */
void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Write only the first context of the ports again: with padding, or else
 * forced, so that it is saved and loaded. The ports must be acknowledged.
 * Returns false if the engine would have to leave a batch, which this hardware
 * must not.
 */
bool xengt_ports_write_first(struct xengt_sched *sched,
			     struct xengt_engine *engine);

#endif /* XENGT_PORTS_H */
