/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the execution unit: state of an engine, and what its files offer each
 * other.
 *
 *	engine.c	lets each engine work in turn
 *	exec.c		takes its next command, by cmd_table.c
 *	cmd.c blit.c	execute it		ports.c lrc.c	switch contexts
 *	cmd_regs.c	registers in commands
 *	image.c		what images hold	csb.c	events
 *	tear.c		a reset amid a switch
 *	mmio.c		registers that commands reach
 *	engine_regs.c	those of the engines, by CPU and commands
 *	ppgtt.c walk.c	memory
 *	image_make.c image_table.c	what an image is made of
 *	engine_tell.c	time, events, errors	level.c		position
 *
 * Each calls those below it only.
 */
#ifndef XENGT_SIM_EXEC_H
#define XENGT_SIM_EXEC_H

#include "sim_priv.h"
#include "engine.h"

/* Offsets from an engine's base. */
enum sim_ring_reg {
	RING_TAIL = 0x30,
	RING_HEAD = 0x34,
	RING_START = 0x38,
	RING_CTL = 0x3c,
	RING_ACTHD_UDW = 0x5c,
	RING_DMA_FADD_UDW = 0x60,
	RING_IPEIR = 0x64,
	RING_IPEHR = 0x68,
	RING_INSTDONE = 0x6c,
	RING_ACTHD = 0x74,
	RING_DMA_FADD = 0x78,
	RING_HWS_PGA = 0x80,
	RING_NOPID = 0x94,
	RING_MI_MODE = 0x9c,
	RING_IMR = 0xa8,
	RING_EIR = 0xb0,
	RING_EMR = 0xb4,
	RING_ESR = 0xb8,
	RING_INSTPM = 0xc0,
	RING_RESET_CTL = 0xd0,
	RING_BBSTATE = 0x110,
	RING_SBBADDR = 0x114,
	RING_SBBSTATE = 0x118,
	RING_SBBADDR_UDW = 0x11c,
	RING_BBADDR = 0x140,
	RING_BBADDR_UDW = 0x168,
	RING_BB_PER_CTX = 0x1c0,
	RING_INDIRECT_CTX = 0x1c4,
	RING_SWCTRL = 0x200,		/* BCS: tiling of the blitter */
	RING_ELSP = 0x230,
	RING_STATUS_LO = 0x234,
	RING_STATUS_HI = 0x238,
	RING_CTX_CONTROL = 0x244,
	RING_PDP0 = 0x270,
	RING_MODE = 0x29c,
	RING_TIMESTAMP = 0x358,
	RING_CSB = 0x370,
	RING_CSB_PTR = 0x3a0,
	RING_CTX_TIMESTAMP = 0x3a8,
	RING_PRED_RESULT_2 = 0x3bc,
	RING_PRED_SRC0 = 0x400,
	RING_PRED_SRC1 = 0x408,
	RING_PRED_DATA = 0x410,
	RING_PRED_RESULT = 0x418,
	RING_NONPRIV = 0x4d0,
	RING_GPR = 0x600,
};

#define RING_CTL_VALID		1U
#define RING_HEAD_ADDR		0x1ffffcU
#define RING_TAIL_ADDR		0x1ffff8U
#define MI_MODE_STOP		0x100U
#define MI_MODE_IDLE		0x200U
#define MODE_RUN_LIST		0x8000U
#define MODE_PPGTT		0x200U
#define CTX_RESTORE_INHIBIT	1U
#define BB_VALID		1U
#define BBSTATE_PPGTT		0x20U

#define ESR_INSTRUCTION		1U

#define EVENT_USER		0x001U
#define EVENT_CS_ERROR		0x008U
#define EVENT_FLUSH		0x010U
#define EVENT_SWITCH		0x100U
#define EVENT_SEMAPHORE		0x800U

/* Low dword of an event in the context status buffer. */
#define CSB_IDLE_ACTIVE		0x0001U
#define CSB_PREEMPTED		0x0002U
#define CSB_ELEMENT_SWITCH	0x0004U
#define CSB_ACTIVE_IDLE		0x0008U
#define CSB_COMPLETE		0x0010U
#define CSB_LITE_RESTORE	0x8000U
#define CSB_SLOTS		6U

