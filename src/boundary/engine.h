/* SPDX-License-Identifier: GPL-2.0-only */
/* The engines: what runs there, events, reset. For sched.c, and for who has the GPU. */
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
 * The engines as sched.c needs them: contexts are given to an engine, and it tells
 * what became of them. All mandatory.
 *
 * xengt_engine_execlists is the hardware itself: two ports and a status buffer. Where
 * another driver owns the hardware, an engine may be that driver's queue: run() is a
 * request to it, and next_event() what it tells of its requests, in the bits of the
 * status buffer.
 */
struct xengt_engine_ops {
	/*
	 * It takes contexts from now on, interrupts are on, no event is pending,
	 * memory types are set. Needs engine->hws.
	 */
	void (*enable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/* It takes none: nothing runs. */
	void (*disable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Whatever runs ends, on this engine alone; then it is enabled again. -EIO:
	 * it does not come back.
	 */
	int (*reset)(struct xengt_sched *sched, struct xengt_engine *engine);
	/* Run these contexts, one after the other; the second may be NULL. */
	void (*run)(struct xengt_sched *sched, struct xengt_engine *engine,
		    const struct xengt_ports *ports);
	/* The next event: *ret_status, XENGT_CSB_*; false: none. */
	bool (*next_event)(struct xengt_sched *sched,
			   struct xengt_engine *engine, uint32_t *ret_status);
	/* Offset of the running ring's head, with the count of wraps. */
	uint32_t (*head)(struct xengt_sched *sched,
			 const struct xengt_engine *engine);
};

extern const struct xengt_engine_ops xengt_engine_execlists;

static inline void xengt_engine_enable(struct xengt_sched *sched,
				       struct xengt_engine *engine)
{
	sched->hw->engine_ops->enable(sched, engine);
}

static inline void xengt_engine_disable(struct xengt_sched *sched,
					struct xengt_engine *engine)
{
	sched->hw->engine_ops->disable(sched, engine);
}

static inline int xengt_engine_reset(struct xengt_sched *sched,
				     struct xengt_engine *engine)
{
	return sched->hw->engine_ops->reset(sched, engine);
}

static inline void xengt_engine_run(struct xengt_sched *sched,
				    struct xengt_engine *engine,
				    const struct xengt_ports *ports)
{
	sched->hw->engine_ops->run(sched, engine, ports);
}

static inline bool xengt_engine_next_event(struct xengt_sched *sched,
					   struct xengt_engine *engine,
					   uint32_t *ret_status)
{
	return sched->hw->engine_ops->next_event(sched, engine, ret_status);
}

static inline uint32_t xengt_engine_head(struct xengt_sched *sched,
					 const struct xengt_engine *engine)
{
	return sched->hw->engine_ops->head(sched, engine);
}

/*
 * The engine raises the interrupts that guests ask for, unless it is_muted; those of
 * its own in any case. Its registers are awake.
 */
void xengt_engine_write_mask(struct xengt_sched *sched,
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
