// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the pages of a vGPU's page tables
 *
 * What they say is decided by src/boundary/ppgtt.c; this file gives it pages
 * that the GPU can read, and its lock. The processor's caches and the GPU see
 * one memory on all platforms that the module knows (they share the last level
 * cache), so stores need no flush of caches.
 */
#include <linux/dma-mapping.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "xengt_priv.h"

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
	table->bus = bus;
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
			  table->bus);
	kfree(table->words);
	kfree(table);
}

static void op_flush(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_ppgtt_flush(vgpu->gpu);
}

static const struct xengt_ppgtt_ops ppgtt_ops = {
	.frames = &xengt_vgpu_gtt_ops,
	.table_alloc = op_table_alloc,
	.table_free = op_table_free,
	.flush = op_flush,
};

int xengt_vgpu_ppgtt_init(struct xengt_vgpu *vgpu)
{
	int r;

	vgpu->ppgtt_by_id = vzalloc(array_size(XENGT_PPGTT_TABLES_MAX + 1,
					       sizeof(*vgpu->ppgtt_by_id)));
	if (!vgpu->ppgtt_by_id)
		return -ENOMEM;
	r = xengt_ppgtt_tables_init(&vgpu->ppgtt, &ppgtt_ops, vgpu,
			     vgpu->gpu->scratch_bus,
			     vgpu->gpu->platform->id == XENGT_PLATFORM_SKL,
			     vgpu->ppgtt_by_id);
	if (r) {
		vfree(vgpu->ppgtt_by_id);
		vgpu->ppgtt_by_id = NULL;
	}
	return r;
}

void xengt_vgpu_ppgtt_fini(struct xengt_vgpu *vgpu)
{
	if (!vgpu->ppgtt_by_id)
		return;
	xengt_ppgtt_zap(&vgpu->ppgtt);
	WARN_ON_ONCE(vgpu->ppgtt.pins);
	vfree(vgpu->ppgtt_by_id);
	vgpu->ppgtt_by_id = NULL;
}

/* ---- what the file's ioctls do ---- */

int xengt_vgpu_ppgtt_create(struct xengt_vgpu *vgpu, u32 level, u32 flags,
			    u32 *ret_id)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_create(&vgpu->ppgtt, level, flags, ret_id);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_vgpu_ppgtt_destroy(struct xengt_vgpu *vgpu, u32 id)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_destroy(&vgpu->ppgtt, id);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_vgpu_ppgtt_write(struct xengt_vgpu *vgpu, u32 id, u32 first,
			   const u64 *entries, u32 count, u32 *ret_scratched)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_write(&vgpu->ppgtt, id, first, entries, count,
			      ret_scratched);
	mutex_unlock(&vgpu->lock);
	return r;
}
