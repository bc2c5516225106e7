/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A simulated Intel Gen8/Gen9 GPU as a PCI function.
 *
 * This library has no threads and no clock of its own, and uses neither Xen nor
 * another part of xengt. One struct xengt_sim is one PCI function, with
 * configuration space, BAR0 (registers and GGTT), BAR2 (aperture), DMA, one
 * MSI. The program that runs the simulator calls the library from one thread at
 * a time. Callbacks run inside these calls and must not call functions of the
 * same simulator.
 *
 * Everything is deterministic: the same calls give the same answers and the
 * same callbacks. After xengt_sim_create() the PCI function is in its power-on
 * state: memory decode and bus mastering off, BARs 0, MSI off, GGTT entries 0.
 */
#ifndef XENGT_SIM_H
#define XENGT_SIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define XENGT_SIM_CFG_BYTES		256U
#define XENGT_SIM_BAR0_BYTES		(16U << 20)
#define XENGT_SIM_BAR2_BYTES		(256U << 20)
#define XENGT_SIM_REGS_BYTES		(2U << 20)
#define XENGT_SIM_GGTT_OFF		(8U << 20)
#define XENGT_SIM_GGTT_ENTRIES		(1U << 20)	/* maximal number */
#define XENGT_SIM_PAGE_BYTES		4096U

/* Gen8 GGTT entry */
#define XENGT_SIM_PTE_PRESENT		1ULL
#define XENGT_SIM_PTE_ADDR		0x7ffffff000ULL		/* bits 38:12 */

/* Interrupt banks for xengt_sim_raise_irq(). */
enum xengt_sim_irq_bank {
	XENGT_SIM_IRQ_GT0,	/* RCS 15:0, BCS 31:16 */
	XENGT_SIM_IRQ_GT1,	/* VCS 15:0, VCS2 31:16 */
	XENGT_SIM_IRQ_GT2,	/* power management */
	XENGT_SIM_IRQ_GT3,	/* VECS 15:0 */
	XENGT_SIM_IRQ_PIPE_A,
	XENGT_SIM_IRQ_PIPE_B,
	XENGT_SIM_IRQ_PIPE_C,
	XENGT_SIM_IRQ_PORT,
	XENGT_SIM_IRQ_MISC,
	XENGT_SIM_IRQ_PCU,
	XENGT_SIM_IRQ_PCH,	/* south display */
	XENGT_SIM_IRQ_BANKS,
};

struct xengt_sim;
struct xengt_sim_platform;

/* Severity of a line given to ops->log. */
enum xengt_sim_log_level {
	XENGT_SIM_LOG_ERR,
	XENGT_SIM_LOG_WARN,
	XENGT_SIM_LOG_INFO,
	XENGT_SIM_LOG_DEBUG,
};

/*
 * Values of registers of the machine's VT-d unit, and the id of the PCI
 * function in the unit's tables.
 */
struct xengt_sim_unit {
	uint32_t gsts;			/* register GSTS: global status */
	uint64_t rtaddr;		/* register RTADDR: address of the root
					 * table */
	uint64_t iqa;			/* register IQA: address and size of the
					 * invalidation queue */
	uint64_t iqt;			/* register IQT: tail of the
					 * invalidation queue */
	uint16_t rid;			/* id of the PCI function: bus << 8 |
					 * devfn */
};

/*
 * Callbacks to the machine that has the GPU. Each callback may be NULL: without
 * the DMA callbacks only bus addresses in regions have memory; without 'msi'
 * interrupts are dropped.
 */
