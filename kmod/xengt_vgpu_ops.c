// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: what a vGPU asks of Linux and Xen
 *
 * What may be done to entries, tables and contexts, and in which order, is
 * src/boundary; this file gives it the guest's frames, pages that the GPU can read,
 * the GPU's entries and registers, and the lock of the engines. All with vgpu->lock,
 * but for op_event().
 *
 * Page tables: the processor's caches and the GPU see one memory on all platforms
 * that the module knows (they share the last level cache), so stores need no flush
 * of caches.
 */
#include <linux/dma-mapping.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "xengt_priv.h"

/* ---- struct xengt_gtt_ops: frames, and the GPU's entries ---- */

static int op_frames_get(void *ctx, const u32 *gfns, u32 count,
			 xengt_bus_t *ret_bus)
{
	struct xengt_vgpu *vgpu = ctx;

	return xengt_frames_get(&vgpu->frames, gfns, count, ret_bus);
}

static u32 op_frames_put(void *ctx, const u32 *gfns, u32 count)
{
	struct xengt_vgpu *vgpu = ctx;

	return xengt_frames_put(&vgpu->frames, gfns, count);
}

static bool op_frame_has_moved(void *ctx, u32 gfn)
{
	struct xengt_vgpu *vgpu = ctx;

	return xengt_frames_has_moved(&vgpu->frames, gfn);
}

static bool op_any_frame_has_moved(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	return xengt_frames_any_has_moved(&vgpu->frames);
}

static void op_pte_write(void *ctx, u32 index, u64 pte)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_ggtt_write(vgpu->gpu, index, pte);
	/* a zap stores hundreds of thousands of these */
	if (index % 1024 == 0)
		cond_resched();
}

static void op_gtt_flush(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_ggtt_flush(vgpu->gpu);
}

static const struct xengt_gtt_ops gtt_ops = {
	.frames_get = op_frames_get,
	.frames_put = op_frames_put,
	.frame_has_moved = op_frame_has_moved,
	.any_frame_has_moved = op_any_frame_has_moved,
	.pte_write = op_pte_write,
	.flush = op_gtt_flush,
};

/* ---- struct xengt_ppgtt_ops: pages of tables ---- */

static struct xengt_ppgtt_table *op_table_alloc(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;
	struct xengt_ppgtt_table *table;
	dma_addr_t bus;

	table = kzalloc(sizeof(*table), GFP_KERNEL_ACCOUNT);
	if (!table)
		return NULL;
	table->words = kzalloc(XENGT_PPGTT_WORDS_BYTES, GFP_KERNEL_ACCOUNT);
	if (!table->words)
		goto free_table;
	/* below the 39 bits of the device's mask, and never bounced */
	table->page = dma_alloc_coherent(&vgpu->gpu->pdev->dev, PAGE_SIZE, &bus,
					 GFP_KERNEL);
	if (!table->page)
		goto free_words;
	table->bus = xengt_bus(bus);
	return table;

free_words:
	kfree(table->words);
free_table:
	kfree(table);
	return NULL;
}

static void op_table_free(void *ctx, struct xengt_ppgtt_table *table)
{
	struct xengt_vgpu *vgpu = ctx;

	dma_free_coherent(&vgpu->gpu->pdev->dev, PAGE_SIZE, table->page,
			  xengt_bus_x(table->bus));
	kfree(table->words);
	kfree(table);
}

static void op_ppgtt_flush(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_ppgtt_flush(vgpu->gpu);
}

static const struct xengt_ppgtt_ops ppgtt_ops = {
	.frames = &gtt_ops,
	.table_alloc = op_table_alloc,
	.table_free = op_table_free,
	.flush = op_ppgtt_flush,
};

/* ---- struct xengt_exec_ops: work ---- */

static void *op_frame_at(void *ctx, u32 gfn)
{
	struct xengt_vgpu *vgpu = ctx;

	return xengt_frames_at(&vgpu->frames, gfn);
}

/* From the interrupt's thread, too: without vgpu->lock. */
static void op_event(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	wake_up_interruptible_all(&vgpu->wait);
}

static const struct xengt_exec_ops exec_ops = {
	.frame_at = op_frame_at,
	.event = op_event,
};

/* ---- the vGPU itself ---- */

static void *op_alloc(void *ctx, u64 bytes)
{
	return vzalloc(bytes);
}

static void op_free(void *ctx, void *mem)
{
	vfree(mem);
}

static void op_fence_write(void *ctx, u32 n, u64 value)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_fence_write(vgpu->gpu, n, value);
}

static void op_engines_lock(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	mutex_lock(&vgpu->gpu->exec_lock);
}

static void op_engines_unlock(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	mutex_unlock(&vgpu->gpu->exec_lock);
}

static void op_frames_fini(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_frames_fini(&vgpu->frames);
}

const struct xengt_bnd_vgpu_ops xengt_vgpu_ops = {
	.ppgtt = &ppgtt_ops,
	.exec = &exec_ops,
	.alloc = op_alloc,
	.free = op_free,
	.fence_write = op_fence_write,
	.engines_lock = op_engines_lock,
	.engines_unlock = op_engines_unlock,
	.frames_fini = op_frames_fini,
};
