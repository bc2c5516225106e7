// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: engines
 *
 * Who has a turn on which engine, and what runs there, is src/boundary; this
 * file gives it memory, registers, interrupts and time. The interrupt handler
 * only acknowledges and remembers; the thread behind it looks at what was done,
 * which needs the lock that submissions take. While there is work, a second's
 * timer looks for engines that hang.
 */
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>
#include <linux/delay.h>
#include <linux/vmalloc.h>

#include <xen/page.h>

#include "bnd_sched.h"
#include "engine.h"
#include "xengt_priv.h"

static unsigned int hang_ms = XENGT_HANG_MS;
module_param(hang_ms, uint, 0444);
MODULE_PARM_DESC(hang_ms,
		 "an engine without progress for so long is reset (10000)");

#define TICK_MAX	HZ

/* ---- memory that the GPU reaches, in one piece for the CPU ---- */

/*
 * Such memory must be where it is for the GPU, too: a bounce buffer would be
 * copied by nobody.
 */
static dma_addr_t map_page(struct device *dev, struct page *page)
{
	u64 want = (u64)pfn_to_mfn(page_to_pfn(page)) << PAGE_SHIFT;
	dma_addr_t bus;

	bus = dma_map_page_attrs(dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL,
				 DMA_ATTR_SKIP_CPU_SYNC);
	if (dma_mapping_error(dev, bus))
		return DMA_MAPPING_ERROR;
	if (bus == want)
		return bus;
	dma_unmap_page_attrs(dev, bus, PAGE_SIZE, DMA_BIDIRECTIONAL,
			     DMA_ATTR_SKIP_CPU_SYNC);
	return DMA_MAPPING_ERROR;
}

static void release_pages_of(struct device *dev, struct page **pages,
			     const xengt_bus_t *bus, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		dma_unmap_page_attrs(dev, xengt_bus_x(bus[i]), PAGE_SIZE,
				     DMA_BIDIRECTIONAL,
				     DMA_ATTR_SKIP_CPU_SYNC);
		__free_page(pages[i]);
	}
}

static void *op_alloc(void *ctx, u32 count, xengt_bus_t *ret_bus)
{
	struct xengt_gpu *gpu = ctx;
	struct device *dev = &gpu->pdev->dev;
	struct page **pages;
	void *mem = NULL;
	dma_addr_t bus;
	u32 i;

	pages = kmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < count; i++) {
		pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!pages[i])
			goto out;
		bus = map_page(dev, pages[i]);
		if (bus == DMA_MAPPING_ERROR) {
			__free_page(pages[i]);
			goto out;
		}
		ret_bus[i] = xengt_bus(bus);
	}
	mem = vmap(pages, count, VM_MAP, PAGE_KERNEL);
out:
	if (!mem)
		release_pages_of(dev, pages, ret_bus, i);
	kfree(pages);
	return mem;
}

static void op_free(void *ctx, void *mem, u32 count, const xengt_bus_t *bus)
{
	struct xengt_gpu *gpu = ctx;
	struct page *pages[XENGT_AREA_PAGES_MAX];
	u32 i;

	for (i = 0; i < count; i++)
		pages[i] = vmalloc_to_page(mem + i * PAGE_SIZE);
	vunmap(mem);
	release_pages_of(&gpu->pdev->dev, pages, bus, count);
}

static void op_pte_write(void *ctx, u32 index, u64 pte)
{
	xengt_hw_ggtt_write(ctx, index, pte);
}

static void op_flush(void *ctx)
{
	xengt_hw_ggtt_flush(ctx);
}

static const struct xengt_area_ops area_ops = {
	.alloc = op_alloc,
	.free = op_free,
	.pte_write = op_pte_write,
	.flush = op_flush,
};

/* ---- the hardware ---- */

static u32 op_reg_read(void *ctx, u32 off)
{
	return xengt_read32(ctx, off);
}

