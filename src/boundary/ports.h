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
 * A context left the engine, or its port: it waits again, unless it has no more
 * to do, in which case it is done. It may not have run at all, so it does not count
 * as the engine's last user.
 */
void xengt_ports_requeue(struct xengt_sched *sched, struct xengt_engine *engine,
			 struct xengt_slot *slot);
/* Forget what was in the ports, after a reset. */
void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Write only the first context of the ports again: with padding, or else
 * forced, so that it is saved and loaded. The ports must be acknowledged.
 * False: the engine would have to leave a batch, which this hardware must not.
 */
bool xengt_ports_write_first(struct xengt_sched *sched,
			     struct xengt_engine *engine);

#endif /* XENGT_PORTS_H */
