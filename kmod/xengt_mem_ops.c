// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the boundary's operations on memory
 *
 * The module's implementation of struct xengt_mem_ops: memory for the
 * boundary's own data, pages that the GPU reads, and page tables. On all
 * platforms of src/hw/platform.c, CPU and GPU share the last level cache, so
 * the module need not flush caches after stores.
 */
#include <linux/dma-mapping.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include <xen/page.h>

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/ppgtt.h"
#include "xengt/limits.h"
#include "xengt_gpu.h"
#include "xengt_mem_ops.h"

/* ---- memory for the boundary's own data ---- */

static void *op_alloc(void *ctx, u64 bytes)
{
	return __vmalloc(bytes, GFP_KERNEL_ACCOUNT | __GFP_ZERO);
}

static void op_free(void *ctx, void *mem)
{
	vfree(mem);
}

/* ---- pages that the GPU reaches, at consecutive CPU addresses ---- */

xengt_bus_t xengt_dma_bus(dma_addr_t addr)
{
	return xengt_bus_of_page(addr >> PAGE_SHIFT);
}

/*
 * The bus address of a page. The GPU must reach the page itself and not a
 * bounce buffer, because no code would copy between the page and the bounce
 * buffer. Returns XENGT_BUS_NONE if the GPU cannot reach the page itself.
 */
static xengt_bus_t map_page(struct device *dev, struct page *page)
{
	u64 want = (u64)pfn_to_mfn(page_to_pfn(page)) << PAGE_SHIFT;
	xengt_bus_t bus;
	dma_addr_t addr;

	addr = dma_map_page_attrs(dev, page, 0, PAGE_SIZE, DMA_BIDIRECTIONAL,
				  DMA_ATTR_SKIP_CPU_SYNC);
	if (dma_mapping_error(dev, addr))
		return XENGT_BUS_NONE;
	bus = xengt_dma_bus(addr);
	if (addr == want && !xengt_bus_is_none(bus))
		return bus;
	dma_unmap_page_attrs(dev, addr, PAGE_SIZE, DMA_BIDIRECTIONAL,
			     DMA_ATTR_SKIP_CPU_SYNC);
	return XENGT_BUS_NONE;
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

static void *op_pages_alloc(void *ctx, u32 count, xengt_bus_t *ret_bus)
{
	struct xengt_gpu *gpu = ctx;
	struct device *dev = &gpu->pdev->dev;
	struct page **pages;
	void *mem = NULL;
	u32 i;

	pages = kmalloc_array(count, sizeof(*pages), GFP_KERNEL);
	if (!pages)
		return NULL;
	for (i = 0; i < count; i++) {
		pages[i] = alloc_page(GFP_KERNEL_ACCOUNT | __GFP_ZERO);
		if (!pages[i])
			goto out;
		ret_bus[i] = map_page(dev, pages[i]);
		if (xengt_bus_is_none(ret_bus[i])) {
			__free_page(pages[i]);
			goto out;
		}
	}
	mem = vmap(pages, count, VM_MAP, PAGE_KERNEL);
out:
	if (!mem)
		release_pages_of(dev, pages, ret_bus, i);
	kfree(pages);
	return mem;
}

static void op_pages_free(void *ctx, void *mem, u32 count,
			  const xengt_bus_t *bus)
{
	struct xengt_gpu *gpu = ctx;
	struct page *pages[XENGT_AREA_PAGES_MAX];
	u32 i;

	for (i = 0; i < count; i++)
		pages[i] = vmalloc_to_page(mem + i * PAGE_SIZE);
	vunmap(mem);
	release_pages_of(&gpu->pdev->dev, pages, bus, count);
}

/* ---- page tables ---- */

static struct xengt_ppgtt_table *op_table_alloc(void *ctx)
{
	struct xengt_gpu *gpu = ctx;
	struct xengt_ppgtt_table *table;
	dma_addr_t addr;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->words = kzalloc(XENGT_PPGTT_WORDS_BYTES, GFP_KERNEL_ACCOUNT);
	if (!table->words)
		goto free_table;
	/*
	 * dma_alloc_coherent() returns a page whose address is below 2^39, the
	 * limit of the device's DMA mask, and uses no bounce buffer.
	 */
	table->page = dma_alloc_coherent(&gpu->pdev->dev, PAGE_SIZE, &addr,
					 GFP_KERNEL);
	if (!table->page)
		goto free_words;
	table->bus = xengt_dma_bus(addr);
	if (!xengt_bus_is_none(table->bus))
		return table;

	dma_free_coherent(&gpu->pdev->dev, PAGE_SIZE, table->page, addr);
free_words:
	kfree(table->words);
free_table:
	kfree(table);
	return NULL;
}

static void op_table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	struct xengt_gpu *gpu = ctx;

	dma_free_coherent(&gpu->pdev->dev, PAGE_SIZE, table->page,
			  xengt_bus_x(table->bus));
	kfree(table->words);
	kfree(table);
}

const struct xengt_mem_ops xengt_gpu_mem_ops = {
	.alloc = op_alloc,
	.free = op_free,
	.pages_alloc = op_pages_alloc,
	.pages_free = op_pages_free,
	.table_alloc = op_table_alloc,
	.table_free = op_table_free,
};
