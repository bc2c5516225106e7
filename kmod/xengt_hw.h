/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accesses to the registers of the bound GPU. Do not call these functions after is_gone of
 * struct xengt_gpu is set.
 */
#ifndef XENGT_KMOD_HW_H
#define XENGT_KMOD_HW_H

#include <linux/io.h>
#include <linux/iopoll.h>
#include <linux/pci.h>

#include "xengt_gpu.h"

/* The number of bytes, from the start of BAR0 on, that are registers. */
#define XENGT_MMIO_BYTES	(2u << 20)

static inline u32 xengt_read32(struct xengt_gpu *gpu, u32 reg)
{
	return readl(gpu->mmio + reg);
}

static inline void xengt_write32(struct xengt_gpu *gpu, u32 reg, u32 value)
{
	writel(value, gpu->mmio + reg);
}

/*
 * Wait until the bits 'mask' of a register have this value. Returns 0;
 * -ETIMEDOUT. May sleep.
 */
static inline int xengt_hw_wait(struct xengt_gpu *gpu, u32 reg, u32 mask,
				u32 value, u32 timeout_us)
{
	u32 v;

	return readl_poll_timeout(gpu->mmio + reg, v, (v & mask) == value, 10,
				  timeout_us);
}

/*
 * The functions up to xengt_hw_ggtt_clear() are in xengt_hw_alone.c. If another
 * driver owns the GPU, kmod/i915 has the functions from xengt_hw_power_get() to
 * xengt_hw_unwake(), and nobody calls the others.
 */

/*
 * The size of the GGTT in entries, as the firmware configured it, or 0 if there
 * is no GGTT.
 */
u32 xengt_hw_ggtt_entries(struct pci_dev *pdev);
/*
 * Check that the device answers, and that it is a physical GPU. Returns 0, or
 * -errno after the function has logged the reason.
 */
int xengt_hw_check(struct xengt_gpu *gpu);
/*
 * Stop scanout and engines that the firmware or an earlier driver has left
 * running. Logs a warning if a display pipe does not stop. Returns 0; -EIO: the
 * engines do not stop, and the GPU must not be used for guests. May sleep.
 */
int xengt_hw_stop(struct xengt_gpu *gpu);
/*
 * The GPU as a whole has power after xengt_hw_power_get() until
 * xengt_hw_power_put(). Each vGPU has power from its creation until its end. If
 * the module drives the GPU alone, the GPU always has power. The calls may be
 * nested. May sleep.
 */
void xengt_hw_power_get(struct xengt_gpu *gpu);
void xengt_hw_power_put(struct xengt_gpu *gpu);
/*
 * The engines' registers have power after xengt_hw_wake() until
 * xengt_hw_unwake(). The calls may be nested. May sleep.
 */
void xengt_hw_wake(struct xengt_gpu *gpu);
void xengt_hw_unwake(struct xengt_gpu *gpu);
/*
 * Point every GGTT entry to scratch, switch all fences off, and flush the TLB.
 * Returns 0; -EIO: the GPU may still use older entries. Takes long; may sleep.
 */
int xengt_hw_ggtt_clear(struct xengt_gpu *gpu);

/* The following functions are in xengt_hw.c. */

void xengt_hw_ggtt_write(struct xengt_gpu *gpu, u32 index, u64 pte);
/*
 * Flush the TLB of the GGTT. Returns 0: the GPU uses the entries that were
 * written before; -EIO: the GPU may still use older entries.
 */
int xengt_hw_ggtt_flush(struct xengt_gpu *gpu);
/* See struct xengt_hw_ops in bnd_hw.h; addr is below the end of BAR2. */
int xengt_hw_aperture(struct xengt_gpu *gpu, u64 addr, u32 size, bool is_store,
		      u64 *value);
/* Switch fence n of the hardware off, then set this fence to value. */
void xengt_hw_fence_write(struct xengt_gpu *gpu, u32 n, u64 value);

/*
 * Flush the TLB of the GGTT and the TLBs of the engines, whose registers must
 * have power (xengt_hw_wake()). Returns 0: the engines use the entries of page
 * tables that were stored before; -EIO: the engines may still use older
 * entries. May sleep.
 */
int xengt_hw_ppgtt_flush(struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_HW_H */
