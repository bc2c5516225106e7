/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions that the boundary calls to reach the GPU, and to get memory and
 * time from the machine: one object for each GPU. docs/design/012 has the reasons
 * for this interface.
 *
 *   struct xengt_hw_ops      GGTT entries, TLBs, fences, registers, time, power
 *   struct xengt_mem_ops     memory for the boundary's own data, and pages that the
 *                            GPU reads
 *   struct xengt_engine_ops  work on the engines (engine.h)
 *
 * kmod/ fills the object for real hardware, src/gpu/gpu_sim*.c for the simulator.
 * bnd_guest.h has the functions that the boundary calls to reach a guest.
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
	 * Make the GPU use the entries that earlier calls of pte_write() stored.
	 * 0: no TLB has an older entry. -EIO: a TLB may have an older entry. Only
	 * xengt_hw_flush() calls this operation.
	 */
	int (*ggtt_flush)(void *ctx);
	/*
	 * Like ggtt_flush(), but also for earlier stores to page tables. 0: no
	 * TLB of the GPU or of an engine has an older entry. May sleep.
	 */
	int (*ppgtt_flush)(void *ctx);
	/*
	 * Set fence register n: switch the fence off, then store value. n is
	 * the index among all fence registers of the GPU, not among the vGPU's.
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
	/* A memory barrier: earlier loads and stores take effect before later ones. */
	void (*sync)(void *ctx);
	/* Wait for about this many microseconds. May sleep. */
	void (*wait_us)(void *ctx, uint32_t us);
	uint64_t (*now_ns)(void *ctx);
	/*
	 * Switch the power of registers below XENGT_SLEEPING_BYTES. The
	 * registers have power as long as there were more calls with true than
	 * with false. Only xengt_bnd_wake() and xengt_bnd_sleep() call this
	 * operation.
	 */
	void (*power)(void *ctx, bool is_on);
	/*
	 * Request a call of xengt_sched_tick() when now_ns() reaches 'ns', or
	 * as soon as possible afterwards. A new request replaces an older one.
	 */
	void (*call_at)(void *ctx, uint64_t ns);
	/*
	 * Read from the GPU's config space whether the GPU may access memory (bus
	 * mastering). Returns false also if the GPU does not answer. Only
	 * xengt_hw_is_cut_off() calls this operation.
	 */
	bool (*is_master)(void *ctx);
	/* The GPU is cut off (struct xengt_hw_health): tell the administrator. */
	void (*cut_off)(void *ctx);
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
	/*
	 * Allocate zeroed memory that only the CPU uses. NULL: out of memory.
	 */
	void *(*alloc)(void *ctx, uint64_t bytes);
	void (*free)(void *ctx, void *mem);
	/*
	 * Allocate zeroed pages at consecutive CPU addresses. ret_bus gets the
	 * bus address of each page. NULL: out of memory.
	 */
	void *(*pages_alloc)(void *ctx, uint32_t pages, xengt_bus_t *ret_bus);
	void (*pages_free)(void *ctx, void *mem, uint32_t pages,
			   const xengt_bus_t *bus);
	/*
	 * Allocate a zeroed page table, and set its page, bus and words. An
	 * entry of the GPU can point to the table's page. NULL: out of memory.
	 */
	struct xengt_ppgtt_table *(*table_alloc)(void *ctx);
	void (*table_free)(void *ctx, struct xengt_ppgtt_table *table);
};

/*
 * A GPU. The owner of the GPU makes this object, and must not free it before
 * all objects that refer to it are destroyed.
 */
struct xengt_hw {
	const struct xengt_hw_ops *ops;
	const struct xengt_mem_ops *mem_ops;
	const struct xengt_engine_ops *engine_ops;
	void *ctx;
	const struct xengt_platform *platform;
	xengt_bus_t scratch;		/* the host's scratch page, which GGTT
					 * entries outside of all slices point
					 * to */
	struct xengt_hw_health *health;
	/*
	 * Another driver owns the GPU, and runs its own work beside the guests'
	 * work (docs/design/016). Then the boundary writes no register of the
	 * GPU. An engine gets one part of one context at a time, and the
	 * boundary gives it the next part only when it has ended this one.
	 * engine_ops hand the parts to the driver, which flushes the caches at
	 * the end of each part.
	 */
	bool is_shared;
};

/*
 * What went wrong with the GPU. All members 0: nothing went wrong. Any thread
 * may read the struct without a lock.
 */
