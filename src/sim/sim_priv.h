/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For the files of the simulator only: the state of the simulated GPU, and the
 * functions that one of these files defines and another one calls. Users of the
 * library must not include this header.
 *
 * A file calls only files in lines below its own:
 *
 *	entry.c			calls from outside, which it also records
 *	scanout.c		the display's picture
 *	sim.c			creation, reset, and the background work of the
 *				engines, the judge and the display
 *	bar.c			the CPU's accesses
 *	engine.c ... lrc.c	the work of the engines: exec.h
 *	judge_hammer.c		the judge's own accesses
 *	mmio.c			registers; its rows call the file of each part,
 *				engine_regs.c among them
 *	csb.c			events of the engines
 *	ppgtt.c			memory of the engines
 *	ggtt.c			memory of engines, display and CPU
 *	judge_residue.c judge_verdict.c judge.c judge_late.c judge_owner.c
 *	judge_record.c xen_memory.c
 *				the judge, to which other files report accesses
 *	image_make.c image_table.c	the parts of an image
 *	engine_tell.c		time, events, errors of an engine
 *	irq.c pci.c		interrupts: any file calls sim_raise_irq()
 *	walk.c dma.c iommu.c region.c owner.c
 *				machine memory, log, time
 *	record.c		a recording
 */
#ifndef XENGT_SIM_PRIV_H
#define XENGT_SIM_PRIV_H

#include "sim/display.h"
#include "sim/sim.h"
#include "sim/tile.h"
#include "sim/xen_memory.h"

struct xengt_judge_hdr;
struct xengt_judge_slice;
struct xengt_judge_violation;
struct sim_engine;
struct sim_exec;
struct sim_iommu;
struct sim_rec;
struct sim_walk;

/* Generations of GPUs, as bits: a row names the generations that have its register. */
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
	uint8_t cap_msi;		/* cap_msi, cap_pm: offsets of the two
					 * capabilities in configuration
					 * space */
	uint8_t cap_pm;
	/*
	 * registers whose value differs by SKU; all others are in mmio.c's rows
	 */
	uint32_t fuse2;
	uint32_t eu_disable[3];
	uint32_t fuse_strap;
	uint32_t sfuse_strap;
	uint32_t rp_state_cap;		/* ratios of the render clock: highest,
					 * guaranteed, lowest */
	uint32_t rp_efficient;
};

struct sim_irq_bank {
	uint32_t isr;			/* levels; only bits of plugged-in
					 * monitors are set */
	uint32_t imr;
	uint32_t ier;
	uint32_t iir;
	uint32_t iir2;			/* a second event for each bit; the
					 * second event moves to iir when
					 * software clears the first event in
					 * iir */
};

/*
 * The token of the context that wrote a register last. The mark is valid until
 * the CPU writes the register.
 */
struct sim_judge_mark {
	uint32_t n_writes;		/* how often the CPU had written the
					 * register when the context wrote to
					 * the register */
	uint16_t token;
};

struct sim_judge_pair;
struct sim_judge_late;

struct sim_judge {
	struct xengt_judge_hdr *hdr;	/* the memory that dom0 shares; NULL: no
					 * judge is attached */
	struct xengt_judge_slice *slices;
	const struct xengt_judge_part *parts;	/* an element for each engine */
	struct xengt_judge_violation *ring;
	uint32_t *changed;
	uint64_t *owners;
	uint64_t generation;		/* generation of the slice table that
					 * the judge copied last */
	bool has_slices;
	uint8_t *slot_of;		/* for each GGTT entry: index of its
					 * slice's row in the slice table, plus
					 * 1; 0: no slice */
	uint16_t domid[256];		/* domain of each slice; index: the
					 * slice's row plus 1 */
	uint64_t scratch[256];		/* scratch page of each slice; index:
					 * the slice's row plus 1. 0: dom0 named
					 * no page; XENGT_JUDGE_NO_SCRATCH: dom0
					 * named a page that another slice has,
					 * too */
	struct sim_xen xen;
	struct sim_judge_pair *pairs;	/* differences between the table of
					 * owners and Xen's structures that are
					 * not decided yet */
	uint32_t n_pairs;
	struct sim_judge_late *late;	/* accesses to frames that dom0's table
					 * does not have yet */
	uint64_t rounds;		/* value of hdr->rounds when the judge
					 * last decided */
	struct sim_judge_mark *left_by;	/* for each register: the mark of the
					 * context that wrote it last */
	uint32_t active;		/* rows of the slice table that are in
					 * use, a bit for each */
	uint32_t cursor;		/* index of the GGTT entry that the
					 * hammer uses next */
	uint64_t pass_live;
	uint64_t scanned_writes;	/* value of ggtt_writes at the last
					 * search for scratch pages */
	uint64_t logged;
};

