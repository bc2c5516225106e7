// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: registers
 *
 * Accesses to the hardware's registers that do not depend on who drives the GPU:
 * writing the GGTT, flushing TLBs, fences, and the aperture. Sources: Intel PRM
 * Broadwell and Skylake, Vol 2c (Command Reference: Registers). All registers of
 * this file are the same on Gen8 and Gen9, except for some names.
 */
#include <linux/io.h>
#include <linux/pci.h>

#include "hw/facts.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"

#define GFX_FLSH_CNTL_EN	BIT(0)

/* ---- page tables of contexts ---- */

int xengt_hw_ppgtt_flush(struct xengt_gpu *gpu)
{
	int i, r;

	/*
	 * flush the stores of entries and the caches of the page table walker;
	 * then flush each engine's TLB
	 */
	r = xengt_hw_ggtt_flush(gpu);
	/* a register without power reads as if the invalidation had ended */
	if (READ_ONCE(gpu->is_asleep))
		r = -EIO;
	for (i = 0; i < XENGT_TLBS; i++)
		xengt_write32(gpu, XENGT_TLB_INVALIDATE(i), XENGT_TLB_INVALIDATE_BUSY);
	for (i = 0; i < XENGT_TLBS; i++) {
		if (!xengt_hw_wait(gpu, XENGT_TLB_INVALIDATE(i), XENGT_TLB_INVALIDATE_BUSY, 0,
			      4000))
			continue;
		dev_err_ratelimited(&gpu->pdev->dev,
				    "the invalidation of TLB %d does not end\n", i);
		r = -EIO;
	}
	return r;
}

/* ---- GGTT ---- */

void xengt_hw_ggtt_write(struct xengt_gpu *gpu, u32 index, u64 pte)
{
	if (WARN_ON_ONCE(index >= gpu->ggtt_entries))
		return;
	writeq(pte, gpu->ggtt + (size_t)index * sizeof(pte));
}

int xengt_hw_ggtt_flush(struct xengt_gpu *gpu)
{
	/*
	 * empty the write-combining buffers, start the flush, and wait for its
	 * end
	 */
	wmb();
	xengt_write32(gpu, XENGT_GFX_FLSH_CNTL, GFX_FLSH_CNTL_EN);
	/* all-ones: the device does not answer any more */
	return xengt_read32(gpu, XENGT_GFX_FLSH_CNTL) == ~0u ? -EIO : 0;
}

void xengt_hw_fence_write(struct xengt_gpu *gpu, u32 n, u64 value)
{
	xengt_write32(gpu, XENGT_FENCE(n), 0);
	xengt_read32(gpu, XENGT_FENCE(n));
	xengt_write32(gpu, XENGT_FENCE(n) + 4, upper_32_bits(value));
	xengt_write32(gpu, XENGT_FENCE(n), lower_32_bits(value));
	xengt_read32(gpu, XENGT_FENCE(n));
}

/*
 * Map the page of BAR2 in which addr is. The module keeps one page mapped, because a
 * guest's accesses come in runs, and a PV dom0 needs a hypercall for each page of a mapping.
 */
static void __iomem *window_at(struct xengt_gpu *gpu, u64 addr)
{
	u64 page = addr & PAGE_MASK;

	if (gpu->window && gpu->window_at != page) {
		iounmap(gpu->window);
		gpu->window = NULL;
	}
	if (!gpu->window) {
		gpu->window = ioremap_wc(pci_resource_start(gpu->pdev, 2) + page,
					 PAGE_SIZE);
		gpu->window_at = page;
	}
	return gpu->window ? gpu->window + (addr - page) : NULL;
}

static u64 window_load(void __iomem *at, u32 size)
{
	u64 value = 0;
	u32 i;

	if (size == 8 && !((uintptr_t)at % 8))
		return readq(at);
	if (size == 4 && !((uintptr_t)at % 4))
		return readl(at);
	if (size == 2 && !((uintptr_t)at % 2))
		return readw(at);
	for (i = 0; i < size; i++)
		value |= (u64)readb(at + i) << (8 * i);
	return value;
}

static void window_store(void __iomem *at, u32 size, u64 value)
{
	u32 i;

	if (size == 8 && !((uintptr_t)at % 8))
		writeq(value, at);
	else if (size == 4 && !((uintptr_t)at % 4))
		writel(value, at);
	else if (size == 2 && !((uintptr_t)at % 2))
		writew(value, at);
	else
		for (i = 0; i < size; i++)
			writeb(value >> (8 * i), at + i);
}

int xengt_hw_aperture(struct xengt_gpu *gpu, u64 addr, u32 size, bool is_store,
		      u64 *value)
{
	void __iomem *at;

	mutex_lock(&gpu->window_lock);
	at = window_at(gpu, addr);
	if (at && is_store) {
		window_store(at, size, *value);
		/* empty the write-combining buffers */
		wmb();
	} else if (at) {
		*value = window_load(at, size);
	}
	mutex_unlock(&gpu->window_lock);
	return at ? 0 : -ENOMEM;
}