#define DESC_VALID		1ULL
#define DESC_FORCE_RESTORE	4ULL
#define DESC_MODE(d)		((unsigned int)((d) >> 3) & 3)
#define DESC_LRCA(d)		((uint32_t)(d) & 0xfffff000U)

/* Page table entries of all levels */
#define SIM_PTE_P		0x001ULL
#define SIM_PTE_RW		0x002ULL
#define SIM_PDE_PS		0x080ULL	/* 2 MiB page */
#define SIM_PDE_IPS		0x800ULL	/* table of 64 KiB pages */

#define SIM_CMD_BITS		10U	/* of a length, if with a handler */
#define SIM_CMD_DWORDS		1025U	/* the longest of them */

enum sim_space { SIM_GGTT, SIM_PPGTT };

/* Where the command streamer takes its next command from. */
enum sim_level {
	SIM_RING,
	SIM_BATCH,
	SIM_BATCH2,
	SIM_INDIRECT_CTX,	/* workaround batches, after a restore */
	SIM_PER_CTX,
};

enum sim_stop {
	SIM_STOP_NONE,
	SIM_STOP_FAULT,		/* page fault: hangs until reset */
	SIM_STOP_ERROR,		/* undefined command: hangs until reset */
};

/* What takes its time where XENGT_SIM_STRICT_TORN is on. */
enum sim_switch {
	SIM_SWITCH_NONE,
	SIM_SWITCH_SAVING,		/* port[0]; not yet in memory */
	SIM_SWITCH_LOADING,		/* port[0]; is_loaded already */
};

#define SIM_WALK_TABLES		4

/* A way through the page tables. */
struct sim_walk {
	uint64_t pte;			/* of a 4 KiB page; 0: not present */
	unsigned int level;		/* that was looked at last, 0 the last */
	unsigned int n_tables;
	uint64_t table[SIM_WALK_TABLES];	/* bus addresses */
};

struct sim_tlb_entry {
	uint64_t page;			/* of the address space */
	uint64_t bus;
	uint32_t epoch;
	bool writable;
	uint8_t *host;			/* NULL: not directly reachable */
	uint8_t n_tables;		/* the way there, for the judge */
	uint32_t table[SIM_WALK_TABLES];	/* frames */
};

/*
 * Translations by page: a hash table with open addressing, which grows as it
 * fills.  An entry of another epoch is a free one; nothing is taken out within
 * an epoch.
 */
struct sim_tlb {
	struct sim_tlb_entry *slots;
	uint32_t n_slots;		/* a power of two */
	uint32_t n_used;		/* of this epoch */
	uint32_t epoch;
};

#define SIM_TLB_PAGES_MAX	(128U << 10)	/* then it starts afresh */

struct sim_image;

struct sim_batch {
	uint64_t addr;
	bool is_ppgtt;			/* and thus not privileged */
};

struct sim_engine {
	enum sim_engine_id id;
	uint32_t base;

	/* execlists */
	uint32_t elsp[4];
	unsigned int n_elsp;
	uint64_t port[2];		/* descriptors in force, 0: none */
	uint64_t queued[2];		/* written, not yet taken over */
	bool has_queued;
	bool is_loaded;			/* port[0]'s context is in registers */
	uint64_t resident;		/* whose registers they are; saved, too */
	enum sim_switch switching;
	uint32_t switch_runs;		/* until it is over */
	uint32_t last_switch;		/* reason, for the status register */
	uint32_t last_ctx;

	/* command streamer */
	enum sim_level level;
	enum sim_level resume;		/* level after the workaround batches */
	struct sim_batch bb[2];
	uint64_t wa_addr;
	uint64_t wa_end;
	bool arb_off;
	unsigned int noop_mode;		/* MI_SET_PREDICATE */
	bool is_waiting;		/* at a semaphore */
	enum sim_stop stop;
	uint64_t time;			/* own virtual time */
	uint64_t ctx_since;		/* restore, ticks of its clock */
	uint64_t cmd_addr;		/* of the command being executed */
	enum sim_space cmd_space;
	bool in_command;		/* its operands, not the fetch */
	uint32_t progress;		/* rows of a blit already done */
	bool is_row_filled;		/* a fill's row is in the staging */

