// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: vGPUs
 *
 * A vGPU is the domain it is bound to, its part of the GPU, and the GGTT
 * entries and frames that come of both. What may be done to the entries and in
 * which order is src/boundary/gtt.c; this file connects that to the hardware
 * and to the frames, and gives a vGPU its life:
 *
 *   LIVE ---- ZAP, last close ----> ZAPPED        (both for good)
 *     +------ GPU unbound, shutdown -> GPU_GONE
 *
 * A zapped vGPU holds nothing of its domain, not even the anchor; its slices
 * stay reserved until the last close.
 */
#include <linux/idr.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "xengt_priv.h"

static DEFINE_IDA(vgpu_ids);

/* ---- struct xengt_gtt_ops ---- */

static int op_frames_get(void *ctx, const u32 *gfns, u32 count, u64 *ret_bus)
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

static void op_flush(void *ctx)
{
	struct xengt_vgpu *vgpu = ctx;

	xengt_hw_ggtt_flush(vgpu->gpu);
}

const struct xengt_gtt_ops xengt_vgpu_gtt_ops = {
	.frames_get = op_frames_get,
	.frames_put = op_frames_put,
	.frame_has_moved = op_frame_has_moved,
	.any_frame_has_moved = op_any_frame_has_moved,
	.pte_write = op_pte_write,
	.flush = op_flush,
};

/* ---- life ---- */

static bool domain_has_live_vgpu(struct xengt_gpu *gpu, domid_t domid)
{
	struct xengt_vgpu *vgpu;
	bool found = false;

	list_for_each_entry(vgpu, &gpu->vgpus, link) {
		mutex_lock(&vgpu->lock);
		found |= vgpu->domid == domid &&
			 vgpu->state == XENGT_VGPU_LIVE;
		mutex_unlock(&vgpu->lock);
	}
	return found;
}

static int init_gtt(struct xengt_vgpu *vgpu)
{
	const u32 pages_per_mib = 1u << (20 - XENGT_BND_PAGE_SHIFT);
	const struct xengt_part_slices *s = &vgpu->slices;
	const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
		[XENGT_GTT_LOW] = { s->low_base_mib * pages_per_mib,
				    s->low_mib * pages_per_mib },
		[XENGT_GTT_HIGH] = { s->high_base_mib * pages_per_mib,
				     s->high_mib * pages_per_mib },
	};

	vgpu->gtt_entries = vzalloc(array_size(xengt_gtt_entries_needed(slices),
					       sizeof(u32)));
	if (!vgpu->gtt_entries)
		return -ENOMEM;
	return xengt_gtt_init(&vgpu->gtt, &xengt_vgpu_gtt_ops, vgpu, slices,
			      vgpu->gpu->scratch_bus, vgpu->gtt_entries);
}

/* The part of creation that needs xengt_gpu.lock. */
static int create_locked(struct xengt_gpu *gpu, struct xengt_vgpu *vgpu,
			 const struct xengt_create_vgpu *args)
{
	int r;

	if (gpu->is_gone)
		return -ENODEV;
	/* first, so that a wrong size is EINVAL whatever else is wrong */
	r = xengt_part_alloc(&gpu->part, args->low_mib, args->high_mib,
			     args->fences, &vgpu->slices);
	if (r)
		return r;
	if (domain_has_live_vgpu(gpu, vgpu->domid)) {
		r = -EEXIST;
		goto free_part;
	}
	r = init_gtt(vgpu);
	if (r)
		goto free_entries;
	r = xengt_vgpu_ppgtt_init(vgpu);
	if (r)
		goto free_entries;
	r = xengt_frames_init(&vgpu->frames, vgpu->domid);
	if (r)
		goto fini_ppgtt;
	r = xengt_work_init(vgpu);
	if (r)
		goto fini_frames;
	list_add_tail(&vgpu->link, &gpu->vgpus);
	return 0;

fini_frames:
	xengt_frames_fini(&vgpu->frames);
fini_ppgtt:
	xengt_vgpu_ppgtt_fini(vgpu);
free_entries:
	vfree(vgpu->gtt_entries);
free_part:
	xengt_part_free(&gpu->part, &vgpu->slices);
	return r;
}