struct xengt_sim_ops {
	/*
	 * Read or write machine memory. [bus, bus + len) never crosses a 4 KiB
	 * page. The callback returns 0, or a negative errno if there is no
	 * memory; then the simulator counts a fault, a read gives 0, and a
	 * write is dropped. The simulator calls dma_read and dma_write only for
	 * addresses that no region of xengt_sim_set_regions() covers.
	 */
	int (*dma_read)(void *opaque, uint64_t bus, void *buf, size_t len);
	int (*dma_write)(void *opaque, uint64_t bus, const void *buf,
			 size_t len);
	/* Deliver a message-signalled interrupt; must not block. */
	void (*msi)(void *opaque, uint64_t addr, uint32_t data);
	/*
	 * A log line without newline. The callback must bound the number of
	 * lines that it keeps.
	 */
	void (*log)(void *opaque, enum xengt_sim_log_level level,
		    const char *line);
	/*
	 * Monotonic nanoseconds, for the judge's records, the display and the
	 * engines' timestamps. If now_ns is NULL, the judge's times are numbers
	 * that only increase, and the display and the engines use virtual time.
	 */
	uint64_t (*now_ns)(void *opaque);
	/*
	 * Read the registers of the VT-d unit between the PCI function and
	 * memory. Returns 0, or -errno if the registers cannot be read; then
	 * the access that needs them faults. If iommu is NULL, there is no
	 * VT-d unit, and bus addresses are machine addresses. The unit's tables
	 * and queue must be in regions of xengt_sim_set_regions().
	 */
	int (*iommu)(void *opaque, struct xengt_sim_unit *ret_unit);
	/*
	 * Find data in [from, from + max) of machine memory. The memory may be
	 * a file with holes; a read of a hole would allocate memory for the
	 * hole. Returns the number of bytes with data that begin at from +
	 * *ret_skip, or 0 if there is no data. The returned number and
	 * *ret_skip are multiples of 4096. Only the judge's search for Xen's
	 * tables calls data_at. If data_at is NULL, all memory has data.
	 */
	uint64_t (*data_at)(void *opaque, const uint8_t *from, uint64_t max,
			    uint64_t *ret_skip);
};

struct xengt_sim_config {
	const struct xengt_sim_platform *platform; /* NULL: the first platform
						    * in the table */
	const struct xengt_sim_ops *ops;	/* the struct is copied; NULL:
						 * no callbacks */
	void *opaque;
	/*
	 * Simulate no TLB for the GGTT. With the TLB (default), the first use
	 * of an entry caches the entry, and a later store to the entry takes
	 * effect only after a write of GFX_FLSH_CNTL, for the GPU and for the
	 * aperture.
	 */
	bool no_tlb;
	/*
	 * The size of the memory that firmware gave to GGTT entries: 2, 4 or 8
	 * MiB, for 1, 2 or 4 GiB of graphics addresses (field GGMS of the GMCH
	 * control word); 0 means 8. Entries beyond that memory read as 0, and
	 * writes of them are dropped.
	 */
	unsigned int gtt_mib;
};

/* Machine memory that the simulator may touch directly. */
struct xengt_sim_region {
	uint64_t bus;
	uint64_t len;
	void *host;		/* pointer to the memory. bus, len and host are
				 * multiples of the page size */
};

#define XENGT_SIM_REGIONS_MAX	16

/* Counters, which start at 0 in xengt_sim_create(). */
struct xengt_sim_stats {
	uint64_t cfg_reads;
	uint64_t cfg_writes;
	uint64_t mmio_reads;
	uint64_t mmio_writes;
	uint64_t ggtt_reads;		/* reads of entries by the CPU */
	uint64_t ggtt_writes;
	uint64_t ggtt_flushes;		/* writes of GFX_FLSH_CNTL */
	uint64_t aperture_reads;
	uint64_t aperture_writes;
	uint64_t gpu_accesses;		/* accesses by the GPU; an access of
					 * several pages counts for each page */
	uint64_t gtt_faults;		/* accesses through an entry that is not
					 * present */
	uint64_t dma_faults;		/* accesses of a bus address without
					 * memory */
	uint64_t iommu_translations;	/* accesses that the IOMMU translated */
	uint64_t iommu_moved;		/* translated accesses whose machine
					 * address differs from the bus
					 * address */
	uint64_t iommu_faults;		/* accesses that the IOMMU refused */
	uint64_t iommu_stale;		/* accesses that used a cached
					 * translation that the tables do not
					 * contain any more */
	uint64_t iommu_laps;		/* times that the IOMMU's queue may have
					 * wrapped around since the simulator
					 * last read the queue, so that all
					 * translations were dropped */
	uint64_t dma_blocked;		/* accesses of the GPU while bus
					 * mastering was off */
	uint64_t tlb_hits;
	uint64_t tlb_fills;
	uint64_t tlb_stale;		/* hits of the TLB for an entry that has
					 * changed in the table since the TLB
					 * cached the entry */
	uint64_t msis;
	uint64_t irq_lost;		/* interrupts that were lost, because no
					 * MSI could be sent */
	uint64_t bad_accesses;		/* accesses of the CPU with an invalid
					 * size or range */
	uint64_t resets;
};

