/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to one engine of the hardware: gives it contexts, reads its events,
 * resets it. Called by sched.c and by the owner of the GPU.
 */
#ifndef XENGT_ENGINE_H
#define XENGT_ENGINE_H

#include "boundary/exec.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

/* The interrupts that guests are told of, and those that the module enables. */
#define XENGT_ENGINE_IRQ_GUEST	(XENGT_ENGINE_IRQ_USER | \
				 XENGT_ENGINE_IRQ_FLUSH)
#define XENGT_ENGINE_IRQ_ALL	(XENGT_ENGINE_IRQ_GUEST | \
				 XENGT_ENGINE_IRQ_SWITCH)

/*
 * What sched.c needs of an engine: it takes contexts, and it tells what happens
 * to them. All operations are mandatory.
 *
 * xengt_engine_execlists is the hardware itself, with two ports and a status
 * buffer. If another driver owns the hardware, an engine may be a queue of that
 * driver: run() is a request to the driver, and next_event() tells what
 * happened to the requests, in the bits of the status buffer.
 */
struct xengt_engine_ops {
	/*
	 * Make the engine ready for contexts: interrupts are enabled, no event
	 * is pending, memory types are set. Needs engine->hws.
	 */
	void (*enable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/* Make the engine refuse contexts. Nothing runs on it. */
	void (*disable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Make the engine stand still, ready for a reset. Afterwards next_event()
	 * tells all that has happened. -EIO: the engine does not stand still, and may
	 * leave a context after that. go() undoes this.
	 */
	int (*stop)(struct xengt_sched *sched, struct xengt_engine *engine);
	void (*go)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * End whatever runs on this engine, which was stopped, and enable the
	 * engine again. Other engines go on. -EIO: the engine does not come out
	 * of the reset.
	 */
	int (*reset)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Run the contexts of *ports, first slot[0], then slot[1]. slot[1]
	 * NULL: run only slot[0].
	 */
	void (*run)(struct xengt_sched *sched, struct xengt_engine *engine,
		    const struct xengt_ports *ports);
	/*
	 * Read the next event into *ret_status (XENGT_CSB_*). False: there is
	 * none.
	 */
	bool (*next_event)(struct xengt_sched *sched,
			   struct xengt_engine *engine, uint32_t *ret_status);
	/* The head of the running ring, with the count of wraps. */
	uint32_t (*head)(struct xengt_sched *sched,
			 const struct xengt_engine *engine);
};

extern const struct xengt_engine_ops xengt_engine_execlists;
/* Names of the engines, for people: "rcs" and so on. */
extern const char *const xengt_engine_names[XENGT_ENGINES];

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

static inline int xengt_engine_stop(struct xengt_sched *sched,
				    struct xengt_engine *engine)
{
	return sched->hw->engine_ops->stop(sched, engine);
}

static inline void xengt_engine_go(struct xengt_sched *sched,
				   struct xengt_engine *engine)
{
	sched->hw->engine_ops->go(sched, engine);
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
 * Set the engine's mask: it raises the interrupts that guests request, unless
 * is_muted is set, and always those of the module. Its registers must be awake.
 */
void xengt_engine_write_mask(struct xengt_sched *sched,
			     const struct xengt_engine *engine);
/* Enable the interrupts of all engines in the banks of the GT. */
void xengt_engine_irqs_enable(struct xengt_sched *sched);
/*
 * Acknowledge the engines' interrupts and add them to ret_bits; each engine has
 * its half of an IIR. Returns whether there were any. Needs no lock, because no
 * other code uses these registers.
 */
bool xengt_engine_irqs_take(struct xengt_sched *sched,
			    uint32_t ret_bits[XENGT_ENGINES]);
/* Clock ticks since the GPU was switched on. */
uint64_t xengt_engine_timestamp(struct xengt_sched *sched);

#endif /* XENGT_ENGINE_H */
