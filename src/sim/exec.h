/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the files of the execution unit only: the state of an engine, and the
 * functions that one of these files defines and another one calls.
 *
 *	engine.c	lets one engine after another work
 *	exec.c		takes an engine's next command, by cmd_table.c
 *	cmd.c blit.c	execute commands	ports.c lrc.c	switch contexts
 *	cmd_regs.c	access registers for commands
 *	image.c		loads and saves images	csb.c	reports events
 *	tear.c		tears an image at a reset during a switch
 *	mmio.c		accesses registers that are not an engine's
 *	engine_regs.c	accesses registers of the engines
 *	ppgtt.c walk.c	access memory	lines.c	holds lines of L3
 *	image_make.c image_table.c	describe images
 *	engine_tell.c	reports time, events and errors
 *	level.c		enters and leaves batches
 *
 * Each file calls only files below it.
 */
#ifndef XENGT_SIM_EXEC_H
#define XENGT_SIM_EXEC_H

#include "sim/engine.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

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

/* Bits of the low dword of an event in the context status buffer. */
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

/* Bits of page table entries of all levels */
#define SIM_PTE_P		0x001ULL
#define SIM_PTE_RW		0x002ULL
#define SIM_PDE_PS		0x080ULL	/* 2 MiB page */
#define SIM_PDE_IPS		0x800ULL	/* the entry points to a table
						 * of 64 KiB pages */

#define SIM_CMD_BITS		10U	/* maximal number of bits of the length
					 * field of a command with a handler */
#define SIM_CMD_DWORDS		1025U	/* length in dwords of the longest
					 * command with a handler */

enum sim_space { SIM_GGTT, SIM_PPGTT };

/* The buffer from which the command streamer takes its next command. */
enum sim_level {
	SIM_RING,
	SIM_BATCH,
	SIM_BATCH2,
	SIM_INDIRECT_CTX,	/* SIM_INDIRECT_CTX and SIM_PER_CTX: workaround
				 * batches, which run after a restore */
	SIM_PER_CTX,
};

enum sim_stop {
	SIM_STOP_NONE,
	SIM_STOP_FAULT,		/* page fault: the engine hangs until a reset */
	SIM_STOP_ERROR,		/* undefined command: the engine hangs until a
				 * reset */
};

/*
 * What the engine does in a context switch now, if XENGT_SIM_STRICT_TORN is on.
 */
enum sim_switch {
	SIM_SWITCH_NONE,
	SIM_SWITCH_SAVING,		/* the context in port[0] is being saved
					 * and is not in memory yet */
	SIM_SWITCH_LOADING,		/* the context in port[0] is being
					 * loaded; is_loaded is set already */
};

#define SIM_WALK_TABLES		4

/* The result of a walk through the page tables. */
struct sim_walk {
	uint64_t pte;			/* the page's entry, in the form of an
					 * entry for 4 KiB; 0: not present */
	unsigned int level;		/* level of the table that the walk read
					 * last; 0: the table whose entries
					 * point to pages of 4 KiB */
	unsigned int n_tables;
	uint64_t table[SIM_WALK_TABLES];	/* bus addresses of the tables
						 * that the walk read */
};

struct sim_tlb_entry {
	uint64_t page;			/* number of the page in the address
					 * space */
	uint64_t bus;
	uint32_t epoch;
	bool writable;
	uint8_t *host;			/* pointer to the page; NULL if the page
					 * has no pointer */
	uint8_t n_tables;		/* number of tables by which the walk
					 * found the page; for the judge */
	uint32_t table[SIM_WALK_TABLES];	/* frame numbers of these
						 * tables */
};

/*
 * Translations by page: a hash table with open addressing, which grows as it
 * fills. An entry is free if its epoch differs from the epoch of the TLB.
 * Within an epoch no entry is removed.
 */
