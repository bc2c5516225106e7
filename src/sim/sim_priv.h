/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Inside the simulated GPU: state and what its files offer each other.
 * Not for users of the library.
 *
 * A file calls only those in lines below its own:
 *
 *	entry.c			calls from outside, where a recording stands
 *	scanout.c		the display's picture
 *	sim.c			life; background work: engines, judge, display
 *	bar.c			the CPU's accesses
 *	engine.c ... lrc.c	the engines work: exec.h
 *	judge_hammer.c		the judge works by itself
 *	mmio.c			registers; its rows call the file of each part,
 *				engine_regs.c among them
 *	csb.c			events of the engines
 *	ppgtt.c			memory of the engines
 *	ggtt.c			memory of all
 *	judge_residue.c judge_verdict.c judge.c
 *				the judge, who is told of each access
 *	image_make.c image_table.c	what an image is made of
 *	engine_tell.c		what an engine says of itself
 *	irq.c pci.c		interrupts: sim_raise_irq() from whoever has one
 *	walk.c dma.c owner.c	machine memory, log, time
 *	record.c		a recording
 */
#ifndef XENGT_SIM_PRIV_H
#define XENGT_SIM_PRIV_H

#include "display.h"
#include "sim.h"
#include "tile.h"

struct xengt_judge_hdr;
struct xengt_judge_slice;
struct xengt_judge_violation;
struct sim_engine;
struct sim_exec;
struct sim_rec;
struct sim_walk;

/* Which platforms a register row exists on. */
#define SIM_GEN8	1U
#define SIM_GEN9	2U
#define SIM_GEN_ALL	(SIM_GEN8 | SIM_GEN9)

struct xengt_sim_platform {
	const char *name;
	const char *title;
	unsigned int gen;		/* SIM_GEN8 or SIM_GEN9 */
	uint16_t device;
	uint16_t subvendor;
	uint16_t subdevice;
	uint8_t revision;
	uint8_t cap_msi;		/* offsets of the capabilities */
	uint8_t cap_pm;
	/* registers that differ by SKU; the rest is in mmio.c's rows */
	uint32_t fuse2;
	uint32_t eu_disable[3];
	uint32_t fuse_strap;
	uint32_t sfuse_strap;
	uint32_t rp_state_cap;		/* ratios: highest, guaranteed, lowest */
	uint32_t rp_efficient;
};

struct sim_irq_bank {
	uint32_t isr;			/* levels: monitors, nothing else */
	uint32_t imr;
	uint32_t ier;
	uint32_t iir;
	uint32_t iir2;			/* second latched event per bit */
};

/* A context of this domain wrote a register, and no CPU has since. */
struct sim_judge_mark {
	uint32_t n_writes;		/* the CPU's, then */
	uint16_t token;
};

struct sim_judge {
	struct xengt_judge_hdr *hdr;	/* NULL: no judge */
	struct xengt_judge_slice *slices;
	struct xengt_judge_violation *ring;
	uint64_t *owners;
	uint64_t generation;		/* in force */
	bool has_slices;
	uint8_t *slot_of;		/* per GGTT entry, slot + 1, 0: none */
	uint16_t domid[256];		/* per slot + 1 */
	struct sim_judge_mark *left_by;	/* per register: whose value it has */
	uint32_t active;		/* slots that have a slice */
	uint32_t cursor;		/* next entry for the hammer */
	uint64_t pass_live;
	uint64_t scanned_writes;	/* ggtt_writes at the last scan */
	uint64_t logged;
};

#define SIM_FENCES	32U

struct sim_fence {
	uint32_t first;			/* bytes of the aperture */
	uint64_t end;
	uint32_t pitch;
	enum sim_tiling tiling;
};

/* What the latest accesses look like, see clock.c. */
enum sim_clock_phase {
	SIM_CLOCK_RUNS,
	SIM_CLOCK_FRAME,		/* a frame's number was read */
	SIM_CLOCK_STAMP,		/* and a line after it */
	SIM_CLOCK_LINE,			/* a line was read */
	SIM_CLOCK_UPDATE,		/* and a frame's number after it */
	SIM_CLOCK_END,			/* and later a line again */
	SIM_CLOCK_PHASES,
};

struct sim_clock {
	uint64_t last_access;		/* of a register, on the owner's clock */
	uint64_t held_ns;		/* that the display is behind it */
	enum sim_clock_phase phase;
	unsigned int accesses_left;	/* of an update */
};

struct xengt_sim {
	const struct xengt_sim_platform *plat;
	struct xengt_sim_ops ops;
	void *opaque;
	struct xengt_sim_stats stats;
	uint64_t fake_clock;
	struct sim_clock clock;
	uint64_t now;			/* virtual nanoseconds since create */
	uint64_t born_ns;		/* power on, by the owner's clock */
	struct sim_exec *exec;		/* engine.h */
	uint32_t n_late;		/* events' entries under way, csb.c */

