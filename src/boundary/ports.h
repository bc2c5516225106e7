/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes contexts to the ports of the engines, and so gives vGPUs their turns.
 * Called by sched.c. The engines' registers must have power (xengt_bnd_wake())
 * during calls of xengt_ports_take_events() and xengt_ports_dispatch(), unless
 * no work is in flight.
 */
#ifndef XENGT_PORTS_H
#define XENGT_PORTS_H

#include "boundary/exec.h"

/* Report to the vGPU's owner that the vGPU has an event. */
void xengt_ports_notify(struct xengt_exec *exec);
/*
 * Add 'change' to the number of slots in flight. While this number is not 0,
 * the engines' registers have power.
 */
void xengt_ports_count_in_flight(struct xengt_sched *sched, int change);

/*
 * Handle the engine's events. 'bits' has interrupts from the engine's half of
 * the IIR; they are reported to the vGPUs that were on the engine.
 */
void xengt_ports_take_events(struct xengt_sched *sched,
			     struct xengt_engine *engine, uint32_t bits);
/*
 * Report these interrupts, which guests' commands requested, to the vGPU in the
 * engine's first port.
 */
void xengt_ports_tell_irq(struct xengt_engine *engine, uint32_t bits);
/*
 * Write contexts of waiting vGPUs to the ports if this is possible now, and
 * request the next xengt_sched_tick() by call_at() of struct xengt_hw_ops.
 */
void xengt_ports_dispatch(struct xengt_sched *sched, struct xengt_engine *engine);
/*
 * Called before the engine is stopped. While the engine is stopped, it may save the image of
 * a context in its ports, and this image then says that the engine is stopped. So this
 * function sets has_stop of these contexts' slots (struct xengt_slot).
 */
void xengt_ports_note_stop(const struct xengt_engine *engine);
/*
 * Called before a reset of an engine that runs a context of the vGPU 'cause': empties the
 * ports. A context of another vGPU that has run all its commands is done. All other contexts
 * that were in the ports wait for another turn.
 */
void xengt_ports_empty(struct xengt_sched *sched, struct xengt_engine *engine,
		       const struct xengt_exec *cause);
/*
 * Called after a reset: mark both ports as empty, without changing the contexts
 * that were in them.
 */
void xengt_ports_forget(struct xengt_sched *sched, struct xengt_engine *engine);

#endif /* XENGT_PORTS_H */
