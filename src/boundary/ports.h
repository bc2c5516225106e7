/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fills the ports of the engines, and gives vGPUs their turns. Called by
 * sched.c. The registers of the engines must be awake in a call that can cause
 * an event.
 */
#ifndef XENGT_PORTS_H
#define XENGT_PORTS_H

#include "boundary/exec.h"

/* Tell the vGPU that it has an event. */
void xengt_ports_notify(struct xengt_exec *exec);
/*
 * Count slots in flight, up or down. The hardware is awake while a slot is in
 * flight.
 */
void xengt_ports_count_in_flight(struct xengt_sched *sched, int change);

/*
 * Handle the engine's events. 'bits' is the engine's half of IIR, for the vGPU
 * on the engine.
 */
void xengt_ports_take_events(struct xengt_sched *sched,
			     struct xengt_engine *engine, uint32_t bits);
/* Report to the vGPU in the first port the interrupts that guests requested. */
void xengt_ports_tell_irq(struct xengt_engine *engine, uint32_t bits);
/*
 * Give waiting vGPUs the engine if that is possible now, and tell struct
 * xengt_hw_ops.call_at() when to look again.
 */
void xengt_ports_dispatch(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * The engine will be stopped: what it saves until it goes on may say that it is stopped
 * (struct xengt_slot.has_stop).
 */
void xengt_ports_note_stop(const struct xengt_engine *engine);
/*
 * The engine will be reset while it runs a context of the vGPU 'cause': the ports are empty
 * from now on. The contexts that were there wait again, except those of other vGPUs that
 * the engine had left at their end: they are done.
 */
void xengt_ports_empty(struct xengt_sched *sched, struct xengt_engine *engine,
		       const struct xengt_exec *cause);
/* Forget what was in the ports, after a reset. */
void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine);

#endif /* XENGT_PORTS_H */