int xengt_vgpu_create(struct xengt_gpu *gpu,
		      const struct xengt_create_vgpu *args,
		      struct xengt_vgpu **ret_vgpu)
{
	struct xengt_vgpu *vgpu;
	int r;

	vgpu = kvzalloc(sizeof(*vgpu), GFP_KERNEL);
	if (!vgpu)
		return -ENOMEM;
	mutex_init(&vgpu->lock);
	init_waitqueue_head(&vgpu->wait);
	vgpu->gpu = gpu;
	vgpu->domid = args->domid;
	vgpu->state = XENGT_VGPU_LIVE;
	r = ida_alloc_min(&vgpu_ids, 1, GFP_KERNEL);
	if (r < 0)
		goto free_vgpu;
	vgpu->id = r;

	mutex_lock(&gpu->lock);
	r = create_locked(gpu, vgpu, args);
	mutex_unlock(&gpu->lock);
	if (r)
		goto free_id;

	kref_get(&gpu->ref);
	*ret_vgpu = vgpu;
	return 0;

free_id:
	ida_free(&vgpu_ids, vgpu->id);
free_vgpu:
	kvfree(vgpu);
	return r;
}

void xengt_vgpu_destroy(struct xengt_vgpu *vgpu)
{
	struct xengt_gpu *gpu;

	if (!vgpu)
		return;
	gpu = vgpu->gpu;

	mutex_lock(&gpu->lock);
	xengt_vgpu_zap(vgpu, XENGT_VGPU_ZAPPED);
	list_del(&vgpu->link);
	xengt_part_free(&gpu->part, &vgpu->slices);
	mutex_unlock(&gpu->lock);

	xengt_vgpu_ppgtt_fini(vgpu);
	vfree(vgpu->gtt_entries);
	ida_free(&vgpu_ids, vgpu->id);
	kvfree(vgpu);
	xengt_gpu_put(gpu);
}

static void put_fence(struct xengt_vgpu *vgpu, u32 index, u64 value)
{
	if (value)
		vgpu->fences_on |= 1u << index;
	else
		vgpu->fences_on &= ~(1u << index);
	xengt_hw_fence_write(vgpu->gpu, vgpu->slices.fence_base + index,
			     value & XENGT_FENCE_BITS);
}

static void clear_fences(struct xengt_vgpu *vgpu)
{
	while (vgpu->fences_on)
		put_fence(vgpu, __ffs(vgpu->fences_on), 0);
}

void xengt_vgpu_zap(struct xengt_vgpu *vgpu, enum xengt_vgpu_state cause)
{
	mutex_lock(&vgpu->lock);
	if (vgpu->state == XENGT_VGPU_LIVE) {
		/* first nothing works for it, then its frames are let go */
		xengt_work_fini(vgpu);
		clear_fences(vgpu);
		xengt_gtt_zap(&vgpu->gtt);
		xengt_ppgtt_zap(&vgpu->ppgtt);
		xengt_frames_fini(&vgpu->frames);
		vgpu->state = cause;
		vgpu->event.type = XENGT_EVENT_ZAPPED;
		vgpu->event.value = cause;
		vgpu->has_event = true;
	}
	mutex_unlock(&vgpu->lock);
	wake_up_interruptible_all(&vgpu->wait);
}

/* ---- what the file's ioctls do ---- */

