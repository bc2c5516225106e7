/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary needs of the hardware, and of the machine that the hardware is
 * in: one object per GPU. docs/design/012 says why the lines are drawn here.
 *
 *   struct xengt_hw_ops      GGTT entries, TLBs, fences, registers, time, power
 *   struct xengt_mem_ops     memory: for notes, and pages that the GPU reads
 *   struct xengt_engine_ops  work on the engines (engine.h)
 *
 * kmod/ fills the object for real hardware, src/gpu/gpu_sim*.c for the simulator.
 * What the boundary needs of a guest is in bnd_guest.h.
 */
#ifndef XENGT_BND_HW_H
#define XENGT_BND_HW_H

#include "bnd_types.h"

struct xengt_engine_ops;
struct xengt_platform;
struct xengt_ppgtt_table;

/* All mandatory; ctx is struct xengt_hw.ctx. None calls back. */
struct xengt_hw_ops {
	/* Store an entry of the GPU's GGTT, 8 bytes at once. May sleep. */
	void (*pte_write)(void *ctx, uint32_t index, uint64_t pte);
	/* Returns when earlier pte_write() hold and no TLB has an older entry. */
	void (*ggtt_flush)(void *ctx);
	/*
	 * Returns when stores to page tables, and earlier pte_write(), hold and no
	 * TLB of an engine has an older entry. May sleep.
	 */
	void (*ppgtt_flush)(void *ctx);
	/* Fence register n of the GPU (not of a vGPU): off, then as value says. */
	void (*fence_write)(void *ctx, uint32_t n, uint64_t value);

	/* A register of 4 bytes in BAR0. */
	uint32_t (*reg_read)(void *ctx, uint32_t off);
	void (*reg_write)(void *ctx, uint32_t off, uint32_t val);
	/* Order of memory: stores before, then what follows. */
	void (*sync)(void *ctx);
	/* Let about so many microseconds pass; may sleep. */
	void (*wait_us)(void *ctx, uint32_t us);
	uint64_t (*now_ns)(void *ctx);
	/* From now on engines have work, or none: power. */
	void (*set_busy)(void *ctx, bool is_busy);
	/* Between these two nobody else uses struct xengt_sched. */
	void (*engines_lock)(void *ctx);
	void (*engines_unlock)(void *ctx);
};

/* All mandatory; ctx is struct xengt_hw.ctx. None calls back. All may sleep. */
struct xengt_mem_ops {
	/* Zeroed memory for notes, not for the GPU; NULL: none. */
	void *(*alloc)(void *ctx, uint64_t bytes);
	void (*free)(void *ctx, void *mem);
	/*
	 * Zeroed pages, one after the other for the CPU; bus addresses of each
	 * in ret_bus. NULL: out of memory.
	 */
	void *(*pages_alloc)(void *ctx, uint32_t pages, xengt_bus_t *ret_bus);
	void (*pages_free)(void *ctx, void *mem, uint32_t pages,
			   const xengt_bus_t *bus);
	/* Zeroed, with page, bus and words set; the page can be named by an
	 * entry. NULL: no memory. */
	struct xengt_ppgtt_table *(*table_alloc)(void *ctx);
	void (*table_free)(void *ctx, struct xengt_ppgtt_table *table);
};

/* Made by the owner of the GPU, who keeps it until everything below is gone. */
struct xengt_hw {
	const struct xengt_hw_ops *ops;
	const struct xengt_mem_ops *mem_ops;
	const struct xengt_engine_ops *engine_ops;
	void *ctx;
	const struct xengt_platform *platform;
	xengt_bus_t scratch;		/* page that unused entries name */
};

#endif /* XENGT_BND_HW_H */