	/* page tables */
	struct sim_tlb tlb;

	struct sim_image *image;	/* its shape, and state in it */

	/* an event's entry on its way to the status page; csb.c */
	struct {
		uint32_t runs;		/* left; 0: there is none */
		uint32_t slot;
		uint32_t entry[2];
	} late;

	/* in shared local memory and EU registers: the judge's token */
	uint16_t threads_token;

	struct xengt_sim_engine_stats stats;
};

struct sim_exec {
	struct sim_engine engine[SIM_ENGINES];
	struct xengt_sim_exec_opts opts;
	struct sim_engine *current;	/* executes a command right now */
	uint16_t mi[SIM_ENGINES][64];	/* opcode -> row + 1, 0: none */
	uint16_t blt[SIM_ENGINES][128];
	uint16_t rc[SIM_ENGINES][8192];
	uint8_t *row[2];		/* staging of the blitter */
};

enum sim_cmd_result {
	SIM_CMD_DONE,
	SIM_CMD_WAIT,		/* same command again, later */
	SIM_CMD_MORE,		/* same command again, soon */
	SIM_CMD_STOPPED,	/* the engine hangs */
};

/* One command with its operands. */
struct sim_cmd {
	struct xengt_sim *sim;
	struct sim_engine *e;
	bool is_priv;
	bool is_no_arb;			/* no arbitration point after all */
	unsigned int len;		/* dwords */
	unsigned int cost_ns;		/* handlers may add */
	uint32_t dw[SIM_CMD_DWORDS];
};

typedef enum sim_cmd_result sim_cmd_fn(struct sim_cmd *c);

#define SIM_CMD_PRIV		0x01	/* a no-op in other batches */
#define SIM_CMD_GGTT22		0x02	/* bit 22: GGTT, needs privilege */
#define SIM_CMD_CLEAR22		0x10	/* the same, without it as if clear */
#define SIM_CMD_NOT_SKIPPED	0x04	/* works under MI_SET_PREDICATE */
#define SIM_CMD_ARB		0x08	/* arbitration point */
#define SIM_CMD_THREADS		0x20	/* starts threads on EUs */

struct sim_cmd_row {
	uint32_t opcode;
	uint8_t engines;		/* SIM_ENGINE_BIT() */
	const char *name;
	uint8_t gens;			/* 0: all */
	uint8_t flags;
	uint8_t len_fixed;		/* dwords; 0: from the command */
	uint8_t len_bits;		/* width of its length field */
	uint8_t len_min;		/* shorter is undefined */
	uint16_t cost_ns;		/* 0: as is usual for its client */
	sim_cmd_fn *fn;			/* NULL: takes its time, does nothing */
};

/* cmd_table.c */
const struct sim_cmd_row *sim_cmd_rows(size_t *ret_n);
/* NULL, or what is wrong with the table. */
const char *sim_cmd_check(char *why, size_t bytes);
void sim_cmd_index(struct sim_exec *x, unsigned int gen);
const struct sim_cmd_row *sim_cmd_find(const struct sim_exec *x,
				       enum sim_engine_id id, uint32_t dw0);
unsigned int sim_cmd_len(const struct sim_cmd_row *row, uint32_t dw0);
unsigned int sim_cmd_cost_ns(const struct sim_cmd_row *row);

/* exec.c */
/* One command; false when there is nothing to do for this engine now. */
bool sim_exec_step(struct xengt_sim *sim, struct sim_engine *e);

/* level.c */
/* A batch begins. */
void sim_level_enter(struct sim_engine *e, enum sim_level level, uint64_t addr,
		     bool is_ppgtt);
/* MI_BATCH_BUFFER_END and its conditional relative. */
void sim_level_return(struct xengt_sim *sim, struct sim_engine *e);
/* After the batches that a restore runs, go on where the context was. */
void sim_level_leave_wa(struct xengt_sim *sim, struct sim_engine *e);

/* Is a strictness on?  what: one of XENGT_SIM_STRICT_* */
static inline bool sim_is_strict(const struct xengt_sim *sim, unsigned int what)
{
	return sim->exec->opts.strict & what;
}

