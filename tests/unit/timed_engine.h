/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A render engine for boundary_world.h that takes its time: it runs the module's rings, and
 * a batch lasts as long as its address says. The clock is the world's. It jumps from one
 * event to the next, so that seconds cost milliseconds.
 *
 * The engine leaves a context where hardware does: at the end of its ring, or wherever
 * arbitration is on, but never in a batch without end.
 */
#ifndef TIMED_ENGINE_H
#define TIMED_ENGINE_H

#include "boundary_world.h"

#define TIMED_RESET_NS	UINT64_C(300000)
#define TIMED_NEVER	(~(uint64_t)0)

/* Commands of rings, as guests write them. */
#define TIMED_ARB_CHECK	0x02800000u
#define TIMED_ARB_OFF	0x04000000u
#define TIMED_ARB_ON	0x04000001u
#define TIMED_START	0x18800101u	/* then the address, then 0 */
/* A batch's address says how long the batch lasts: 100 ns for each 4 bytes. */
#define TIMED_UNIT_NS	UINT64_C(100)
#define TIMED_ENDLESS	0x1ffffcu

/* A context, as the engine sees it. */
struct timed_context {
	const struct xengt_slot *slot;	/* NULL: this element is free */
	uint64_t left_ns;		/* rest of the batch in which the engine left it */
};

struct timed_engine {
	struct world *w;
	struct xengt_hw_ops ops;
	/*
	 * Called when ns of time have passed. exec: the vGPU whose context was first on the
	 * engine; NULL: none. Also called for the time of a reset: the vGPU on the engine
	 * pays for the reset, because the engine is reset for nobody else.
	 */
	void (*passed)(const struct xengt_exec *exec, uint64_t ns);
	/* The boundary has unlocked the engines: others may do something. May be NULL. */
	void (*unlocked)(void);
	bool is_reset;			/* passed() is called for a reset */
	bool is_waited_for;		/* the boundary waits for the engine, and looks at it
					 * only now and then */
	uint64_t unheard_ns;		/* for so long the boundary may not have heard of
					 * an event */
	/* the rest is the engine's own */
	struct timed_context contexts[4 * XENGT_EXEC_SLOTS];
	struct timed_context *active[2], *pending[2];
	bool has_pending, is_forced, is_arb_off;
	uint64_t ack_at;
	uint32_t head;
};

/* There is one engine. Attach it to a world that has no work yet. */
extern struct timed_engine timed_engine;
void timed_engine_attach(struct world *w,
			 void (*passed)(const struct xengt_exec *exec, uint64_t ns));

/* Whose context is first? NULL: the engine is idle. */
const struct xengt_exec *timed_engine_runs(void);
/* The time at which the engine next does something, if nobody does anything to it. */
uint64_t timed_engine_next(void);
/* Let time pass, at most until timed_engine_next(). */
void timed_engine_pass(uint64_t ns);
/*
 * Let the engine do what is due now, until it reports something to the module. False: nothing
 * is due.
 */
bool timed_engine_run(void);
/* How long those batches of this vGPU last that the engine still has. */
uint64_t timed_engine_has(const struct xengt_exec *exec);

#endif /* TIMED_ENGINE_H */
