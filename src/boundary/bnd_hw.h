/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the boundary needs of the hardware, and of the machine that contains the
 * hardware: one object for each GPU. docs/design/012 gives the reasons for this
 * division.
 *
 *   struct xengt_hw_ops      GGTT entries, TLBs, fences, registers, time, power
 *   struct xengt_mem_ops     memory for the boundary's own data, and pages that the
 *                            GPU reads
 *   struct xengt_engine_ops  work on the engines (engine.h)
 *
 * kmod/ fills the object for real hardware, src/gpu/gpu_sim*.c for the
 * simulator. What the boundary needs of a guest is in bnd_guest.h.
 */
#ifndef XENGT_BND_HW_H
#define XENGT_BND_HW_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

struct xengt_engine_ops;
struct xengt_platform;
struct xengt_ppgtt_table;

/*
 * All operations are mandatory. ctx is struct xengt_hw.ctx. No operation calls
 * the boundary.
 */
struct xengt_hw_ops {
	/* Store an entry of the GPU's GGTT, 8 bytes at once. May sleep. */
	void (*pte_write)(void *ctx, uint32_t index, uint64_t pte);
	/*
	 * Make the GPU use the entries of earlier pte_write(). 0: no TLB has an
	 * older entry. -EIO: a TLB may have an older entry. Only xengt_hw_flush()
	 * calls this.
	 */
	int (*ggtt_flush)(void *ctx);
	/*
	 * As ggtt_flush(), and also for earlier stores to page tables: no TLB
	 * of an engine has an older entry, either. May sleep.
	 */
	int (*ppgtt_flush)(void *ctx);
	/*
	 * Set fence register n, counted in the GPU and not in a vGPU: switch
	 * the fence off, then store value.
	 */
	void (*fence_write)(void *ctx, uint32_t n, uint64_t value);
	/*
	 * One access of the aperture (BAR2) at graphics address addr, as a CPU
	 * makes it: size is 1 to 8 bytes inside one page. is_store: store
	 * *value; else load *value, with zeros above size. A store has taken
	 * effect when the operation returns. May sleep. -ENOMEM: nothing was
	 * accessed.
	 */
	int (*aperture)(void *ctx, uint64_t addr, uint32_t size, bool is_store,
			uint64_t *value);

	/* Read or write a register of 4 bytes in BAR0. */
	uint32_t (*reg_read)(void *ctx, uint32_t off);
	void (*reg_write)(void *ctx, uint32_t off, uint32_t val);
	/* A memory barrier: earlier stores take effect before later ones. */
	void (*sync)(void *ctx);
	/* Wait for about this many microseconds. May sleep. */
	void (*wait_us)(void *ctx, uint32_t us);
	uint64_t (*now_ns)(void *ctx);
	/*
	 * Registers below XENGT_SLEEPING_BYTES are awake as long as there were
	 * more calls with true than with false. Only xengt_bnd_wake() and
	 * xengt_bnd_sleep() call this.
	 */
	void (*power)(void *ctx, bool is_on);
	/*
	 * Arrange a call of xengt_sched_tick() at this time of now_ns(), or as
	 * soon as possible after it. A new time replaces an older one.
	 */
	void (*call_at)(void *ctx, uint64_t ns);
	/* The GPU is lost (struct xengt_hw_health): tell the administrator. */
	void (*lost)(void *ctx);
	/* Between lock and unlock no other thread uses struct xengt_sched. */
	void (*engines_lock)(void *ctx);
	void (*engines_unlock)(void *ctx);
};

/*
 * All operations are mandatory and may sleep. ctx is struct xengt_hw.ctx. No
 * operation calls the boundary.
 */
struct xengt_mem_ops {
	/* Zeroed memory that only the CPU uses. NULL: out of memory. */
	void *(*alloc)(void *ctx, uint64_t bytes);
	void (*free)(void *ctx, void *mem);
	/*
	 * Zeroed pages at consecutive addresses of the CPU. ret_bus gets the
	 * bus address of each page. NULL: out of memory.
	 */
	void *(*pages_alloc)(void *ctx, uint32_t pages, xengt_bus_t *ret_bus);
	void (*pages_free)(void *ctx, void *mem, uint32_t pages,
			   const xengt_bus_t *bus);
	/*
	 * A zeroed page table with page, bus and words set. An entry of the GPU
	 * can name its page. NULL: out of memory.
	 */
	struct xengt_ppgtt_table *(*table_alloc)(void *ctx);
	void (*table_free)(void *ctx, struct xengt_ppgtt_table *table);
};

/*
 * The owner of the GPU makes this object, and keeps it until all objects that
 * refer to it are destroyed.
 */
struct xengt_hw {
	const struct xengt_hw_ops *ops;
	const struct xengt_mem_ops *mem_ops;
	const struct xengt_engine_ops *engine_ops;
	void *ctx;
	const struct xengt_platform *platform;
	xengt_bus_t scratch;		/* page that entries outside of all slices
					 * name; each vGPU has one of its own */
	struct xengt_hw_health *health;
};

/*
 * What went wrong with the GPU. Zeroed: nothing went wrong. May be read without
 * a lock.
 */
struct xengt_hw_health {
	/*
	 * The whole GPU was reset: no engine runs, and none will run until the
	 * GPU is bound again. Once set, this is never cleared.
	 */
	bool is_stopped;
	/*
	 * The GPU did not do what the module told it, and a reset of the whole
	 * GPU did not help. It may go on using all memory that it was ever
	 * given. Once set, this is never cleared: every later flush fails, and
	 * so neither frames nor pages nor slices are ever released.
	 */
	bool is_lost;
	/* flushes that failed; each was tried again after a reset */
	uint32_t flushes_failed;
	uint32_t resets_failed;		/* failed resets of a single engine */
	/* resets of the whole GPU after such failures */
	uint32_t full_resets;
};

/*
 * Copy the health to the ABI's struct: sets info->health and the counts of
 * *info.
 */
static inline void xengt_hw_health_tell(const struct xengt_hw_health *health,
					struct xengt_info *info)
{
	info->health = (health->is_stopped ? XENGT_HEALTH_STOPPED : 0) |
		       (health->is_lost ? XENGT_HEALTH_LOST : 0);
	info->flushes_failed = health->flushes_failed;
	info->resets_failed = health->resets_failed;
	info->full_resets = health->full_resets;
}

#define XENGT_NS_PER_MS		1000000ull

static inline uint64_t xengt_bnd_now_ns(const struct xengt_hw *hw)
{
	return hw->ops->now_ns(hw->ctx);
}

/*
 * Each use of a register below XENGT_SLEEPING_BYTES stands between these two
 * calls, which may be nested.
 */
static inline void xengt_bnd_wake(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, true);
}

static inline void xengt_bnd_sleep(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, false);
}

/* XENGT_HW_PPGTT: all TLBs, those of the engines included. */
enum xengt_hw_tlb { XENGT_HW_GGTT, XENGT_HW_PPGTT };

/*
 * Make all TLBs forget older entries. A caller that wants to release what an
 * entry named calls this first, and releases it only if the answer is 0. -EIO:
 * the GPU is lost. If the hardware does not confirm the flush, this function
 * stops the GPU by a reset of the whole GPU and tries the flush again.
 */
int xengt_hw_flush(const struct xengt_hw *hw, enum xengt_hw_tlb tlb);

/*
 * The strongest means: reset the whole GPU, also if engines run, and stop it.
 * -EIO: the reset failed, and so the GPU is lost.
 */
int xengt_hw_full_reset(const struct xengt_hw *hw);

#endif /* XENGT_BND_HW_H */