/* The bits that MI_LOAD_REGISTER_IMM writes: bits 11:8 each keep a byte. */
static inline uint32_t sim_load_bytes(const struct xengt_sim *sim, uint32_t dw0)
{
	uint32_t off = dw0 >> 8 & 0xf;

	if (!sim_is_strict(sim, XENGT_SIM_STRICT_BYTES))
		return ~0U;
	/* bit n of the four to byte n of the mask */
	return ~((off * 0x00204081U & 0x01010101U) * 0xffU);
}

/* Registers of an engine as plain memory. */
static inline uint32_t *sim_ring_reg(struct xengt_sim *sim,
				     const struct sim_engine *e, uint32_t reg)
{
	return &sim->regs[(e->base + reg) / 4];
}
static inline bool sim_engine_is_execlist(struct xengt_sim *sim,
					  const struct sim_engine *e)
{
	return *sim_ring_reg(sim, e, RING_MODE) & MODE_RUN_LIST;
}
/* In no batch, and nothing of the ring is left. */
static inline bool sim_engine_is_ring_empty(struct xengt_sim *sim,
					    const struct sim_engine *e)
{
	return e->level == SIM_RING &&
		(*sim_ring_reg(sim, e, RING_HEAD) & RING_HEAD_ADDR) ==
		(*sim_ring_reg(sim, e, RING_TAIL) & RING_TAIL_ADDR);
}

/* engine_tell.c */
void sim_engine_event(struct xengt_sim *sim, struct sim_engine *e,
		      uint32_t bits);
/* EIR takes over from ESR what EMR does not mask; if new, with an interrupt. */
void sim_engine_report_errors(struct xengt_sim *sim, struct sim_engine *e);
/* It hangs; only the first reason counts. */
void sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_stop why);
/* What the engine's TIMESTAMP shows now. */
uint64_t sim_engine_timestamp(const struct xengt_sim *sim,
			      const struct sim_engine *e);
/* The clock that CTX_TIMESTAMP counts by; from any beginning. */
uint64_t sim_engine_context_ticks(const struct xengt_sim *sim,
				  const struct sim_engine *e);

/* ports.c */
/* What a command boundary may do.  True if a context was switched. */
bool sim_ports_arbitrate(struct xengt_sim *sim, struct sim_engine *e);
/* The ring has run empty. */
void sim_ports_complete(struct xengt_sim *sim, struct sim_engine *e);
/* A bit of the switch that is going on (e->switching). */
void sim_ports_switch(struct xengt_sim *sim, struct sim_engine *e);

/* tear.c; a reset: what a switch that is going on does to the image. */
void sim_tear_image(struct xengt_sim *sim, struct sim_engine *e);

/* csb.c */
void sim_csb_put(struct xengt_sim *sim, struct sim_engine *e, uint32_t status,
		 uint64_t desc);
/* Entries that are late: time passes, much of it when the machine is idle. */
void sim_csb_pass_time(struct xengt_sim *sim, bool is_long);
static inline void sim_csb_time_passes(struct xengt_sim *sim, bool is_long)
{
	if (sim->n_late)
		sim_csb_pass_time(sim, is_long);
}
/* Software reads a register: a slot's, which a late entry does not outlast? */
void sim_csb_fetch(struct xengt_sim *sim, struct sim_engine *e, uint32_t off);
static inline void sim_csb_fetched(struct xengt_sim *sim, struct sim_engine *e,
				   uint32_t off)
{
	if (sim->n_late)
		sim_csb_fetch(sim, e, off);
}
/* A reset: what is under way never arrives. */
void sim_csb_forget(struct xengt_sim *sim, struct sim_engine *e);

/* lrc.c */
void sim_lrc_restore(struct xengt_sim *sim, struct sim_engine *e);
void sim_lrc_save(struct xengt_sim *sim, struct sim_engine *e);
/* Lite restore: only the tail is looked at again. */
void sim_lrc_resample(struct xengt_sim *sim, struct sim_engine *e);
/* The same after a save: the registers are still this context's. */
void sim_lrc_continue(struct xengt_sim *sim, struct sim_engine *e);