#define SIM_FENCES	32U

struct sim_fence {
	uint32_t first;			/* offset in the aperture, in bytes */
	uint64_t end;
	uint32_t pitch;
	enum sim_tiling tiling;
};

/* What the driver is doing, as its latest accesses show; see clock.c. */
enum sim_clock_phase {
	SIM_CLOCK_RUNS,
	SIM_CLOCK_FRAME,		/* a frame's number was read */
	SIM_CLOCK_STAMP,		/* a frame's number and then a line were
					 * read */
	SIM_CLOCK_LINE,			/* a line was read */
	SIM_CLOCK_UPDATE,		/* a line and then a frame's number were
					 * read: the driver updates its
					 * planes */
	SIM_CLOCK_END,			/* a line was read again: the update
					 * ends */
	SIM_CLOCK_PHASES,
};

struct sim_clock {
	uint64_t last_access;		/* time of the last access of a
					 * register, by the clock of the program
					 * that runs the simulator */
	uint64_t held_ns;		/* number of ns by which the display's
					 * clock is behind the program's
					 * clock */
	enum sim_clock_phase phase;
	unsigned int accesses_left;	/* number of accesses that may still
					 * belong to the update */
};

struct xengt_sim {
	const struct xengt_sim_platform *plat;
	struct xengt_sim_ops ops;
	void *opaque;
	struct xengt_sim_stats stats;
	uint64_t fake_clock;
	struct sim_clock clock;
	uint64_t now;			/* virtual nanoseconds since
					 * xengt_sim_create() */
	uint64_t born_ns;		/* time of power-on by ops.now_ns() */
	struct sim_exec *exec;		/* state of the engines, see exec.h */
	uint32_t n_late;		/* number of late entries (csb.c) */

	/* pci.c */
	uint8_t cfg[XENGT_SIM_CFG_BYTES];
	uint8_t cfg_wmask[XENGT_SIM_CFG_BYTES];

	/* mmio.c */
	uint32_t *regs;			/* stored values of the registers, which
					 * are the first 2 MiB of BAR0 */
	uint16_t *row_of;		/* for each dword: index of its row + 1;
					 * 0: plain memory */
	uint32_t *n_reads;		/* for each dword: number of reads by
					 * the CPU */
	uint32_t *n_writes;

	struct sim_display display;

	/* ggtt.c */
	uint64_t *pte;			/* array of XENGT_SIM_GGTT_ENTRIES */
	uint32_t ggtt_entries;		/* number of entries that have memory */
	bool is_pte_written;		/* an entry was written since the last
					 * reset */
	bool has_tlb;
	uint64_t *tlb_pte;
	uint32_t *tlb_epoch;		/* for each GGTT entry: if this number
					 * equals epoch, the TLB has the
					 * entry */
	uint32_t epoch;

	/* region.c */
	struct xengt_sim_region regions[XENGT_SIM_REGIONS_MAX];
	size_t n_regions;
	size_t last_region;

	struct sim_iommu *iommu;	/* iommu.c; NULL if there is no unit */

	/* fence.c */
	struct sim_fence fence[SIM_FENCES];
	uint32_t fences_valid;		/* a bit for each fence; set if the
					 * fence is valid */

	/* irq.c */
	struct sim_irq_bank bank[XENGT_SIM_IRQ_BANKS];
	bool master_enabled;
	bool line;

	struct sim_judge judge;
	struct sim_rec *rec;		/* the recorder; NULL: no recording */
};

/* Who makes an access. The judge records this value. */
enum sim_origin {
	SIM_BY_APERTURE,
	SIM_BY_GPU,
	SIM_BY_HAMMER,
};

/* The translation that the hardware would use now. */
struct sim_xlat {
	uint64_t pte;
	bool is_stale;			/* the table's entry has changed since
					 * the TLB cached it */
};

/* owner.c */
void sim_log(struct xengt_sim *sim, enum xengt_sim_log_level level,
	     const char *fmt, ...) __attribute__((format(printf, 3, 4)));
uint64_t sim_now_ns(struct xengt_sim *sim);

/* clock.c: returns the time of the display's clock in ns */
uint64_t sim_clock_ns(const struct xengt_sim *sim);
/* Call this before the CPU accesses the register at off. */
void sim_clock_access(struct xengt_sim *sim, uint32_t off);