struct sim_tlb {
	struct sim_tlb_entry *slots;
	uint32_t n_slots;		/* number of slots, a power of two */
	uint32_t n_used;		/* number of entries of the present
					 * epoch */
	uint32_t epoch;
};

#define SIM_TLB_PAGES_MAX	(128U << 10)	/* with more pages than this the
						 * TLB is emptied */

struct sim_image;

struct sim_batch {
	uint64_t addr;
	bool is_ppgtt;			/* the batch is in the PPGTT, and so the
					 * batch has no privilege */
};

struct sim_engine {
	enum sim_engine_id id;
	uint32_t base;

	/* execlists */
	uint32_t elsp[4];
	unsigned int n_elsp;
	uint64_t port[2];		/* descriptors of the contexts that the
					 * engine holds; 0: none */
	uint64_t queued[2];		/* descriptors that software has written
					 * and the engine has not taken over
					 * yet */
	bool has_queued;
	bool is_loaded;			/* the registers have the values of the
					 * context in port[0] */
	uint64_t resident;		/* descriptor of the context whose
					 * values are in the registers, also
					 * after that context was saved */
	enum sim_switch switching;
	uint32_t switch_runs;		/* number of steps of the engine until
					 * the switch ends */
	uint32_t last_switch;		/* reason of the last context switch,
					 * for the status register */
	uint32_t last_ctx;

	/* command streamer */
	enum sim_level level;
	enum sim_level resume;		/* the level to which the workaround
					 * batches return */
	struct sim_batch bb[2];
	uint64_t wa_addr;
	uint64_t wa_end;
	uint32_t image_rest;		/* the dword of the image at which the
					 * restore goes on after the indirect
					 * context batch; 0: it is complete */
	bool arb_off;
	unsigned int noop_mode;		/* value that MI_SET_PREDICATE set;
					 * while the value is not 0, commands
					 * are skipped */
	bool is_waiting;		/* the engine waits for a semaphore or
					 * the end of a switch */
	enum sim_stop stop;
	uint64_t time;			/* the engine's virtual time */
	uint64_t ctx_since;		/* ticks of the context's clock when the
					 * context was restored */
	uint64_t cmd_addr;		/* address of the command that is
					 * executed */
	enum sim_space cmd_space;
	bool in_command;		/* accesses are now for operands, not
					 * for fetching */
	uint32_t progress;		/* number of rows of a blit already
					 * done */
	bool is_row_filled;		/* the staging buffer already has the
					 * pixels with which the blitter fills
					 * each row */

	/* page tables */
	struct sim_tlb tlb;

	struct sim_image *image;	/* the shape of the engine's images, and
					 * the state that images keep */

	/* an event's entry that is not in the status page yet (csb.c) */
	struct {
		uint32_t runs;		/* calls of sim_engine_run() until the
					 * entry arrives; 0: no entry is late */
		uint32_t slot;
		uint32_t entry[2];
	} late;

	/*
	 * the judge's token of the context whose threads left values in shared
	 * local memory and EU registers
	 */
	uint16_t threads_token;

	struct xengt_sim_engine_stats stats;
};

struct sim_line;

struct sim_exec {
	struct sim_engine engine[SIM_ENGINES];
	struct xengt_sim_exec_opts opts;
	struct sim_engine *current;	/* the engine that executes a command
					 * now */
	uint16_t mi[SIM_ENGINES][64];	/* by opcode: index of the command's
					 * row, plus 1; 0: no row */
	uint16_t blt[SIM_ENGINES][128];
	uint16_t rc[SIM_ENGINES][8192];
	uint8_t *row[2];		/* staging buffers of the blitter */
	struct sim_line *lines;		/* lines.c: array of the pages with
					 * lines in L3 */
	uint32_t n_lines;
};

enum sim_cmd_result {
	SIM_CMD_DONE,
	SIM_CMD_WAIT,		/* the engine executes the command again,
				 * later */
	SIM_CMD_MORE,		/* the engine executes the command again,
				 * soon */
	SIM_CMD_STOPPED,	/* the engine hangs */
};