/* --- platforms ----------------------------------------------------------- */

/*
 * Find a platform by its short name, such as "skl". Returns NULL if no platform
 * has this name.
 */
const struct xengt_sim_platform *xengt_sim_platform_find(const char *name);

/*
 * Returns the platform with this index in the table, so that a caller can list
 * all platforms; NULL if the index is past the end of the table.
 */
const struct xengt_sim_platform *xengt_sim_platform_at(size_t i);
const char *xengt_sim_platform_name(const struct xengt_sim_platform *p);
const char *xengt_sim_platform_title(const struct xengt_sim_platform *p);
uint16_t xengt_sim_platform_device_id(const struct xengt_sim_platform *p);

/* --- life ---------------------------------------------------------------- */

/*
 * Returns NULL if memory is short or config is invalid. The caller destroys the
 * simulator.
 */
struct xengt_sim *xengt_sim_create(const struct xengt_sim_config *config);
/* Accepts NULL. */
void xengt_sim_destroy(struct xengt_sim *sim);

/*
 * Power-on reset of the PCI function: configuration space, registers,
 * interrupts, GGTT and TLB. The memory regions, the judge and
 * the counters are unchanged.
 */
void xengt_sim_reset(struct xengt_sim *sim);

/*
 * Bring the simulator back to its state after xengt_sim_create(). A call takes
 * a fraction of the time of xengt_sim_create(), which helps programs that often
 * need a new simulator. Regions, judge and recording are removed, and virtual
 * time begins again at 0.
 */
void xengt_sim_power_cycle(struct xengt_sim *sim);

/*
 * Give the simulator pointers to machine memory. The new table of regions
 * replaces the old one. The memory must stay mapped until the next call of this
 * function or of xengt_sim_destroy(). Returns 0, -EINVAL (unaligned) or -E2BIG;
 * on error the old table remains in use.
 */
int xengt_sim_set_regions(struct xengt_sim *sim,
			  const struct xengt_sim_region *regions, size_t n);

/* --- the PCI side -------------------------------------------------------- */

/*
 * Access configuration space: size 1, 2 or 4, any alignment inside 256 bytes.
 * With another size or offset a read gives all-ones of that size, and a write
 * is dropped.
 */
uint32_t xengt_sim_cfg_read(struct xengt_sim *sim, uint32_t off, unsigned size);
void xengt_sim_cfg_write(struct xengt_sim *sim, uint32_t off, unsigned size,
			 uint32_t val);

/*
 * Access BAR 0 or 2: size 1 to 8, offset from the BAR's start. The memory
 * decode bit has no influence, because the caller models the bus. Reads outside
 * of a BAR give all-ones.
 */
uint64_t xengt_sim_bar_read(struct xengt_sim *sim, unsigned bar, uint64_t off,
			    unsigned size);
void xengt_sim_bar_write(struct xengt_sim *sim, unsigned bar, uint64_t off,
			 unsigned size, uint64_t val);

/*
 * Find the BAR that contains a bus address. Returns the BAR's number, and in
 * *ret_off the offset in the BAR; or -ENOENT. Ignores the memory decode bit.
 */
int xengt_sim_bar_at(const struct xengt_sim *sim, uint64_t bus,
		     uint64_t *ret_off);

/* --- the GPU side -------------------------------------------------------- */

/*
 * The GPU (an engine, the display) accesses [ggtt, ggtt + len) of the global
 * graphics address space. The entry comes from the TLB or the GGTT, the judge
 * checks the access, and then DMA accesses the memory. The bus master bit must
 * be set, as on hardware. Returns 0, -EPERM (no bus mastering), -EINVAL (beyond
 * the GGTT), or -EFAULT: for at least one page the entry was not present or
 * pointed to no memory; all other pages were accessed.
 */
int xengt_sim_gpu_access(struct xengt_sim *sim, uint64_t ggtt, void *buf,
			 size_t len, bool write);

