// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: vGPUs
 *
 * A vGPU consists of a domain, slices and fences of the GPU, GGTT entries, page
 * tables, work and frames. src/boundary/vgpu.c creates and changes these
 * objects, and ends them in a fixed order. This file adds the locks, the list
 * of vGPUs, and the queue of readers that wait for events. The states of a
 * vGPU:
 *
 *   LIVE ---- ZAP, last close ----> ZAPPED        (both are final)
 *     +------ GPU unbound, shutdown -> GPU_GONE
 *
 * A zapped vGPU holds no page of its domain, not even the anchor
 * (xengt_frames_init()). The slices of a zapped vGPU stay reserved until the
 * last close of the fd.
 */
#include <linux/idr.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "boundary/bnd_guest.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/engine.h"
#include "boundary/gtt.h"
#include "boundary/ppgtt.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt_frames.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"
#include "xengt_vgpu.h"
#include "xengt_vgpu_ops.h"
#include "xengt_way.h"

static DEFINE_IDA(vgpu_ids);

/* ---- creation and end ---- */

bool xengt_kvgpu_is_live(const struct xengt_kvgpu *vgpu)
{
	return READ_ONCE(vgpu->bnd.rec.state) == XENGT_VGPU_LIVE;
}

static bool domain_has_live_vgpu(struct xengt_gpu *gpu, domid_t domid)
{
	struct xengt_kvgpu *vgpu;

	/* (the domain of a vGPU never changes) */
	list_for_each_entry(vgpu, &gpu->vgpus, link) {
		if (vgpu->bnd.rec.domid == domid && xengt_kvgpu_is_live(vgpu))
			return true;
	}
	return false;
}

/* The part of xengt_kvgpu_create() that needs xengt_gpu.lock. */
static int create_locked(struct xengt_gpu *gpu, struct xengt_kvgpu *vgpu,
			 const struct xengt_create_vgpu *args, u32 id)
{
	const struct xengt_bnd_gpu shared = {
		.part = &gpu->part,
		.sched = gpu->sched,
	};
	const struct xengt_guest guest = { .ops = &xengt_kvgpu_ops, .ctx = vgpu };
	int r;

	if (gpu->is_gone)
		return -ENODEV;
	xengt_hw_power_get(gpu);
	/*
	 * check the sizes first, so that a wrong size always returns EINVAL,
	 * even if there are other errors
	 */
	r = args->low_base_mib ?
		xengt_bnd_vgpu_place_at(&vgpu->bnd, &shared,
					args->low_base_mib, args->low_mib) :
		xengt_bnd_vgpu_place(&vgpu->bnd, &shared, args->low_mib,
				     args->high_mib, args->fences);
	if (r)
		goto put_power;
	if (domain_has_live_vgpu(gpu, args->domid)) {
		r = -EEXIST;
		goto free_place;
	}
	r = xengt_frames_init(&vgpu->frames, xengt_way_of(gpu),
			      args->domid);
	if (r)
		goto free_place;
	r = xengt_bnd_vgpu_create(&vgpu->bnd, &shared, &guest, id,
				  args->domid);
	if (r)
		goto fini_frames;
	list_add_tail(&vgpu->link, &gpu->vgpus);
	return 0;

fini_frames:
	xengt_frames_fini(&vgpu->frames);
free_place:
	xengt_bnd_vgpu_destroy(&vgpu->bnd);
put_power:
	xengt_hw_power_put(gpu);
	return r;
}

int xengt_kvgpu_create(struct xengt_gpu *gpu,
		       const struct xengt_create_vgpu *args,
		       struct xengt_kvgpu **ret_vgpu)
{
	struct xengt_kvgpu *vgpu;
	int id, r;

