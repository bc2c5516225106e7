/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engines as the rest of the simulator sees them: registers, reset, time.
 * Inside the execution unit, exec.h has the state.
 *
 * Registers of an engine that are plain live in sim->regs[], like all others;
 * sim_engine_reg_write() and sim_engine_reg_read() say false for those.
 */
#ifndef XENGT_SIM_ENGINE_H
#define XENGT_SIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xengt_sim;

enum sim_engine_id {
	SIM_RCS,		/* registers from 0x2000 */
	SIM_VCS,		/* 0x12000 */
	SIM_VECS,		/* 0x1a000 */
	SIM_BCS,		/* 0x22000 */
	SIM_ENGINES,
};

#define SIM_ENGINE_BIT(id)	(1U << (id))
#define SIM_ENGINE_ALL		((1U << SIM_ENGINES) - 1)

/* After the registers exist; -ENOMEM.  fini accepts what init left. */
int sim_engine_init(struct xengt_sim *sim);
void sim_engine_fini(struct xengt_sim *sim);

/*
 * A dword of BAR0, for mmio.c.  True: the offset is an engine's register with a
 * behaviour, and has been handled (stored too).  Neither runs commands: bar.c
 * calls sim_engine_run() after the write of a CPU.
 * val is the whole dword; merge a narrower access with the old value first
 * (masked registers: with 0).
 */
bool sim_engine_reg_write(struct xengt_sim *sim, uint32_t off, uint32_t val);
/* No side effects. */
bool sim_engine_reg_read(const struct xengt_sim *sim, uint32_t off,
			 uint32_t *val);

/* After a reset: what that leaves of an earlier life. */
void sim_engine_power_on(struct xengt_sim *sim);

/*
 * Domain reset of engines, mask of SIM_ENGINE_BIT(): ports empty, event buffer
 * as after reset, all registers from the engine's base at their reset values,
 * nothing saved.  Called by GDRST's handler and, with SIM_ENGINE_ALL, after
 * sim_mmio_reset().
 */
void sim_engine_reset(struct xengt_sim *sim, unsigned int engine_mask);

/*
 * Let every engine work: bounded, returns true if there is more to do now.
 * Moves sim->now forward by what the work took.  Inside itself (a command
 * that writes a register) it does nothing.
 */
bool sim_engine_run(struct xengt_sim *sim);

/*
 * A turn when nothing else is to do.  Returns 0 (more to do at once),
 * milliseconds until it wants another (a semaphore is polled), -1 for never.
 */
int sim_engine_idle(struct xengt_sim *sim);

/* Which engine's which command accesses now. */
struct sim_actor {
	enum sim_engine_id engine;
	uint64_t desc;			/* its context's, 0: none */
	uint64_t command_addr;
	uint32_t command;		/* the last one fetched */
	bool in_ppgtt;			/* where command_addr is */
	bool by_command;		/* an operand; else the streamer itself */
};

/* False: no engine works now. */
bool sim_engine_actor(const struct xengt_sim *sim, struct sim_actor *ret_actor);
const char *sim_engine_name(enum sim_engine_id id);


/*
 * Forget what the PPGTT walker has cached for these engines, mask of
 * SIM_ENGINE_BIT() (GFX_FLSH_CNTL, invalidation of one engine). Returns the engines
 * that do not, by stick_tlb.
 */
unsigned int sim_engine_tlb_flush(struct xengt_sim *sim,
				  unsigned int engine_mask);
/*
 * The engines, of those that are to be reset, that go on as if they were not. A reset
 * of the whole GPU that ends frees what sticks.
 */
unsigned int sim_engine_stuck(struct xengt_sim *sim, unsigned int engine_mask,
			      bool is_full);

#endif /* XENGT_SIM_ENGINE_H */
