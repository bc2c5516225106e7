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
#include "uapi/xengt.h"

struct xengt_engine_ops;
struct xengt_platform;
struct xengt_ppgtt_table;

/* All mandatory; ctx is struct xengt_hw.ctx. None calls back. */
struct xengt_hw_ops {
	/* Store an entry of the GPU's GGTT, 8 bytes at once. May sleep. */
	void (*pte_write)(void *ctx, uint32_t index, uint64_t pte);
	/*
	 * 0: earlier pte_write() hold and no TLB has an older entry. -EIO: nobody
	 * knows. For xengt_hw_flush() alone.
	 */
	int (*ggtt_flush)(void *ctx);
	/*
	 * The same, for stores to page tables, too, and the TLBs of engines. May
	 * sleep.
	 */
	int (*ppgtt_flush)(void *ctx);
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
	/*
	 * Registers below XENGT_SLEEPING_BYTES are awake until as many calls with
	 * false came as with true. xengt_bnd_wake(), xengt_bnd_sleep().
	 */
	void (*power)(void *ctx, bool is_on);
	/*
	 * Call xengt_sched_tick() at this time of now_ns(), or as soon after it as
	 * can be. The last call counts.
	 */
	void (*call_at)(void *ctx, uint64_t ns);
	/* The GPU is lost, see struct xengt_hw_health: somebody must be told. */
	void (*lost)(void *ctx);
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
	xengt_bus_t scratch;		/* page that entries outside of all slices
					 * name; each vGPU has one of its own */
	struct xengt_hw_health *health;
};

/* What went wrong with the GPU. Zeroed: nothing. May be read without a lock. */
struct xengt_hw_health {
	/*
	 * All of the GPU was reset: nothing runs, and nothing will until it is
	 * bound anew. For good.
	 */
	bool is_stopped;
	/*
	 * The GPU did what it was told neither at once nor after a reset of all of
	 * it: it may go on using whatever it was ever given. For good: every flush
	 * fails from now on, and so nothing is let go, neither frames nor pages nor
	 * slices.
	 */
	bool is_lost;
	uint32_t flushes_failed;	/* each tried again after a reset */
	uint32_t resets_failed;		/* of one engine */
	uint32_t full_resets;		/* tried because of these */
};

/* The same as the uapi has it: sets health and the counts of *info. */
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

/* Around each use of a register below XENGT_SLEEPING_BYTES; nested calls are counted. */
static inline void xengt_bnd_wake(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, true);
}

static inline void xengt_bnd_sleep(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, false);
}

/* XENGT_HW_PPGTT: those of engines and all others. */
enum xengt_hw_tlb { XENGT_HW_GGTT, XENGT_HW_PPGTT };

/*
 * Flush what older entries there may be; whoever is about to let go of what an entry
 * named asks for it, and lets go only if the answer is 0. -EIO: the GPU is lost.
 * If the flush is not confirmed, the GPU is stopped by a reset of all of it, and the
 * flush tried again.
 */
int xengt_hw_flush(const struct xengt_hw *hw, enum xengt_hw_tlb tlb);

/*
 * The last means: reset the whole GPU, whatever runs, and stop it. -EIO: that failed;
 * then the GPU is lost.
 */
int xengt_hw_full_reset(const struct xengt_hw *hw);

#endif /* XENGT_BND_HW_H */