void xengt_vgpu_info(struct xengt_vgpu *vgpu, struct xengt_vgpu_info *ret_info)
{
	const struct xengt_part_slices *s = &vgpu->slices;
	const struct xengt_frames_counters *fc = &vgpu->frames.counters;
	const struct xengt_gtt_counters *gc = &vgpu->gtt.counters;
	const struct xengt_ppgtt_counters *pc = &vgpu->ppgtt.counters;
	const struct xengt_exec_counters *ec = &vgpu->exec.counters;

	mutex_lock(&vgpu->lock);
	*ret_info = (struct xengt_vgpu_info){
		.vgpu_id = vgpu->id,
		.domid = vgpu->domid,
		.state = vgpu->state,
		.fences = s->fences,
		.fence_base = s->fence_base,
		.low_base = (u64)s->low_base_mib << 20,
		.low_bytes = (u64)s->low_mib << 20,
		.high_base = (u64)s->high_base_mib << 20,
		.high_bytes = (u64)s->high_mib << 20,
		.entries_written = gc->entries_written,
		.entries_scratched = gc->entries_scratched,
		.frames_held = fc->held,
		.frames_mapped = fc->mapped,
		.frames_released = fc->released,
		.hypercalls = fc->hypercalls,
		.tlb_flushes = gc->tlb_flushes + pc->tlb_flushes,
		.revalidations = gc->revalidations,
		.frames_followed = gc->frames_followed + pc->frames_followed,
		.submissions = ec->submissions,
		.completions = ec->completions,
		.refusals = ec->refusals,
		.hangs = ec->hangs,
		.bytes_copied = ec->bytes_copied,
		.ppgtt_tables = vgpu->ppgtt.live,
		.ppgtt_entries = pc->entries_written,
	};
	mutex_unlock(&vgpu->lock);
}

int xengt_vgpu_write(struct xengt_vgpu *vgpu, u32 first, const u64 *entries,
		     u32 count, u32 *ret_scratched)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_gtt_write(&vgpu->gtt, first, entries, count, ret_scratched);
	mutex_unlock(&vgpu->lock);
	return r;
}

/* The steps of a revalidation, each of which is called while it returns 1. */
static int revalidate_step(struct xengt_vgpu *vgpu, int step, u32 *cursor,
			   u64 *dropped, u64 *resolved)
{
	switch (step) {
	case 0:
		return xengt_gtt_drop_moved(&vgpu->gtt, dropped);
	case 1:
		return xengt_ppgtt_drop_moved(&vgpu->ppgtt, cursor, dropped);
	case 2:
		return xengt_gtt_resolve(&vgpu->gtt, cursor, resolved);
	default:
		return xengt_ppgtt_resolve(&vgpu->ppgtt, cursor, resolved);
	}
}

int xengt_vgpu_revalidate(struct xengt_vgpu *vgpu, u64 *ret_dropped,
			  u64 *ret_resolved)
{
	int step, r = 0;
	u32 cursor;

	*ret_dropped = 0;
	*ret_resolved = 0;
	/*
	 * A guest can have any number of tables, and of entries that will never
	 * resolve: let a ZAP in between batches.
	 */
	for (step = 0; step < 4 && !r; step++) {
		cursor = 0;
		do {
			mutex_lock(&vgpu->lock);
			r = revalidate_step(vgpu, step, &cursor, ret_dropped,
					    ret_resolved);
			mutex_unlock(&vgpu->lock);
			cond_resched();
		} while (r == 1);
	}
	return r;
}

int xengt_vgpu_own_frames(struct xengt_vgpu *vgpu, u64 first, u32 count)
{
	int r = -ESTALE;

	mutex_lock(&vgpu->lock);
	if (vgpu->state == XENGT_VGPU_LIVE) {
		vgpu->frames.own_first = first;
		vgpu->frames.own_count = count;
		r = 0;
	}
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_vgpu_fence(struct xengt_vgpu *vgpu, u32 index, u64 value)
{
	int r = -ESTALE;

	if (index >= vgpu->slices.fences)
		return -ERANGE;
	mutex_lock(&vgpu->lock);
	if (vgpu->state == XENGT_VGPU_LIVE) {
		r = xengt_fence_check(vgpu->gtt.slices, value);
		if (r || !(value & XENGT_FENCE_VALID))
			value = 0;
		put_fence(vgpu, index, value);
	}
	mutex_unlock(&vgpu->lock);
	return r;
}