/* Functions that entry.c calls for the calls of sim.h. In sim.c: */
int sim_idle(struct xengt_sim *sim);
void sim_reset(struct xengt_sim *sim);
/* In bar.c: */
uint64_t sim_bar_read(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		      unsigned int size);
void sim_bar_write(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		   unsigned int size, uint64_t val);
/* In pci.c: */
uint32_t sim_cfg_read(struct xengt_sim *sim, uint32_t off, unsigned int size);
void sim_cfg_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		   uint32_t val);
/* In display.c: */
int sim_set_monitor(struct xengt_sim *sim, unsigned int sink,
		    bool is_connected);
/* In irq.c: */
void sim_raise_irq(struct xengt_sim *sim, enum xengt_sim_irq_bank bank,
		   uint32_t bits);

/* record.c; call these functions only while a recording is made */
/*
 * Call sim_rec_begin() before a call from outside is carried out, and
 * sim_rec_call() afterwards; kind is an enum rec_kind.
 */
void sim_rec_begin(struct xengt_sim *sim);
void sim_rec_call(struct xengt_sim *sim, unsigned int kind, unsigned int size,
		  uint64_t a, uint64_t b);
/*
 * Call these during a call from outside: sim_rec_msi() for an interrupt,
 * sim_rec_dma() for an access of memory; is_there: the bus address has memory.
 */
void sim_rec_msi(struct xengt_sim *sim, uint64_t addr, uint32_t data);
void sim_rec_dma(struct xengt_sim *sim, uint64_t bus, const void *buf,
		 size_t len, bool write, bool is_there);

/* pci.c */
void sim_pci_reset(struct xengt_sim *sim);
bool sim_pci_is_master(const struct xengt_sim *sim);
/* Returns false if the message could not be sent. */
bool sim_pci_send_msi(struct xengt_sim *sim);

/* region.c */
/* Does the work of xengt_sim_set_regions(). */
int sim_region_set(struct xengt_sim *sim,
		   const struct xengt_sim_region *regions, size_t n);
/*
 * Returns a pointer to the memory at a machine address, valid up to the end of
 * the page; NULL if no region contains the address.
 */
void *sim_region_at(struct xengt_sim *sim, uint64_t addr);

/* dma.c */
/*
 * Access the memory at a bus address, within one page. Returns 0, or a negative
 * errno.
 */
int sim_dma(struct xengt_sim *sim, uint64_t bus, void *buf, size_t len,
	    bool write);
/*
 * Returns a pointer to the memory at a bus address, valid up to the end of the
 * page; NULL if only a callback can access this memory. The caller may keep the
 * pointer.
 */
void *sim_dma_ptr(struct xengt_sim *sim, uint64_t bus);
/*
 * Does the same as sim_dma_ptr(), for a single access, which the caller makes
 * at once.
 */
void *sim_dma_ptr_once(struct xengt_sim *sim, uint64_t bus, bool write);

/* iommu.c */
int sim_iommu_init(struct xengt_sim *sim);
void sim_iommu_fini(struct xengt_sim *sim);
/* Bring the IOMMU back to its state after sim_iommu_init(). */
void sim_iommu_forget(struct xengt_sim *sim);
/* Returns how often iommu.c has read the unit's registers, which takes long. */
uint32_t sim_iommu_asks(const struct xengt_sim *sim);
/*
 * Translates a bus address to a machine address. Returns 0, or -EFAULT: the
 * IOMMU refuses the access.
 */
int sim_iommu_translate(struct xengt_sim *sim, uint64_t bus, bool write,
			uint64_t *ret_machine);
/*
 * Does the same as sim_iommu_translate(), for the judge, which calls this
 * function right before the access. This function changes no counter. The
 * access that follows uses the translation that this function returned.
 */
int sim_iommu_peek(struct xengt_sim *sim, uint64_t bus, bool write,
		   uint64_t *ret_machine);

/* ggtt.c */
int sim_ggtt_init(struct xengt_sim *sim, bool has_tlb);
void sim_ggtt_fini(struct xengt_sim *sim);
void sim_ggtt_reset(struct xengt_sim *sim);
void sim_ggtt_flush(struct xengt_sim *sim);
uint64_t sim_ggtt_read(struct xengt_sim *sim, uint32_t off, unsigned int size);
void sim_ggtt_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		    uint64_t val);
struct sim_xlat sim_ggtt_xlat(struct xengt_sim *sim, uint32_t index);
/* Access memory through the GGTT, within one page. Returns 0 or -EFAULT. */
int sim_ggtt_touch(struct xengt_sim *sim, uint64_t ggtt, void *buf, size_t len,
		   bool write, enum sim_origin origin);