	/* pci.c */
	uint8_t cfg[XENGT_SIM_CFG_BYTES];
	uint8_t cfg_wmask[XENGT_SIM_CFG_BYTES];

	/* mmio.c */
	uint32_t *regs;			/* plain memory below 2 MiB */
	uint16_t *row_of;		/* per dword: row + 1, 0: plain */
	uint32_t *n_reads;		/* per dword, by the CPU */
	uint32_t *n_writes;

	struct sim_display display;

	/* ggtt.c */
	uint64_t *pte;			/* XENGT_SIM_GGTT_ENTRIES of them */
	uint32_t ggtt_entries;		/* of those, that exist */
	bool is_pte_written;		/* since the last reset */
	bool has_tlb;
	uint64_t *tlb_pte;
	uint32_t *tlb_epoch;		/* entry cached iff == epoch */
	uint32_t epoch;

	/* dma.c */
	struct xengt_sim_region regions[XENGT_SIM_REGIONS_MAX];
	size_t n_regions;
	size_t last_region;

	/* fence.c */
	struct sim_fence fence[SIM_FENCES];
	uint32_t fences_valid;		/* bit per fence */

	/* irq.c */
	struct sim_irq_bank bank[XENGT_SIM_IRQ_BANKS];
	bool master_enabled;
	bool line;

	struct sim_judge judge;
	struct sim_rec *rec;		/* NULL: no recording */
};

/* Why an access is made; the judge records it. */
enum sim_origin {
	SIM_BY_APERTURE,
	SIM_BY_GPU,
	SIM_BY_HAMMER,
};

/* A translation as the hardware would use it now. */
struct sim_xlat {
	uint64_t pte;
	bool is_stale;			/* differs from the table */
};

/* owner.c */
void sim_log(struct xengt_sim *sim, enum xengt_sim_log_level level,
	     const char *fmt, ...) __attribute__((format(printf, 3, 4)));
uint64_t sim_now_ns(struct xengt_sim *sim);

/* clock.c: the time that the display runs by */
uint64_t sim_clock_ns(const struct xengt_sim *sim);
/* The CPU is about to access the register at off. */
void sim_clock_access(struct xengt_sim *sim, uint32_t off);

/* What entry.c lets the outside do, as documented in sim.h: sim.c, */
int sim_idle(struct xengt_sim *sim);
void sim_reset(struct xengt_sim *sim);
/* bar.c, */
uint64_t sim_bar_read(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		      unsigned int size);
void sim_bar_write(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		   unsigned int size, uint64_t val);
/* pci.c, */
uint32_t sim_cfg_read(struct xengt_sim *sim, uint32_t off, unsigned int size);
void sim_cfg_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		   uint32_t val);
/* display.c, */
int sim_set_monitor(struct xengt_sim *sim, unsigned int sink,
		    bool is_connected);
/* irq.c */
void sim_raise_irq(struct xengt_sim *sim, enum xengt_sim_irq_bank bank,
		   uint32_t bits);

/* record.c; all only while recording */
/* Around each call from outside; kind: enum rec_kind. */
void sim_rec_begin(struct xengt_sim *sim);
void sim_rec_call(struct xengt_sim *sim, unsigned int kind, unsigned int size,
		  uint64_t a, uint64_t b);
/* During a call: an interrupt; an access to memory, and if there was any. */
void sim_rec_msi(struct xengt_sim *sim, uint64_t addr, uint32_t data);
void sim_rec_dma(struct xengt_sim *sim, uint64_t bus, const void *buf,
		 size_t len, bool write, bool is_there);

/* pci.c */
void sim_pci_reset(struct xengt_sim *sim);
bool sim_pci_is_master(const struct xengt_sim *sim);
/* Returns false if the message could not be sent. */
bool sim_pci_send_msi(struct xengt_sim *sim);

/* dma.c */
/* As xengt_sim_set_regions(). */
int sim_dma_set_regions(struct xengt_sim *sim,
			const struct xengt_sim_region *regions, size_t n);
/* Machine memory: within one page.  0, or a negative errno. */
int sim_dma(struct xengt_sim *sim, uint64_t bus, void *buf, size_t len,
	    bool write);
/* Directly, up to the end of its page; NULL if a callback is needed. */
void *sim_dma_ptr(struct xengt_sim *sim, uint64_t bus);

