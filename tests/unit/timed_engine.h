/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A render engine for boundary_world.h whose work takes time. The engine runs the module's
 * rings; a batch lasts as long as its address says. The clock is that of boundary_world.h.
 * The clock jumps from one event to the next, so the test of a second of work takes only
 * milliseconds.
 *
 * The engine stops a context where hardware does: at the end of the context's ring, or
 * wherever arbitration is on, but never in an endless batch.
 */
#ifndef TIMED_ENGINE_H
#define TIMED_ENGINE_H

#include "boundary_world.h"

#define TIMED_RESET_NS	UINT64_C(300000)
#define TIMED_NEVER	(~(uint64_t)0)

/* Commands that guests write to their rings. */
#define TIMED_ARB_CHECK	0x02800000u
#define TIMED_ARB_OFF	0x04000000u
#define TIMED_ARB_ON	0x04000001u
#define TIMED_START	0x18800101u	/* followed by the address, then 0 */
/* A batch's address says how long the batch lasts: 100 ns for each 4 bytes. */
#define TIMED_UNIT_NS	UINT64_C(100)
#define TIMED_ENDLESS	0x1ffffcu

/* The engine's data of a context. */
struct timed_context {
	const struct xengt_slot *slot;	/* NULL: this element is free */
	uint64_t left_ns;		/* remaining time of the batch in which the engine
					 * stopped the context */
};

struct timed_engine {
	struct world *w;
	struct xengt_hw_ops ops;
	/*
	 * Called when ns of time have passed. exec is the vGPU whose context was first on the
	 * engine, or NULL. Also called for the time of a reset, for which the vGPU on the
	 * engine is charged, because the reset is for this vGPU.
	 */
	void (*passed)(const struct xengt_exec *exec, uint64_t ns);
	/*
	 * Called when the boundary has unlocked the engines, so that other guests may act.
	 * The pointer may be NULL.
	 */
	void (*unlocked)(void);
	bool is_reset;			/* true: passed() is called for the time of a reset */
	bool is_waited_for;		/* true: the boundary waits for the engine, and reads
					 * its state only from time to time */
	uint64_t unheard_ns;		/* time for which the boundary may not have noticed an
					 * event */
	/* the members below are for timed_engine.c only */
	struct timed_context contexts[4 * XENGT_EXEC_SLOTS];
	struct timed_context *active[2], *pending[2];
	bool has_pending, is_forced, is_arb_off;
	uint64_t ack_at;
	uint32_t head;
};

/* The engine, which exists only once. Attach the engine to a world that has no work yet. */
extern struct timed_engine timed_engine;
void timed_engine_attach(struct world *w,
			 void (*passed)(const struct xengt_exec *exec, uint64_t ns));

/* Returns the vGPU whose context is first, or NULL if the engine is idle. */
const struct xengt_exec *timed_engine_runs(void);
/*
 * Returns the time of the engine's next event, provided that no software accesses the
 * engine before this time.
 */
uint64_t timed_engine_next(void);
/* Let time pass, at most until timed_engine_next(). */
void timed_engine_pass(uint64_t ns);
/*
 * Let the engine do what is due now, until it reports an event to the module. Returns false
 * if nothing is due.
 */
bool timed_engine_run(void);
/* Returns the total time of this vGPU's batches that the engine still has to run. */
uint64_t timed_engine_has(const struct xengt_exec *exec);

#endif /* TIMED_ENGINE_H */