/* One command with its operands. */
struct sim_cmd {
	struct xengt_sim *sim;
	struct sim_engine *e;
	bool is_priv;
	bool is_no_arb;			/* this command is no arbitration point,
					 * although its row has SIM_CMD_ARB */
	unsigned int len;		/* length in dwords */
	unsigned int cost_ns;		/* virtual time that the command takes;
					 * handlers may increase this number */
	uint32_t dw[SIM_CMD_DWORDS];
};

typedef enum sim_cmd_result sim_cmd_fn(struct sim_cmd *c);

#define SIM_CMD_PRIV		0x01	/* a no-op in a batch without
					 * privilege */
#define SIM_CMD_GGTT22		0x02	/* bit 22 selects the GGTT and needs
					 * privilege */
#define SIM_CMD_CLEAR22		0x10	/* a batch without privilege cannot set
					 * bit 22 */
#define SIM_CMD_NOT_SKIPPED	0x04	/* MI_SET_PREDICATE does not skip the
					 * command */
#define SIM_CMD_ARB		0x08	/* arbitration point */
#define SIM_CMD_THREADS		0x20	/* starts threads on EUs */

struct sim_cmd_row {
	uint32_t opcode;
	uint8_t engines;		/* mask of SIM_ENGINE_BIT() values */
	const char *name;
	uint8_t gens;			/* mask of generations; 0: all
					 * generations */
	uint8_t flags;
	uint8_t len_fixed;		/* length in dwords; 0 if the command
					 * has a length field */
	uint8_t len_bits;		/* number of bits of the command's
					 * length field */
	uint8_t len_min;		/* smallest length in dwords of the
					 * command */
	uint16_t cost_ns;		/* virtual time; 0: the usual cost of
					 * the command's client */
	sim_cmd_fn *fn;			/* the command's handler; NULL: the
					 * command only takes time */
};

/* cmd_table.c */
const struct sim_cmd_row *sim_cmd_rows(size_t *ret_n);
/*
 * Returns NULL if the table is correct; otherwise a text that says what is
 * wrong.
 */
const char *sim_cmd_check(char *why, size_t bytes);
void sim_cmd_index(struct sim_exec *x, unsigned int gen);
const struct sim_cmd_row *sim_cmd_find(const struct sim_exec *x,
				       enum sim_engine_id id, uint32_t dw0);
unsigned int sim_cmd_len(const struct sim_cmd_row *row, uint32_t dw0);
unsigned int sim_cmd_cost_ns(const struct sim_cmd_row *row);

/* exec.c */
/* Executes one command. Returns false if the engine has nothing to do now. */
bool sim_exec_step(struct xengt_sim *sim, struct sim_engine *e);
/*
 * Returns true if the engine loads or saves a context, and sim_exec_step()
 * brings the end of this load or save nearer.
 */
bool sim_exec_is_switching(struct xengt_sim *sim, const struct sim_engine *e);

/* level.c */
/* Begin a batch. */
void sim_level_enter(struct sim_engine *e, enum sim_level level, uint64_t addr,
		     bool is_ppgtt);
/* End a batch (MI_BATCH_BUFFER_END, MI_COND_BATCH_BUFFER_END). */
void sim_level_return(struct xengt_sim *sim, struct sim_engine *e);
/*
 * End a workaround batch that ran after a restore. After the batch of
 * INDIRECT_CTX this function begins the batch of BB_PER_CTX_PTR, if that
 * register is valid. Otherwise the context continues where it was saved.
 */
void sim_level_leave_wa(struct xengt_sim *sim, struct sim_engine *e);

/* Is this switch of XENGT_SIM_STRICT_* on? */
static inline bool sim_is_strict(const struct xengt_sim *sim, unsigned int what)
{
	return sim->exec->opts.strict & what;
}