/* image_make.c */
/* -ENOMEM.  fini accepts what init left. */
int sim_image_init(const struct xengt_sim *sim, struct sim_engine *e);
void sim_image_fini(struct sim_engine *e);
/* A reset: no state command was ever given. */
void sim_image_forget(struct sim_engine *e);

/* image.c */
/* Images in their true shape: what stands from dword 'from' of page 1 on. */
void sim_image_load(struct xengt_sim *sim, struct sim_engine *e, uint32_t from);
void sim_image_save(struct xengt_sim *sim, struct sim_engine *e);
/*
 * How many dwords of a command of len dwords images keep; 0: it sets no state.
 * With that many (at least 1), keep_state() keeps them.
 */
unsigned int sim_image_state_dwords(const struct xengt_sim *sim,
				    const struct sim_engine *e, uint32_t dw0,
				    unsigned int len);
void sim_image_keep_state(struct xengt_sim *sim, struct sim_engine *e,
			  const uint32_t *dw, unsigned int n);

/* walk.c */
static inline bool sim_vm_is_4_level(const struct sim_engine *e)
{
	return DESC_MODE(e->port[0]) == 3;
}
/*
 * Walk the tables, past the TLB and unseen by the judge. ret_walk->pte becomes
 * the entry of the page at addr as one of a 4 KiB page.
 */
void sim_vm_walk(struct xengt_sim *sim, const struct sim_engine *e,
		 uint64_t addr, struct sim_walk *ret_walk);

/* ppgtt.c */
/*
 * Memory on behalf of an engine; any length, any alignment.  0, or -EFAULT
 * after having stopped the engine and filled the fault registers.
 */
int sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
		  enum sim_space space, uint64_t addr, void *buf, size_t len,
		  bool write);
/*
 * The page around addr for several accesses of one command; NULL: not
 * directly reachable, take sim_vm_access(), which also reports faults.
 */
uint8_t *sim_vm_page(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_space space, uint64_t addr, bool write);
static inline int sim_vm_read32(struct xengt_sim *sim, struct sim_engine *e,
				enum sim_space space, uint64_t addr,
				uint32_t *val)
{
	return sim_vm_access(sim, e, space, addr, val, 4, false);
}
/* -ENOMEM.  fini accepts what init left. */
int sim_vm_init(struct sim_engine *e);
void sim_vm_fini(struct sim_engine *e);
void sim_vm_flush(struct sim_engine *e);
/* Which space commands without a choice use: the context's, if it has one. */
enum sim_space sim_vm_space(struct xengt_sim *sim, const struct sim_engine *e);

/* blit.c */
sim_cmd_fn sim_blit_color;
sim_cmd_fn sim_blit_copy;
sim_cmd_fn sim_blit_fast_copy;

/* cmd_regs.c */
/* With all that privilege and whitelists have to say; be: bits that count. */
void sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val,
		       uint32_t be);
uint32_t sim_cmd_reg_read(struct sim_cmd *c, uint32_t off);
/* The engine's own, as operands and results, by offset from its base. */
uint32_t sim_cmd_own(struct sim_cmd *c, uint32_t reg);
void sim_cmd_set_own(struct sim_cmd *c, uint32_t reg, uint32_t val);
uint64_t sim_cmd_own64(struct sim_cmd *c, uint32_t reg);
void sim_cmd_set_own64(struct sim_cmd *c, uint32_t reg, uint64_t val);

/* cmd.c */
sim_cmd_fn sim_mi_set_predicate, sim_mi_user_interrupt, sim_mi_report_head,
	sim_mi_arb_on_off, sim_mi_batch_end, sim_mi_predicate, sim_mi_math,
	sim_mi_semaphore_wait, sim_mi_store_imm, sim_mi_store_index,
	sim_mi_load_imm, sim_mi_update_gtt, sim_mi_store_reg,
	sim_mi_flush_dw, sim_mi_load_mem, sim_mi_load_reg, sim_mi_copy,
	sim_mi_atomic, sim_mi_batch_start, sim_mi_cond_end, sim_mi_noop,
	sim_pipe_control;

#endif /* XENGT_SIM_EXEC_H */
