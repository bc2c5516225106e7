/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Access to one engine of the hardware: writes contexts to its ports, reads its
 * events, resets it. Called by sched.c and by the owner of the GPU.
 */
#ifndef XENGT_ENGINE_H
#define XENGT_ENGINE_H

#include "boundary/exec.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

/*
 * IRQ_GUEST: the interrupts that are reported to guests. IRQ_ALL: the
 * interrupts that the module enables.
 */
#define XENGT_ENGINE_IRQ_GUEST	(XENGT_ENGINE_IRQ_USER | \
				 XENGT_ENGINE_IRQ_FLUSH)
#define XENGT_ENGINE_IRQ_ALL	(XENGT_ENGINE_IRQ_GUEST | \
				 XENGT_ENGINE_IRQ_SWITCH)

/*
 * The operations of an engine that sched.c calls: an engine runs contexts and
 * reports events about them. All operations are mandatory.
 *
 * xengt_engine_execlists is the implementation for the hardware itself, with
 * two ports and a status buffer (CSB). If another driver owns the hardware
 * (is_shared of struct xengt_hw), run() is a request to this driver, and
 * next_event() reports what happened to the request, in the bits of the CSB:
 * kmod/i915/xengt_i915_engine.c.
 */
struct xengt_engine_ops {
	/*
	 * Make the engine ready to run contexts: afterwards interrupts are
	 * enabled, no event is pending, and memory types are set. The caller
	 * has allocated engine->hws.
	 */
	void (*enable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Make the engine refuse contexts. No context may be running on the
	 * engine.
	 */
	void (*disable)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Stop the engine, and make it ready for a reset. After the stop next_event()
	 * returns all that has happened on the engine. -EIO: the engine did not stop,
	 * and may still leave a context later. go() lets the engine run again.
	 */
	int (*stop)(struct xengt_sched *sched, struct xengt_engine *engine);
	void (*go)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Reset the engine, which stop() has stopped: its work ends, and the
	 * engine is enabled again. The other engines continue to run. -EIO: the
	 * engine does not come out of the reset.
	 */
	int (*reset)(struct xengt_sched *sched, struct xengt_engine *engine);
	/*
	 * Run the contexts of *ports, first slot[0], then slot[1]. slot[1]
	 * NULL: run only slot[0]. If another driver owns the GPU (is_shared),
	 * slot[1] is NULL, and no context is on the engine when run() is called.
	 */
	void (*run)(struct xengt_sched *sched, struct xengt_engine *engine,
		    const struct xengt_ports *ports);
	/*
	 * Read the next event into *ret_status (bits XENGT_CSB_*). False: there
	 * is no event.
	 */
	bool (*next_event)(struct xengt_sched *sched,
			   struct xengt_engine *engine, uint32_t *ret_status);
	/*
	 * The head register of the running ring, including the count of wraps. If
	 * another driver owns the GPU: of the ring in which this driver runs the
	 * context; while the context is not on the engine (stay() is 0),
	 * engine->seen_head.
	 */
	uint32_t (*head)(struct xengt_sched *sched,
			 const struct xengt_engine *engine);
	/*
	 * The time in ns, since the engine was made, during which contexts that
	 * run() gave to the engine were not on the engine, because the driver that
	 * owns the GPU ran its own work there. If no other driver owns the GPU: 0.
	 */
	uint64_t (*away_ns)(struct xengt_sched *sched,
			    const struct xengt_engine *engine);
	/*
	 * The number of the present stay of the first context on the engine; 0:
	 * the context is not on the engine. If two calls return the same number
	 * and this number is not 0, the engine's registers belonged to the context
	 * all the time between the calls. If no other driver owns the GPU: 1.
	 */
	uint32_t (*stay)(struct xengt_sched *sched,
			 const struct xengt_engine *engine);
	/*
	 * The offset in the slot's ring of the command at offset 'at' of the ring
	 * that the engine runs for this slot. If no other driver owns the GPU, the
	 * rings are the same. If the command is one of the driver's own: the
	 * offset of the guest's command before which or behind which the engine
	 * is.
	 */
	uint32_t (*slot_at)(struct xengt_sched *sched,
			    const struct xengt_engine *engine,
			    const struct xengt_slot *slot, uint32_t at);
};

extern const struct xengt_engine_ops xengt_engine_execlists;
/* Names of the engines for output: "rcs" and so on. */
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

static inline uint64_t xengt_engine_away_ns(struct xengt_sched *sched,
					    const struct xengt_engine *engine)
{
	return sched->hw->engine_ops->away_ns(sched, engine);
}

static inline uint32_t xengt_engine_stay(struct xengt_sched *sched,
					 const struct xengt_engine *engine)
{
	return sched->hw->engine_ops->stay(sched, engine);
}

static inline uint32_t xengt_engine_slot_at(struct xengt_sched *sched,
					    const struct xengt_engine *engine,
					    const struct xengt_slot *slot,
					    uint32_t at)
{
	return sched->hw->engine_ops->slot_at(sched, engine, slot, at);
}

/*
 * Set the engine's interrupt mask. The interrupts that the module needs are
 * always enabled. The interrupts that guests request are enabled unless
 * is_muted is set. The engine's registers must have power (xengt_bnd_wake()).
 */
void xengt_engine_write_mask(struct xengt_sched *sched,
			     const struct xengt_engine *engine);
/*
 * Enable the interrupts of all engines in the banks of the GT. If the GPU is
 * shared, its driver handles the interrupts, and this function does nothing;
 * the same holds for xengt_engine_write_mask().
 */
void xengt_engine_irqs_enable(struct xengt_sched *sched);
/*
 * Acknowledge the engines' interrupts, and add each engine's bits (its half of
 * an IIR) to ret_bits. Returns true if there were interrupts. Needs no lock,
 * because no other code uses the IIRs.
 */
bool xengt_engine_irqs_take(struct xengt_sched *sched,
			    uint32_t ret_bits[XENGT_ENGINES]);
/* The number of clock ticks since the GPU was switched on. */
uint64_t xengt_engine_timestamp(struct xengt_sched *sched);

#endif /* XENGT_ENGINE_H */