/*
 * Mask of the bits that MI_LOAD_REGISTER_IMM writes. Each of bits 11:8 of the
 * command's first dword disables the write of one byte.
 */
static inline uint32_t sim_load_bytes(const struct xengt_sim *sim, uint32_t dw0)
{
	uint32_t off = dw0 >> 8 & 0xf;

	if (!sim_is_strict(sim, XENGT_SIM_STRICT_BYTES))
		return ~0U;
	/* move bit n of the four bits to byte n of the mask */
	return ~((off * 0x00204081U & 0x01010101U) * 0xffU);
}

/*
 * Returns a pointer to the stored value of an engine's register. An access by
 * this pointer has no side effects.
 */
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
/* Returns true if the engine is in no batch and has run its ring to the end. */
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
/*
 * Copy the errors that EMR does not mask from ESR to EIR, and raise the
 * interrupt if one of these errors is new in EIR.
 */
void sim_engine_report_errors(struct xengt_sim *sim, struct sim_engine *e);
/* Make the engine hang. If it hangs already, the first reason is kept. */
void sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_stop why);
/* Returns the present value of the engine's TIMESTAMP. */
uint64_t sim_engine_timestamp(const struct xengt_sim *sim,
			      const struct sim_engine *e);
/*
 * Returns the time of the clock by which CTX_TIMESTAMP counts. Only differences
 * between two of these times have a meaning.
 */
uint64_t sim_engine_context_ticks(const struct xengt_sim *sim,
				  const struct sim_engine *e);

/* ports.c */
/*
 * Switch contexts if a switch is due; call this function between two commands.
 * Returns true if the contexts were switched.
 */
bool sim_ports_arbitrate(struct xengt_sim *sim, struct sim_engine *e);
/*
 * Call this when the engine has run its ring to the end. Completes the context.
 */
void sim_ports_complete(struct xengt_sim *sim, struct sim_engine *e);
/* Do one step of the present switch (e->switching). */
void sim_ports_switch(struct xengt_sim *sim, struct sim_engine *e);

/*
 * tear.c: call this at a reset. If a context switch is in progress, tears the
 * image: saves only a part of the context.
 */
void sim_tear_image(struct xengt_sim *sim, struct sim_engine *e);

/* lines.c */
/*
 * sim_lines_init() returns 0 or -ENOMEM. sim_lines_fini() also cleans up after
 * a failed sim_lines_init().
 */
int sim_lines_init(struct sim_exec *x);
void sim_lines_fini(struct sim_exec *x);
/*
 * Call this when the engine that works now has written to the page of this bus
 * address.
 */
void sim_lines_wrote(struct xengt_sim *sim, uint64_t bus);
/* Write all lines back to memory. */
void sim_lines_write_back(struct xengt_sim *sim);

/* csb.c */
void sim_csb_put(struct xengt_sim *sim, struct sim_engine *e, uint32_t status,
		 uint64_t desc);
/*
 * Bring late entries nearer to their arrival. is_long: the machine is idle, so
 * all late entries arrive now.
 */
void sim_csb_pass_time(struct xengt_sim *sim, bool is_long);
static inline void sim_csb_time_passes(struct xengt_sim *sim, bool is_long)
{
	if (sim->n_late)
		sim_csb_pass_time(sim, is_long);
}
/*
 * Call this when software reads the register at off. If this register shows a
 * slot of the CSB whose entry is late, the entry arrives now.
 */
void sim_csb_fetch(struct xengt_sim *sim, struct sim_engine *e, uint32_t off);
static inline void sim_csb_fetched(struct xengt_sim *sim, struct sim_engine *e,
				   uint32_t off)
{
	if (sim->n_late)
		sim_csb_fetch(sim, e, off);
}
/* At a reset, drop late entries. */
void sim_csb_forget(struct xengt_sim *sim, struct sim_engine *e);