static void op_reg_write(void *ctx, u32 off, u32 val)
{
	xengt_write32(ctx, off, val);
}

static void op_sync(void *ctx)
{
	/* ours to memory that the GPU reads, before registers; see exec.h */
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

static unsigned long tick_interval(void)
{
	return clamp_t(unsigned long, msecs_to_jiffies(hang_ms) / 4, 1,
		       TICK_MAX);
}

static void op_set_busy(void *ctx, bool is_busy)
{
	struct xengt_gpu *gpu = ctx;

	if (is_busy) {
		xengt_hw_wake(gpu);
		queue_delayed_work(system_wq, &gpu->tick, tick_interval());
	} else {
		xengt_hw_unwake(gpu);
	}
}

static const struct xengt_engine_ops engine_ops = {
	.reg_read = op_reg_read,
	.reg_write = op_reg_write,
	.sync = op_sync,
	.wait_us = op_wait_us,
	.now_ns = op_now_ns,
	.set_busy = op_set_busy,
};

static void tick(struct work_struct *work)
{
	struct xengt_gpu *gpu = container_of(to_delayed_work(work),
					     struct xengt_gpu, tick);

	mutex_lock(&gpu->exec_lock);
	if (xengt_sched_tick(gpu->sched))
		queue_delayed_work(system_wq, &gpu->tick, tick_interval());
	mutex_unlock(&gpu->exec_lock);
}

/* ---- interrupts ---- */

bool xengt_engine_irq(struct xengt_gpu *gpu)
{
	u32 bits[XENGT_ENGINES] = { 0 };
	int i;

	if (!xengt_engine_irqs_take(gpu->sched, bits))
		return false;
	for (i = 0; i < XENGT_ENGINES; i++)
		atomic_or(bits[i], &gpu->irq_bits[i]);
	return true;
}

void xengt_engine_irq_thread(struct xengt_gpu *gpu)
{
	u32 bits;
	int i;

	mutex_lock(&gpu->exec_lock);
	for (i = 0; i < XENGT_ENGINES; i++) {
		bits = atomic_xchg(&gpu->irq_bits[i], 0);
		if (bits)
			xengt_sched_irq(gpu->sched, i, bits);
	}
	mutex_unlock(&gpu->exec_lock);
}

/* ---- life ---- */

int xengt_engine_init(struct xengt_gpu *gpu)
{
	int r;

	mutex_init(&gpu->exec_lock);
	INIT_DELAYED_WORK(&gpu->tick, tick);
	gpu->sched = kvzalloc(sizeof(*gpu->sched), GFP_KERNEL);
	if (!gpu->sched)
		return -ENOMEM;
	r = xengt_space_init(&gpu->space, &area_ops, gpu,
			     gpu->ggtt_entries - XENGT_SPACE_PAGES,
			     xengt_bus(gpu->scratch_bus));
	if (r)
		goto free_sched;
	r = xengt_sched_init(gpu->sched, &engine_ops, gpu, &gpu->space,
			     gpu->platform, hang_ms);
	if (r)
		goto free_sched;
	xengt_engine_irqs_enable(gpu->sched);
	return 0;

free_sched:
	cancel_delayed_work_sync(&gpu->tick);
	kvfree(gpu->sched);
	return r;
}

void xengt_engine_fini(struct xengt_gpu *gpu)
{
	mutex_lock(&gpu->exec_lock);
	xengt_sched_fini(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
	cancel_delayed_work_sync(&gpu->tick);
	kvfree(gpu->sched);
}

void xengt_engine_resume(struct xengt_gpu *gpu)
{
	mutex_lock(&gpu->exec_lock);
	xengt_sched_resume(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
	xengt_engine_irqs_enable(gpu->sched);
}

u64 xengt_engine_ticks(struct xengt_gpu *gpu)
{
	u64 ticks;

	xengt_hw_wake(gpu);
	ticks = xengt_engine_timestamp(gpu->sched);
	xengt_hw_unwake(gpu);
	return ticks;
}