/* Does the same as sim_ggtt_touch(), but with the translation *xlat. */
int sim_ggtt_touch_by(struct xengt_sim *sim, uint64_t ggtt,
		      const struct sim_xlat *xlat, void *buf, size_t len,
		      bool write, enum sim_origin origin);
/*
 * Reads the word at the start of the page, or, if write is set, does an atomic
 * "or" of the word with 0.
 */
int sim_ggtt_poke(struct xengt_sim *sim, uint32_t index,
		  const struct sim_xlat *xlat, bool write);

/* fence.c */
void sim_fence_reset(struct xengt_sim *sim);
void sim_fence_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be);
/*
 * Returns the graphics address that the CPU reaches at offset off of the
 * aperture: if a valid fence covers off, the address within the tiled surface,
 * else off itself. *ret_run: how many bytes from this address on
 * are consecutive.
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
 * Load or store a dword with all side effects, for the CPU or a command. A
 * store changes only the bits in be. The access is not counted, and no time
 * passes. A store runs no commands. Returns true if the store was to a register
 * of an engine, which may have work now.
 */
uint32_t sim_mmio_load(struct xengt_sim *sim, uint32_t off);
/*
 * Is this a masked register? A save of a context writes all mask bits for such
 * a register, and a write changes all bits only if it has all mask bits.
 */
bool sim_mmio_is_masked(const struct xengt_sim *sim, uint32_t off);
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
 * The judge. The code that accesses memory tells the judge of each access, and
 * the judge calls none of that code.
 */
/* judge.c */
void sim_judge_fini(struct xengt_sim *sim);
void sim_judge_flushed(struct xengt_sim *sim);
/* judge_verdict.c */
void sim_judge_check(struct xengt_sim *sim, uint32_t index,
		     const struct sim_xlat *xlat, bool write,
		     enum sim_origin origin);
/* Judge a command that writes the GGTT's entry at index. */
void sim_judge_check_update(struct xengt_sim *sim, uint32_t index,
			    uint64_t pte);
void sim_judge_check_page(struct xengt_sim *sim, struct sim_engine *e,
			  uint64_t addr, const struct sim_walk *used,
			  bool write);
void sim_judge_check_tables(struct xengt_sim *sim, uint64_t addr,
			    const struct sim_walk *walk);

/*
 * judge_residue.c: uses tokens to follow the values that a domain's contexts
 * leave in the hardware. A token is the id of a guest's domain; 0: no
 * guest. These functions work only while XENGT_SIM_STRICT_RESIDUE is on and a
 * judge is attached.
 */
/* Returns the token of the context that runs now. */
uint16_t sim_judge_token(struct xengt_sim *sim);
/*
 * Tell the judge that the context that runs now reads a value that a context
 * with this token left. what: the register's offset, or dword 0 of the command.
 */
void sim_judge_check_residue(struct xengt_sim *sim, uint32_t what,
			     uint16_t token);
void sim_judge_mark(struct xengt_sim *sim, uint32_t off);
void sim_judge_look(struct xengt_sim *sim, uint32_t off);
/*
 * Call sim_judge_reg_written() when an engine writes a register: the judge
 * leaves out a write of only some of the register's bits. val: the written
 * value. be: the bits that the write covers. Call sim_judge_reg_read() when an engine reads or saves a register, and
 * sim_judge_regs_reset() when registers are reset.
 */
static inline void sim_judge_reg_written(struct xengt_sim *sim, uint32_t off,
					 uint32_t val, uint32_t be)
{
	if (!sim->judge.left_by || be != ~0U)
		return;
	if (val >> 16 == 0xffff || !sim_mmio_is_masked(sim, off))
		sim_judge_mark(sim, off);
}
static inline void sim_judge_reg_read(struct xengt_sim *sim, uint32_t off)
{
	if (sim->judge.left_by)
		sim_judge_look(sim, off);
}
void sim_judge_regs_reset(struct xengt_sim *sim, uint32_t first,
			  uint32_t bytes);

/*
 * judge_hammer.c: the judge's background work. Returns milliseconds, as
 * xengt_sim_idle() does.
 */
int sim_judge_idle(struct xengt_sim *sim);

static inline uint64_t sim_size_mask(unsigned int size)
{
	return size >= 8 ? ~0ULL : (1ULL << (8 * size)) - 1;
}

#endif /* XENGT_SIM_PRIV_H */