/* lrc.c */
void sim_lrc_restore(struct xengt_sim *sim, struct sim_engine *e);
/* Load the part of the image that comes after the indirect context batch. */
void sim_lrc_restore_rest(struct xengt_sim *sim, struct sim_engine *e);
void sim_lrc_save(struct xengt_sim *sim, struct sim_engine *e);
/* Lite restore: read only the tail from the image again. */
void sim_lrc_resample(struct xengt_sim *sim, struct sim_engine *e);
/*
 * Continue a context that was saved and whose values are still in the
 * registers: read only the tail from the image.
 */
void sim_lrc_continue(struct xengt_sim *sim, struct sim_engine *e);

/* image_make.c */
/*
 * sim_image_init() returns 0 or -ENOMEM. sim_image_fini() also cleans up after
 * a failed sim_image_init().
 */
int sim_image_init(const struct xengt_sim *sim, struct sim_engine *e);
void sim_image_fini(struct sim_engine *e);
/* At a reset, forget all state commands. */
void sim_image_forget(struct sim_engine *e);

/* image.c */
/*
 * Load or save an image in the layout that silicon uses. A load begins at
 * dword 'from' of page 1, and ends before the first command that does not begin
 * before dword 'until'. Returns the dword of this command; 0 if the load has
 * loaded the image's last command, or has failed.
 */
uint32_t sim_image_load(struct xengt_sim *sim, struct sim_engine *e,
			uint32_t from, uint32_t until);
void sim_image_save(struct xengt_sim *sim, struct sim_engine *e);
/*
 * Returns the number of dwords that images keep of this command, or 0 if the
 * command sets no state. len: the command's length in dwords.
 * sim_image_keep_state() keeps that number of dwords (at least 1).
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
 * Walk the tables without the TLB and without telling the judge. ret_walk->pte
 * is the entry of the page at addr, in the form of an entry for 4 KiB.
 */
void sim_vm_walk(struct xengt_sim *sim, const struct sim_engine *e,
		 uint64_t addr, struct sim_walk *ret_walk);

/* ppgtt.c */
/*
 * Access memory for an engine, with any length and alignment. Returns 0 or
 * -EFAULT; with -EFAULT the engine is stopped and the fault registers are
 * filled.
 */
int sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
		  enum sim_space space, uint64_t addr, void *buf, size_t len,
		  bool write);
/*
 * Returns a pointer to the page that contains addr, for several accesses of one
 * command. Returns NULL if there is no pointer to this page; then use
 * sim_vm_access(), which also reports faults.
 */
uint8_t *sim_vm_page(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_space space, uint64_t addr, bool write);
static inline int sim_vm_read32(struct xengt_sim *sim, struct sim_engine *e,
				enum sim_space space, uint64_t addr,
				uint32_t *val)
{
	return sim_vm_access(sim, e, space, addr, val, 4, false);
}
/*
 * sim_vm_init() returns 0 or -ENOMEM. sim_vm_fini() also cleans up after a
 * failed sim_vm_init().
 */
int sim_vm_init(struct sim_engine *e);
void sim_vm_fini(struct sim_engine *e);
void sim_vm_flush(struct sim_engine *e);
/*
 * Returns the address space of commands that cannot choose one: the PPGTT if the
 * context has a PPGTT, else the GGTT.
 */
enum sim_space sim_vm_space(struct xengt_sim *sim, const struct sim_engine *e);

/* blit.c */
sim_cmd_fn sim_blit_color;
sim_cmd_fn sim_blit_copy;
sim_cmd_fn sim_blit_fast_copy;

/* cmd_regs.c */
/*
 * Write a register if privilege and whitelists allow it. be: the bits that are
 * written.
 */
void sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val,
		       uint32_t be);
uint32_t sim_cmd_reg_read(struct sim_cmd *c, uint32_t off);
/*
 * Access a register of the command's engine that holds an operand or a result.
 * reg: offset from the engine's base.
 */
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
