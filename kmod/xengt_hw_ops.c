// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the boundary's operations on the hardware
 *
 * The module's implementation of struct xengt_hw_ops. The operations access the
 * GPU's registers directly (xengt_hw.c), because no other driver uses the GPU.
 */
#include <linux/delay.h>
#include <linux/ktime.h>
#include <linux/pci.h>
#include <linux/sched.h>

#include "boundary/bnd_hw.h"
#include "hw/facts.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"
#include "xengt_hw_ops.h"

static void op_pte_write(void *ctx, u32 index, u64 pte)
{
	xengt_hw_ggtt_write(ctx, index, pte);
	/*
	 * a zap stores hundreds of thousands of entries, so let other threads
	 * run
	 */
	if (index % 1024 == 0)
		cond_resched();
}

static int op_ggtt_flush(void *ctx)
{
	return xengt_hw_ggtt_flush(ctx);
}

static int op_ppgtt_flush(void *ctx)
{
	int r;

	xengt_hw_wake(ctx);
	r = xengt_hw_ppgtt_flush(ctx);
	xengt_hw_unwake(ctx);
	return r;
}

static void op_fence_write(void *ctx, u32 n, u64 value)
{
	xengt_hw_fence_write(ctx, n, value);
}

static int op_aperture(void *ctx, u64 addr, u32 size, bool is_store, u64 *value)
{
	return xengt_hw_aperture(ctx, addr, size, is_store, value);
}

/*
 * A register without power reads 0, which means in most registers that an
 * operation has ended. So if the registers got no power, this function returns
 * all-ones, like a device that does not answer.
 */
static u32 op_reg_read(void *ctx, u32 off)
{
	struct xengt_gpu *gpu = ctx;

	if (off < XENGT_SLEEPING_BYTES && READ_ONCE(gpu->is_asleep))
		return ~0u;
	return xengt_read32(gpu, off);
}

static void op_reg_write(void *ctx, u32 off, u32 val)
{
	xengt_write32(ctx, off, val);
}

static void op_sync(void *ctx)
{
	/*
	 * stores to memory that the GPU reads must take effect before later
	 * stores to registers; see bnd_hw.h
	 */
	mb();
}

static void op_wait_us(void *ctx, u32 us)
{
	usleep_range(us, 2 * us);
}

static u64 op_now_ns(void *ctx)
{
	return ktime_get_ns();
}

static void op_power(void *ctx, bool is_on)
{
	if (is_on)
		xengt_hw_wake(ctx);
	else
		xengt_hw_unwake(ctx);
}

static void op_call_at(void *ctx, u64 ns)
{
	xengt_engine_call_at(ctx, ns);
}

static bool op_is_master(void *ctx)
{
	struct xengt_gpu *gpu = ctx;
	u16 command;

	/* a device that does not answer has all bits set */
	return !pci_read_config_word(gpu->pdev, PCI_COMMAND, &command) &&
	       command != 0xffff && command & PCI_COMMAND_MASTER;
}

static void op_cut_off(void *ctx)
{
	struct xengt_gpu *gpu = ctx;

	dev_crit(&gpu->pdev->dev,
		 "somebody has taken bus mastering away from the GPU, so no work runs any more; Xen does this after accesses that the IOMMU refused, see Xen's log (xl dmesg); bind the GPU anew\n");
}

static void op_lost(void *ctx)
{
	struct xengt_gpu *gpu = ctx;

	dev_crit(&gpu->pdev->dev,
		 "the GPU does not obey the module, and a reset of the whole GPU did not help: the memory of guests that the GPU may still use stays held until the next boot\n");
}

static void op_engines_lock(void *ctx)
{
	struct xengt_gpu *gpu = ctx;

	mutex_lock(&gpu->exec_lock);
}

static void op_engines_unlock(void *ctx)
{
	struct xengt_gpu *gpu = ctx;

	mutex_unlock(&gpu->exec_lock);
}

const struct xengt_hw_ops xengt_gpu_hw_ops = {
	.pte_write = op_pte_write,
	.ggtt_flush = op_ggtt_flush,
	.ppgtt_flush = op_ppgtt_flush,
	.fence_write = op_fence_write,
	.aperture = op_aperture,
	.reg_read = op_reg_read,
	.reg_write = op_reg_write,
	.sync = op_sync,
	.wait_us = op_wait_us,
	.now_ns = op_now_ns,
	.power = op_power,
	.call_at = op_call_at,
	.is_master = op_is_master,
	.cut_off = op_cut_off,
	.lost = op_lost,
	.engines_lock = op_engines_lock,
	.engines_unlock = op_engines_unlock,
};