/*
 * Raise events of the hardware: set the bits in the bank's IIR, except the bits
 * that IMR masks, and send the MSI if IER, master control, MSI enable and bus
 * master allow it.
 */
void xengt_sim_raise_irq(struct xengt_sim *sim, enum xengt_sim_irq_bank bank,
			 uint32_t bits);

/*
 * Plug in or unplug a monitor: sink 0 is the DisplayPort monitor on port B, 1
 * the HDMI monitor on port C (both are plugged in after reset). Raises a
 * hotplug interrupt if the driver enabled the port's detection. Returns 0, or
 * -1 if there is no such monitor.
 */
int xengt_sim_set_monitor(struct xengt_sim *sim, unsigned int sink,
			  bool is_connected);

/* Maximal width and height of a picture, in pixels. */
#define XENGT_SIM_PICTURE_MAX	4096U

/*
 * Compute the size of the picture of pipe 0, 1 or 2. Returns 0; -EINVAL: no
 * such pipe, -ENODEV: the pipe is off or has no clock, -E2BIG: the picture is
 * larger than XENGT_SIM_PICTURE_MAX.
 */
int xengt_sim_picture_size(const struct xengt_sim *sim, unsigned int pipe,
			   unsigned int *ret_width, unsigned int *ret_height);

/*
 * Write the picture to rgb: rows from the top, 3 bytes per pixel (red, green,
 * blue), no gap between rows. The display reads memory for the picture. These
 * accesses are counted and judged and fill the TLB, like all accesses of the
 * GPU. Pixels that cannot be read are black. Returns 0, -ENOSPC (bytes is too
 * small), or an error of xengt_sim_picture_size().
 */
int xengt_sim_picture(struct xengt_sim *sim, unsigned int pipe, uint8_t *rgb,
		      size_t bytes);

/* --- the isolation judge, see include/xengt/judge_abi.h ------------------- */

/*
 * Prepare shared memory for a run: clear it and write the header. Call this
 * before dom0 looks at the memory. Returns 0, or -EINVAL if bytes is too small.
 */
int xengt_sim_judge_format(void *shm, size_t bytes);

/*
 * Judge every access to memory from now on. The caller keeps shm mapped until
 * xengt_sim_destroy() or a call with NULL. Returns 0, -EINVAL (shm is not
 * formatted) or -ENOMEM.
 */
int xengt_sim_judge_attach(struct xengt_sim *sim, void *shm, size_t bytes);

/*
 * Do a bounded amount of background work: handle vertical blanks, let the
 * engines work, read dom0's changes of the judge's memory, make some of the
 * judge's own accesses. Call this function when there is nothing else to do,
 * and now and then between accesses. Returns the milliseconds after which the
 * next call is due (0: at once), or -1 if no call is due.
 */
int xengt_sim_idle(struct xengt_sim *sim);

/* --- execution ------------------------------------------------------------ */

/* Number of engines. Index of each engine: 0 RCS, 1 VCS, 2 VECS, 3 BCS. */
#define XENGT_SIM_ENGINES	4

/*
 * Switches that make the simulator behave as strictly as silicon does. The
 * member 'strict' of struct xengt_sim_exec_opts has the switches that are on.
 * docs/gpusim.md says what each switch does.
 */
/*
 * Context images have the layout that silicon uses. Change this switch only
 * while no context exists.
 */
#define XENGT_SIM_STRICT_IMAGES		0x01U
/*
 * The judge follows the values that a domain's contexts leave in the hardware.
 */
#define XENGT_SIM_STRICT_RESIDUE	0x02U
/*
 * The bits of MI_LOAD_REGISTER_IMM that disable the write of single bytes take
 * effect.
 */
#define XENGT_SIM_STRICT_BYTES		0x04U
/* An idle engine does not reload the context that it ran last. */
#define XENGT_SIM_STRICT_IDLE		0x08U
/*
 * The entry of a context event reaches the status page after the CSB's pointer
 * and the interrupt.
 */
#define XENGT_SIM_STRICT_EVENTS		0x10U
/*
 * Loads and saves of contexts take some time, and a reset during that time
 * tears the image.
 */