	vgpu = kvzalloc(sizeof(*vgpu), GFP_KERNEL_ACCOUNT);
	if (!vgpu)
		return -ENOMEM;
	mutex_init(&vgpu->lock);
	init_waitqueue_head(&vgpu->wait);
	vgpu->gpu = gpu;
	/* a zapped vGPU has its id until the last close */
	id = ida_alloc_range(&vgpu_ids, 1, XENGT_EXEC_VGPUS_MAX, GFP_KERNEL);
	if (id < 0) {
		r = id;
		goto free_vgpu;
	}

	mutex_lock(&gpu->lock);
	r = create_locked(gpu, vgpu, args, id);
	mutex_unlock(&gpu->lock);
	if (r)
		goto free_id;

	kref_get(&gpu->ref);
	*ret_vgpu = vgpu;
	return 0;

free_id:
	ida_free(&vgpu_ids, id);
free_vgpu:
	kvfree(vgpu);
	return r;
}

int xengt_kvgpu_set_share(struct xengt_gpu *gpu,
			  const struct xengt_set_share *wish)
{
	struct xengt_kvgpu *vgpu;
	int r = -ENOENT;

	mutex_lock(&gpu->lock);
	list_for_each_entry(vgpu, &gpu->vgpus, link) {
		if (vgpu->bnd.rec.id != wish->vgpu_id)
			continue;
		r = xengt_bnd_vgpu_set_share(&vgpu->bnd, wish);
		break;
	}
	mutex_unlock(&gpu->lock);
	return r;
}

void xengt_kvgpu_destroy(struct xengt_kvgpu *vgpu)
{
	struct xengt_gpu *gpu;

	if (!vgpu)
		return;
	gpu = vgpu->gpu;

	/*
	 * The zap may wait for an engine that looks at its ports only after other vGPUs'
	 * work. So gpu->lock, which every creation and every end takes, is taken only after
	 * the zap. (If the GPU is unbound meanwhile, the unbinding waits for vgpu->lock.)
	 */
	xengt_kvgpu_zap(vgpu, XENGT_VGPU_ZAPPED);
#ifdef XENGT_FAULT_LOCK_INVERSION
	mutex_lock(&gpu->exec_lock);
	mutex_lock(&gpu->lock);
	mutex_unlock(&gpu->lock);
	mutex_unlock(&gpu->exec_lock);
#endif
	mutex_lock(&gpu->lock);
	WARN_ON_ONCE(vgpu->bnd.ppgtt.pins);
	list_del(&vgpu->link);
	xengt_bnd_vgpu_destroy(&vgpu->bnd);
	if (!gpu->is_gone)
		xengt_hw_power_put(gpu);
	mutex_unlock(&gpu->lock);

	/*
	 * if frames of the vGPU stay held, its object and its id are not freed
	 */
	if (!xengt_bnd_vgpu_is_kept(&vgpu->bnd)) {
		ida_free(&vgpu_ids, vgpu->bnd.rec.id);
		kvfree(vgpu);
#ifdef XENGT_FAULT_USE_AFTER_FREE
		vgpu->gpu = NULL;
#endif
	}
	xengt_gpu_put(gpu);
}

void xengt_kvgpu_zap(struct xengt_kvgpu *vgpu, enum xengt_vgpu_state cause)
{
	mutex_lock(&vgpu->lock);
	xengt_bnd_vgpu_zap(&vgpu->bnd, cause);
	mutex_unlock(&vgpu->lock);
	wake_up_interruptible_all(&vgpu->wait);
}

/* ---- functions for the ioctls ---- */

void xengt_kvgpu_peek(const struct xengt_kvgpu *vgpu,
		      struct xengt_vgpu_info *ret_info)
{
	const struct xengt_frames_counters *fc = &vgpu->frames.counters;

	xengt_bnd_vgpu_info(&vgpu->bnd, ret_info);
	ret_info->frames_held = fc->held;
	ret_info->frames_mapped = fc->mapped;
	ret_info->frames_released = fc->released;
	ret_info->hypercalls = fc->hypercalls;
}

