// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: a GPU that does not obey the module
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 2c, "GDRST": bit 0 resets
 * all of the GPU except the display; the reset flushes the TLBs, too.
 *
 * Memory must not be released while the GPU may still use it, because released
 * memory soon belongs to another owner. So if a flush fails, the whole GPU is
 * reset and the flush is tried again. If the reset or the second flush fails,
 * the GPU is lost: all memory that the GPU was given stays held for ever.
 *
 * A GPU without bus mastering completes no work, but flushes and resets still end, because
 * they need only registers.
 */
#include "boundary/bnd_hw.h"
#include "hw/facts.h"

#define RESET_TRIES	100u
#define RESET_WAIT_US	20u
#define POLL_WAIT_US	20u

static void lose(const struct xengt_hw *hw)
{
	if (hw->health->is_lost)
		return;
	hw->health->is_lost = true;
	hw->ops->lost(hw->ctx);
}

static int try_flush(const struct xengt_hw *hw, enum xengt_hw_tlb tlb)
{
	int r = tlb == XENGT_HW_GGTT ? hw->ops->ggtt_flush(hw->ctx) :
				       hw->ops->ppgtt_flush(hw->ctx);

#ifdef XENGT_FAULT_TRUST_FLUSH
	r = 0;
#endif
	return r;
}

int xengt_hw_flush(const struct xengt_hw *hw, enum xengt_hw_tlb tlb)
{
	if (hw->health->is_lost)
		return -EIO;
	if (!try_flush(hw, tlb))
		return 0;
	hw->health->flushes_failed++;
	if (xengt_hw_full_reset(hw))
		return -EIO;
	if (!try_flush(hw, tlb))
		return 0;
	lose(hw);
	return -EIO;
}

static bool try_full_reset(const struct xengt_hw *hw)
{
	uint32_t tries;

	/* the reset would end the work of the GPU's driver, too */
	if (hw->is_shared)
		return false;
	hw->ops->reg_write(hw->ctx, XENGT_GDRST, XENGT_GDRST_FULL);
	for (tries = 0; tries < RESET_TRIES; tries++) {
		if (!(hw->ops->reg_read(hw->ctx, XENGT_GDRST) &
		      XENGT_GDRST_FULL))
			return true;
		hw->ops->wait_us(hw->ctx, RESET_WAIT_US);
	}
	return false;
}

bool xengt_hw_is_cut_off(const struct xengt_hw *hw)
{
	if (hw->is_shared || hw->ops->is_master(hw->ctx))
		return false;
	if (!hw->health->is_cut_off) {
		hw->health->is_cut_off = true;
		hw->ops->cut_off(hw->ctx);
	}
	return true;
}

int xengt_hw_full_reset(const struct xengt_hw *hw)
{
	bool is_reset;

	if (hw->health->is_lost)
		return -EIO;
	/* a GPU that cannot reach memory does not obey, so record this reason */
	xengt_hw_is_cut_off(hw);
	hw->health->full_resets++;
	/*
	 * Set is_stopped before the reset, so that no engine gets work after the
	 * reset. Threads of other vGPUs must not see is_stopped without
	 * is_resetting before the reset has ended.
	 */
	hw->health->is_resetting = true;
	hw->ops->sync(hw->ctx);
	hw->health->is_stopped = true;
	xengt_bnd_wake(hw);
	is_reset = try_full_reset(hw);
	xengt_bnd_sleep(hw);
	if (!is_reset)
		lose(hw);
	hw->ops->sync(hw->ctx);
	hw->health->is_resetting = false;
	return is_reset ? 0 : -EIO;
}

int xengt_hw_poll(const struct xengt_hw *hw, uint64_t ns,
		  int (*look)(void *arg), void *arg)
{
	uint64_t end = xengt_bnd_now_ns(hw) + ns;
	bool is_late;
	int r;

	for (;;) {
		/*
		 * read the clock before the look: dom0 may stand still between the
		 * two, and the hardware may finish in that time
		 */
		is_late = xengt_bnd_now_ns(hw) >= end;
		r = look(arg);
		if (r != 1 || is_late)
			return r;
		hw->ops->wait_us(hw->ctx, POLL_WAIT_US);
	}
}
