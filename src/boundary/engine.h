/* SPDX-License-Identifier: GPL-2.0-only */
/* An engine's registers: ports, events, reset. For sched.c. */
#ifndef XENGT_ENGINE_H
#define XENGT_ENGINE_H

#include "exec.h"
#include "hw/facts.h"

/* What guests are told of, and what the module enables. */
#define XENGT_ENGINE_IRQ_GUEST	(XENGT_ENGINE_IRQ_USER | \
				 XENGT_ENGINE_IRQ_FLUSH)
#define XENGT_ENGINE_IRQ_ALL	(XENGT_ENGINE_IRQ_GUEST | \
				 XENGT_ENGINE_IRQ_SWITCH)

/*
 * Execlists on, interrupts on, no event pending, memory types set. Needs
 * engine->hws.
 */
void xengt_engine_enable(struct xengt_sched *sched,
			 struct xengt_engine *engine);
/* Execlists off: nothing runs. */
void xengt_engine_disable(struct xengt_sched *sched,
			  struct xengt_engine *engine);
/* Reset of this engine alone, then enabled again. -EIO: it does not come back. */
int xengt_engine_reset(struct xengt_sched *sched, struct xengt_engine *engine);
/* Write both ports; the second may be NULL. */
void xengt_engine_write_ports(struct xengt_sched *sched,
			      struct xengt_engine *engine,
			      const struct xengt_ports *ports);
/* The next event of the status buffer; false: none. */
bool xengt_engine_next_csb(struct xengt_sched *sched,
			   struct xengt_engine *engine, uint32_t *ret_status);
/* Offset of the ring's head, with the count of wraps. */
uint32_t xengt_engine_head(struct xengt_sched *sched,
			   const struct xengt_engine *engine);
/*
 * Interrupts of all engines on, in the banks of the GT.
 */
void xengt_engine_irqs_enable(struct xengt_sched *sched);
/*
 * Acknowledge what the engines raised: adds to ret_bits, each engine's half of
 * its IIR. Returns whether there was anything. Needs no lock, for its registers
 * are nobody else's.
 */
bool xengt_engine_irqs_take(struct xengt_sched *sched,
			    uint32_t ret_bits[XENGT_ENGINES]);
/* Ticks since the GPU was switched on. */
uint64_t xengt_engine_timestamp(struct xengt_sched *sched);

#endif /* XENGT_ENGINE_H */
