/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engines as the other files of the simulator see them: registers, reset,
 * time. The state of the engines is in exec.h, which only the files of the
 * execution unit include.
 *
 * Registers of an engine that are plain memory are in sim->regs[], like all
 * other registers; sim_engine_reg_write() and sim_engine_reg_read() return
 * false for these registers.
 */
#ifndef XENGT_SIM_ENGINE_H
#define XENGT_SIM_ENGINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct xengt_sim;

enum sim_engine_id {
	SIM_RCS,		/* registers from 0x2000 */
	SIM_VCS,		/* registers from 0x12000 */
	SIM_VECS,		/* registers from 0x1a000 */
	SIM_BCS,		/* registers from 0x22000 */
	SIM_ENGINES,
};

#define SIM_ENGINE_BIT(id)	(1U << (id))
#define SIM_ENGINE_ALL		((1U << SIM_ENGINES) - 1)

/*
 * Call sim_engine_init() when the registers exist. sim_engine_init() returns 0
 * or -ENOMEM. sim_engine_fini() also cleans up after a failed
 * sim_engine_init().
 */
int sim_engine_init(struct xengt_sim *sim);
void sim_engine_fini(struct xengt_sim *sim);

/*
 * Store a dword of BAR0, for mmio.c. Returns true if off is a register of an
 * engine that is not plain memory; this function has then stored the value. No
 * command runs: bar.c calls sim_engine_run() after a write by the CPU. val is
 * the whole dword; for a narrower access the caller first merges val with the
 * old value (mask bits of a masked register are stored as 0).
 */
bool sim_engine_reg_write(struct xengt_sim *sim, uint32_t off, uint32_t val);
/* Is this a masked register that sim_engine_reg_write() handles? */
bool sim_engine_is_masked(const struct xengt_sim *sim, uint32_t off);
/*
 * Returns true if off is a register of an engine that is not plain memory. A
 * read has no side effects that software can see.
 */
bool sim_engine_reg_read(const struct xengt_sim *sim, uint32_t off,
			 uint32_t *val);

/*
 * Clear the state that a reset does not change: options, times, statistics.
 * Call this function only at power-on, after the reset.
 */
void sim_engine_power_on(struct xengt_sim *sim);

/*
 * Domain reset of the engines in mask (SIM_ENGINE_BIT()): the ports are
 * emptied, the event buffer and all registers from the engine's base get their
 * reset values, and nothing is saved. GDRST's handler calls this function; a
 * reset of the PCI function calls it with SIM_ENGINE_ALL after
 * sim_mmio_reset().
 */
void sim_engine_reset(struct xengt_sim *sim, unsigned int engine_mask);

/*
 * Let the engines do a bounded amount of work. Returns true if there is more to
 * do now. The function advances sim->now by the time of the work. A call from
 * within itself (by a command that writes a register) does nothing.
 */
bool sim_engine_run(struct xengt_sim *sim);

/*
 * Let the engines work while the caller has nothing else to do. Returns 0 if
 * there is more to do at once, the milliseconds until the next call (a
 * semaphore is polled), or -1 if no call is needed.
 */
int sim_engine_idle(struct xengt_sim *sim);

/* The engine and the command that make the present access. */
struct sim_actor {
	enum sim_engine_id engine;
	uint64_t desc;			/* descriptor of the engine's context;
					 * 0: no context */
	uint64_t command_addr;
	uint32_t command;		/* first dword of the last command that
					 * was fetched */
	bool in_ppgtt;			/* command_addr is an address in the
					 * PPGTT */
	bool in_ring;			/* the command is in the ring */
	bool in_indirect;		/* the command is in the indirect batch */
	bool by_command;		/* the access is for an operand;
					 * otherwise the command streamer itself
					 * makes the access */
};

/* Returns false if no engine works now. */
bool sim_engine_actor(const struct xengt_sim *sim, struct sim_actor *ret_actor);
const char *sim_engine_name(enum sim_engine_id id);


/*
 * Drop the PPGTT translations that the engines in mask (SIM_ENGINE_BIT()) have
 * cached, for GFX_FLSH_CNTL and the invalidation of one engine. Returns the
 * engines that keep their translations because of the option stick_tlb.
 */
unsigned int sim_engine_tlb_flush(struct xengt_sim *sim,
				  unsigned int engine_mask);
/*
 * Returns true if a write of GFX_FLSH_CNTL leaves the TLBs of engines as they
 * are (XENGT_SIM_STRICT_CACHES).
 */
bool sim_engine_keeps_tlbs(const struct xengt_sim *sim);
/*
 * Returns those of the engines in engine_mask that ignore a reset and continue.
 * is_full: the whole GPU is reset. If stick_full_reset is on, all engines
 * ignore a reset of the whole GPU. If stick_full_reset is off, no engine
 * ignores a reset of the whole GPU, and such a reset switches stick_tlb and
 * stick_reset off.
 */
unsigned int sim_engine_stuck(struct xengt_sim *sim, unsigned int engine_mask,
			      bool is_full);

#endif /* XENGT_SIM_ENGINE_H */