struct xengt_hw_health {
	/*
	 * The whole GPU was reset, or is being reset (is_resetting): no engine gets
	 * work until the GPU is bound again. is_stopped never becomes false again.
	 */
	bool is_stopped;
	/*
	 * The reset of the whole GPU has begun and not ended: is_stopped is set, but
	 * engines may still run, and caches may still have data.
	 */
	bool is_resetting;
	/*
	 * The GPU did not obey the module, and a reset of the whole GPU did not
	 * help. The GPU may still use all memory that it was given since it was
	 * bound. is_lost never becomes false again: every later flush fails, so
	 * no frame, no page and no slice is ever released.
	 */
	bool is_lost;
	/*
	 * Somebody took bus mastering away from the GPU, so that the GPU reaches no
	 * memory. Xen does this after a burst of accesses that the IOMMU refused
	 * (pci_check_disable_device() in Xen's xen/drivers/passthrough/pci.c, 4.17 to
	 * 4.20). The module then stops the GPU (is_stopped), and blames no guest.
	 */
	bool is_cut_off;
	/*
	 * number of flushes that failed; each flush was tried again after a
	 * reset
	 */
	uint32_t flushes_failed;
	/* engines that did not come to a stop before their reset */
	uint32_t stops_failed;
	uint32_t resets_failed;		/* failed resets of a single engine */
	/* resets of the whole GPU, also those that failed */
	uint32_t full_resets;
};

/*
 * Copy the health to the ABI's struct: sets info->health, info->flushes_failed,
 * info->resets_failed and info->full_resets.
 */
static inline void xengt_hw_health_tell(const struct xengt_hw_health *health,
					struct xengt_info *info)
{
	info->health = (health->is_stopped ? XENGT_HEALTH_STOPPED : 0) |
		       (health->is_lost ? XENGT_HEALTH_LOST : 0) |
		       (health->is_cut_off ? XENGT_HEALTH_CUT_OFF : 0);
	info->flushes_failed = health->flushes_failed;
	info->resets_failed = health->resets_failed;
	info->full_resets = health->full_resets;
	info->stops_failed = health->stops_failed;
}

#define XENGT_NS_PER_MS		1000000ull

static inline uint64_t xengt_bnd_now_ns(const struct xengt_hw *hw)
{
	return hw->ops->now_ns(hw->ctx);
}

/*
 * Code that uses a register below XENGT_SLEEPING_BYTES calls xengt_bnd_wake()
 * before the use and xengt_bnd_sleep() after it. Pairs of these calls may be
 * nested.
 */
static inline void xengt_bnd_wake(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, true);
}

static inline void xengt_bnd_sleep(const struct xengt_hw *hw)
{
	hw->ops->power(hw->ctx, false);
}

/*
 * Which TLBs a flush concerns. XENGT_HW_PPGTT: all TLBs, including the engines'
 * TLBs.
 */
enum xengt_hw_tlb { XENGT_HW_GGTT, XENGT_HW_PPGTT };

/*
 * Flush the TLBs, so that none of them has an older entry. To release a page
 * that an entry pointed to, the caller first calls this function, and releases
 * the page only if the function returns 0. -EIO: the GPU is lost. If the
 * hardware does not confirm the flush, this function stops the GPU by a reset
 * of the whole GPU and tries the flush again.
 */
int xengt_hw_flush(const struct xengt_hw *hw, enum xengt_hw_tlb tlb);

/*
 * Reset the whole GPU, even if engines run, and set is_stopped. -EIO: the reset
 * failed, or another driver owns the GPU (is_shared) and the module must not
 * reset it, so the GPU is lost.
 */
int xengt_hw_full_reset(const struct xengt_hw *hw);

/*
 * Returns true, and sets is_cut_off, if the GPU has no bus mastering. If another driver
 * owns the GPU (is_shared), the result is false: this driver decides about bus mastering.
 */
bool xengt_hw_is_cut_off(const struct xengt_hw *hw);

/*
 * Call look(arg) until it returns something else than 1 ("not yet"), with waits between the
 * calls. Returns look()'s last result: 1 if ns nanoseconds have passed. The limit is for the
 * hardware only: look() is called once more after dom0 has noticed that the time is over,
 * so it does not matter how long dom0 gets no processor. May sleep.
 */
int xengt_hw_poll(const struct xengt_hw *hw, uint64_t ns,
		  int (*look)(void *arg), void *arg);

#endif /* XENGT_BND_HW_H */
