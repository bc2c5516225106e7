/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What is in the ports of the engines, and whose turn is next: for sched.c. The
 * registers of the engines are awake wherever an event may come of it.
 */
#ifndef XENGT_PORTS_H
#define XENGT_PORTS_H

#include "exec.h"

static inline struct xengt_lane *xengt_lane_of(const struct xengt_slot *slot)
{
	return &slot->exec->lanes[slot->engine];
}

/* The vGPU has an event. */
void xengt_ports_notify(struct xengt_exec *exec);
/* More or less slots in flight: the first wakes the hardware, the last lets it
 * sleep. */
void xengt_ports_count_in_flight(struct xengt_sched *sched, int change);
/* The one way in which a slot's state changes; its lane enters its engine's queue, or
 * leaves it. */
void xengt_ports_set_state(struct xengt_slot *slot, enum xengt_slot_state state);

/* Take what the engine tells; bits of its half of IIR for whoever is on it. */
void xengt_ports_take_events(struct xengt_sched *sched,
			     struct xengt_engine *engine, uint32_t bits);
/* Interrupts that guests asked for, to whoever is first. */
void xengt_ports_tell_irq(struct xengt_engine *engine, uint32_t bits);
/* Whoever runs pays for the time until now. */
void xengt_ports_charge(struct xengt_sched *sched, struct xengt_engine *engine);
/* Whatever can be done for those that wait is done, and struct xengt_hw_ops.call_at()
 * told when to look again. */
void xengt_ports_dispatch(struct xengt_sched *sched, struct xengt_engine *engine);
/* When to look at the engine again; XENGT_NEVER: when something happens. */
uint64_t xengt_ports_deadline(const struct xengt_sched *sched,
			      const struct xengt_engine *engine, uint64_t now);
/* Nothing is in the ports that is known of. */
void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Only the first context of the ports, shown again: with padding, or else saved and
 * loaded. The ports are acknowledged. False: the engine would have to leave a batch, and
 * must not.
 */
bool xengt_ports_write_first(struct xengt_sched *sched,
			     struct xengt_engine *engine);

#endif /* XENGT_PORTS_H */