/* ggtt.c */
int sim_ggtt_init(struct xengt_sim *sim, bool has_tlb);
void sim_ggtt_fini(struct xengt_sim *sim);
void sim_ggtt_reset(struct xengt_sim *sim);
void sim_ggtt_flush(struct xengt_sim *sim);
uint64_t sim_ggtt_read(struct xengt_sim *sim, uint32_t off, unsigned int size);
void sim_ggtt_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		    uint64_t val);
struct sim_xlat sim_ggtt_xlat(struct xengt_sim *sim, uint32_t index);
/* Within one page.  0, -EFAULT. */
int sim_ggtt_touch(struct xengt_sim *sim, uint64_t ggtt, void *buf, size_t len,
		   bool write, enum sim_origin origin);
/* One atomic "or 0" or read of the word at the start of the page. */
int sim_ggtt_poke(struct xengt_sim *sim, uint32_t index,
		  const struct sim_xlat *xlat, bool write);

/* fence.c */
void sim_fence_reset(struct xengt_sim *sim);
void sim_fence_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be);
/*
 * Where the CPU's access at off of the aperture goes when fences are valid, as
 * a graphics address; *ret_run: bytes that follow each other there.
 */
uint64_t sim_fence_detile(const struct xengt_sim *sim, uint64_t off,
			  uint32_t *ret_run);

/* irq.c */
void sim_irq_reset(struct xengt_sim *sim);
uint32_t sim_irq_read_bank(const struct xengt_sim *sim, uint32_t off);
void sim_irq_write_bank(struct xengt_sim *sim, uint32_t off, uint32_t val,
			uint32_t be);
uint32_t sim_irq_read_master(const struct xengt_sim *sim);
void sim_irq_write_master(struct xengt_sim *sim, uint32_t val, uint32_t be);

/* mmio.c */
int sim_mmio_init(struct xengt_sim *sim);
void sim_mmio_fini(struct xengt_sim *sim);
void sim_mmio_reset(struct xengt_sim *sim);
void sim_mmio_forget_counts(struct xengt_sim *sim);
/*
 * A dword with all its effects, bits of be only, by the CPU or by a command: not
 * counted, and no time passes.  A store runs no commands; true: it was to an
 * engine, which may have work now.
 */
uint32_t sim_mmio_load(struct xengt_sim *sim, uint32_t off);
bool sim_mmio_store(struct xengt_sim *sim, uint32_t off, uint32_t val,
		    uint32_t be);

/* forcewake.c */
void sim_forcewake_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
			 uint32_t be);
uint32_t sim_forcewake_read_rpstat(const struct xengt_sim *sim, uint32_t off);

/* reset.c */
void sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off, uint32_t val,
			   uint32_t be);

/* pcode.c */
void sim_pcode_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be);

/*
 * The judge looks on: those who access memory tell it, and it tells nobody of
 * them.
 */
/* judge.c */
void sim_judge_fini(struct xengt_sim *sim);
void sim_judge_flushed(struct xengt_sim *sim);
/* judge_verdict.c */
void sim_judge_check(struct xengt_sim *sim, uint32_t index,
		     const struct sim_xlat *xlat, bool write,
		     enum sim_origin origin);
/* A command writes the GGTT's entry at index. */
void sim_judge_check_update(struct xengt_sim *sim, uint32_t index,
			    uint64_t pte);
void sim_judge_check_page(struct xengt_sim *sim, struct sim_engine *e,
			  uint64_t addr, const struct sim_walk *used,
			  bool write);
void sim_judge_check_tables(struct xengt_sim *sim, uint64_t addr,
			    const struct sim_walk *walk);

/*
 * judge_residue.c: what a domain's contexts leave behind in the hardware, by
 * tokens: the domain's number, 0: nobody's. All of it only while
 * XENGT_SIM_STRICT_RESIDUE is on and there is a judge.
 */
/* The token of the context that works now. */
uint16_t sim_judge_token(struct xengt_sim *sim);
/* It sees, at 'what' (a register, a command), something with this token. */
void sim_judge_check_residue(struct xengt_sim *sim, uint32_t what,
			     uint16_t token);
void sim_judge_mark(struct xengt_sim *sim, uint32_t off);
void sim_judge_look(struct xengt_sim *sim, uint32_t off);
/* An engine writes all of a register; reads or saves it; a register is reset. */
static inline void sim_judge_reg_written(struct xengt_sim *sim, uint32_t off)
{
	if (sim->judge.left_by)
		sim_judge_mark(sim, off);
}
static inline void sim_judge_reg_read(struct xengt_sim *sim, uint32_t off)
{
	if (sim->judge.left_by)
		sim_judge_look(sim, off);
}
void sim_judge_regs_reset(struct xengt_sim *sim, uint32_t first,
			  uint32_t bytes);

/* judge_hammer.c; milliseconds as xengt_sim_idle(), without the engines */
int sim_judge_idle(struct xengt_sim *sim);

static inline uint64_t sim_size_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << (8 * size)) - 1;
}

#endif /* XENGT_SIM_PRIV_H */