#define XENGT_SIM_STRICT_TORN		0x20U
/*
 * The render engine's writes stay in L3 until a command writes them back. Each
 * engine keeps the translations that it used until its own TLB is invalidated.
 */
#define XENGT_SIM_STRICT_CACHES		0x40U

/* Options for the work of engines, and faults to inject. */
struct xengt_sim_exec_opts {
	uint32_t cost_percent;		/* the virtual cost of commands in
					 * percent; default 100 */
	uint32_t switch_ns;		/* time that loading a context takes; 0: the
					 * default, scaled by cost_percent */
	uint32_t work_per_call;		/* maximal number of commands that one
					 * call executes; 0: the default */
	unsigned int ignore_preempt;	/* engines that do not preempt, a bit (1
					 * << index) for each. lose_irq,
					 * stick_tlb and stick_reset have such
					 * bits, too */
	unsigned int lose_irq;		/* engines whose interrupts are lost */
	/*
	 * Gen9's blitter lets any batch reach any register (CVE-2019-0155);
	 * true closes that hole.
	 */
	bool no_blt_hole;
	/*
	 * Injected faults: resets and TLB invalidations that do not complete.
	 */
	unsigned int stick_tlb;		/* engines that do not invalidate their
					 * TLB */
	unsigned int stick_reset;	/* engines that ignore a reset and
					 * continue */
	bool stick_full_reset;		/* a reset of the whole GPU does not
					 * end */
	unsigned int strict;		/* mask of XENGT_SIM_STRICT_* */
};

struct xengt_sim_engine_stats {
	uint64_t commands;
	uint64_t contexts;		/* context images loaded from memory */
	uint64_t completions;
	uint64_t preemptions;
	uint64_t lite_restores;
	uint64_t batches;
	uint64_t refused;		/* commands that became no-ops because
					 * privilege was missing */
	uint64_t faults;
	uint64_t errors;		/* number of undefined commands */
	uint64_t blit_bytes;		/* number of bytes that the blitter
					 * wrote */
};

void xengt_sim_get_exec(const struct xengt_sim *sim,
			struct xengt_sim_exec_opts *ret_opts);
void xengt_sim_set_exec(struct xengt_sim *sim,
			const struct xengt_sim_exec_opts *opts);
/* All counters are 0 for an index that does not exist. */
void xengt_sim_engine_stats(const struct xengt_sim *sim, unsigned int engine,
			    struct xengt_sim_engine_stats *ret_stats);

/*
 * Let the engines do a bounded amount of work. Engines also work when registers
 * are written. Returns true if there is more to do at once.
 */
bool xengt_sim_run(struct xengt_sim *sim);
/*
 * Returns the virtual nanoseconds since xengt_sim_create(), including the time
 * in which the engines worked.
 */
uint64_t xengt_sim_time(const struct xengt_sim *sim);
/* Advance virtual time by ns without work. */
void xengt_sim_advance(struct xengt_sim *sim, uint64_t ns);

/*
 * Make L3 write all its data back to memory, as hardware may do at any time.
 * The judge checks the pages that receive the data. Without
 * XENGT_SIM_STRICT_CACHES L3 has no data.
 */
void xengt_sim_write_back(struct xengt_sim *sim);

/* --- looking inside ------------------------------------------------------ */

void xengt_sim_get_stats(const struct xengt_sim *sim,
			 struct xengt_sim_stats *ret_stats);

/*
 * Returns the GGTT entry in the table (not the one in the TLB), without side
 * effects; 0 beyond the table.
 */
uint64_t xengt_sim_peek_pte(const struct xengt_sim *sim, uint32_t index);

/*
 * Returns the value that a read of a register would return, without side
 * effects; 0 beyond the registers.
 */
uint32_t xengt_sim_peek_reg(const struct xengt_sim *sim, uint32_t off);

/*
 * Counts how often the CPU read and wrote the dword at off since
 * xengt_sim_create(); both counts are 0 beyond the registers. An access that
 * covers two dwords counts once for each.
 */
void xengt_sim_reg_counts(const struct xengt_sim *sim, uint32_t off,
			  uint32_t *ret_reads, uint32_t *ret_writes);

#endif /* XENGT_SIM_H */