void xengt_kvgpu_info(struct xengt_kvgpu *vgpu, struct xengt_vgpu_info *ret_info)
{
	mutex_lock(&vgpu->lock);
	xengt_kvgpu_peek(vgpu, ret_info);
	mutex_unlock(&vgpu->lock);
}

int xengt_kvgpu_write(struct xengt_kvgpu *vgpu, u32 first, const u64 *entries,
		      u32 count, u32 *ret_scratched)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_gtt_write(&vgpu->bnd.gtt, first, entries, count, ret_scratched);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_ppgtt_create(struct xengt_kvgpu *vgpu, u32 level, u32 flags,
			     u32 *ret_id)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_create(&vgpu->bnd.ppgtt, level, flags, ret_id);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_ppgtt_destroy(struct xengt_kvgpu *vgpu, u32 id)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_destroy(&vgpu->bnd.ppgtt, id);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_ppgtt_write(struct xengt_kvgpu *vgpu, u32 id, u32 first,
			    const u64 *entries, u32 count, u32 *ret_scratched)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_ppgtt_write(&vgpu->bnd.ppgtt, id, first, entries, count,
			      ret_scratched);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_revalidate(struct xengt_kvgpu *vgpu, u64 *ret_dropped,
			   u64 *ret_resolved)
{
	struct xengt_bnd_revalidation at = { 0 };
	int r;

	/*
	 * release the lock between two steps, so that a ZAP need not wait for
	 * all steps
	 */
	do {
		mutex_lock(&vgpu->lock);
		r = xengt_bnd_vgpu_revalidate(&vgpu->bnd, &at);
		mutex_unlock(&vgpu->lock);
		cond_resched();
	} while (r == 1);
	*ret_dropped = at.dropped;
	*ret_resolved = at.resolved;
	return r;
}

int xengt_kvgpu_own_frames(struct xengt_kvgpu *vgpu, u64 first, u32 count)
{
	int r = -ESTALE;

	mutex_lock(&vgpu->lock);
	if (xengt_bnd_vgpu_is_live(&vgpu->bnd)) {
		vgpu->frames.own_first = first;
		vgpu->frames.own_count = count;
		r = 0;
	}
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_fence(struct xengt_kvgpu *vgpu, u32 index, u64 value)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_bnd_vgpu_fence(&vgpu->bnd, index, value);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_aperture(struct xengt_kvgpu *vgpu,
			 struct xengt_vgpu_aperture *access)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_bnd_vgpu_aperture(&vgpu->bnd, access);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_submit(struct xengt_kvgpu *vgpu, struct xengt_vgpu_submit *work)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_bnd_vgpu_submit(&vgpu->bnd, work);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_engine_reset(struct xengt_kvgpu *vgpu, u32 mask)
{
	int r;

	mutex_lock(&vgpu->lock);
	r = xengt_bnd_vgpu_engine_reset(&vgpu->bnd, mask);
	mutex_unlock(&vgpu->lock);
	return r;
}

int xengt_kvgpu_timestamp(struct xengt_kvgpu *vgpu, u64 *ret_ticks)
{
	int r = -ESTALE;

	mutex_lock(&vgpu->lock);
	if (xengt_bnd_vgpu_is_live(&vgpu->bnd)) {
		*ret_ticks = xengt_engine_timestamp(vgpu->gpu->sched);
		r = 0;
	}
	mutex_unlock(&vgpu->lock);
	return r;
}

u32 xengt_kvgpu_take_events(struct xengt_kvgpu *vgpu,
			    struct xengt_event *ret_events, u32 max)
{
	u32 n = 0;

	mutex_lock(&vgpu->lock);
	while (n < max && xengt_bnd_vgpu_next_event(&vgpu->bnd, &ret_events[n]))
		n++;
	mutex_unlock(&vgpu->lock);
	return n;
}

bool xengt_kvgpu_has_events(struct xengt_kvgpu *vgpu)
{
	return READ_ONCE(vgpu->bnd.rec.has_event) ||
	       READ_ONCE(vgpu->bnd.exec.has_event);
}
