// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates vGPUs, and ends them in a fixed order (bnd_vgpu.h). gtt.c, ppgtt.c
 * and submit.c have the rules for entries, page tables and contexts.
 */
#include "boundary/bnd_sched.h"
#include "boundary/bnd_types.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/fence.h"
#include "boundary/gtt.h"
#include "boundary/hold.h"
#include "boundary/part.h"
#include "boundary/ppgtt.h"
#include "boundary/share.h"
#include "boundary/submit.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

#define PAGES_PER_MIB	(1u << (20 - XENGT_BND_PAGE_SHIFT))

/* ---- creation ---- */

int xengt_bnd_vgpu_place(struct xengt_bnd_vgpu *v,
			 const struct xengt_bnd_gpu *gpu, uint32_t low_mib,
			 uint32_t high_mib, uint32_t fences)
{
	int r = xengt_part_alloc(gpu->part, low_mib, high_mib, fences,
				 &v->rec.slices);

	if (!r)
		v->part = gpu->part;
	/* the state until xengt_bnd_vgpu_create() */
	v->rec.state = XENGT_VGPU_GPU_GONE;
	return r;
}

int xengt_bnd_vgpu_place_at(struct xengt_bnd_vgpu *v,
			    const struct xengt_bnd_gpu *gpu,
			    uint32_t low_base_mib, uint32_t low_mib)
{
	int r = xengt_part_alloc_at(gpu->part, low_base_mib, low_mib,
				    &v->rec.slices);

	if (!r)
		v->part = gpu->part;
	/* the state until xengt_bnd_vgpu_create() */
	v->rec.state = XENGT_VGPU_GPU_GONE;
	return r;
}

/*
 * No guest may read data that another guest wrote to a scratch page. So a scratch page
 * belongs to one vGPU until no entry and no TLB points to it any more.
 */
static int alloc_scratch(struct xengt_bnd_vgpu *v)
{
	v->scratch = v->hw->mem_ops->pages_alloc(v->hw->ctx, 1,
						 &v->scratch_bus);
	return v->scratch ? 0 : -ENOMEM;
}

/*
 * Set the entries of the slices to 'pte' and free the vGPU's scratch page. If the GPU is
 * lost, the page is not freed, because the GPU may still use it.
 */
static void free_scratch(struct xengt_bnd_vgpu *v, uint64_t pte)
{
	if (!v->scratch || v->hw->health->is_lost)
		return;
	/*
	 * (if gtt.hw is NULL, xengt_gtt_init() was not called, and no entry
	 * points to the page)
	 */
	if (v->gtt.hw && xengt_gtt_point_all(&v->gtt, pte))
		return;
	v->hw->mem_ops->pages_free(v->hw->ctx, v->scratch, 1, &v->scratch_bus);
	v->scratch = NULL;
}

/* The bus address of the vGPU's own scratch page. */
static xengt_bus_t own_scratch(const struct xengt_bnd_vgpu *v)
{
#ifdef XENGT_FAULT_SHARED_SCRATCH
	return v->hw->scratch;
#endif
	return v->scratch_bus;
}

/*
 * The entry that points to the host's scratch page. xengt_pte_encode() cannot
 * fail, because the owner of the GPU has already used this entry.
 */
static uint64_t host_scratch(const struct xengt_hw *hw)
{
	uint64_t pte = 0;

	(void)xengt_pte_encode(hw->scratch, &pte);
	return pte;
}

void xengt_bnd_vgpu_restore(struct xengt_bnd_vgpu *v)
{
	if (v->scratch)
		(void)xengt_gtt_point_all(&v->gtt, v->gtt.scratch_pte);
}

static int init_gtt(struct xengt_bnd_vgpu *v)
{
	const struct xengt_part_slices *s = &v->rec.slices;
	const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
		[XENGT_GTT_LOW] = { s->low_base_mib * PAGES_PER_MIB,
				    s->low_mib * PAGES_PER_MIB },
		[XENGT_GTT_HIGH] = { s->high_base_mib * PAGES_PER_MIB,
				     s->high_mib * PAGES_PER_MIB },
	};
	int r;

	v->gtt_entries = v->hw->mem_ops->alloc(v->hw->ctx, sizeof(v->gtt_entries[0]) *
				       (uint64_t)xengt_gtt_entries_needed(slices));
	if (!v->gtt_entries)
		return -ENOMEM;
	r = xengt_gtt_init(&v->gtt, v->hw, &v->guest, slices, own_scratch(v),
			   v->gtt_entries);
	return r ? r : xengt_gtt_point_all(&v->gtt, v->gtt.scratch_pte);
}

static int init_ppgtt(struct xengt_bnd_vgpu *v)
{
	v->ppgtt_by_id = v->hw->mem_ops->alloc(v->hw->ctx, sizeof(v->ppgtt_by_id[0]) *
				       (XENGT_PPGTT_TABLES_MAX + 1ull));
	if (!v->ppgtt_by_id)
		return -ENOMEM;
	return xengt_ppgtt_tables_init(&v->ppgtt, v->hw, &v->guest,
				       own_scratch(v), v->ppgtt_by_id);
}

static int init_exec(struct xengt_bnd_vgpu *v, struct xengt_sched *sched)
{
	int r;

	v->hw->ops->engines_lock(v->hw->ctx);
	r = xengt_exec_init(&v->exec, sched, &v->guest, &v->gtt, &v->ppgtt,
			    v->rec.id);
	v->hw->ops->engines_unlock(v->hw->ctx);
	return r;
}

static void free_memory(struct xengt_bnd_vgpu *v)
{
	if (v->gtt_entries)
		v->hw->mem_ops->free(v->hw->ctx, v->gtt_entries);
	v->gtt_entries = NULL;
	if (v->ppgtt_by_id)
		v->hw->mem_ops->free(v->hw->ctx, v->ppgtt_by_id);
	v->ppgtt_by_id = NULL;
}

int xengt_bnd_vgpu_create(struct xengt_bnd_vgpu *v,
			  const struct xengt_bnd_gpu *gpu,
			  const struct xengt_guest *guest, uint32_t id,
			  uint32_t domid)
{
	int r;

	if (gpu->sched->hw->health->is_stopped)
		return -EIO;
	v->hw = gpu->sched->hw;
	v->guest = *guest;
	xengt_hold_attach(&v->hold, v->hw, &v->exec, &v->guest);
	v->rec.id = id;
	v->rec.domid = domid;
	r = alloc_scratch(v);
	if (r)
		return r;
	r = init_gtt(v);
	if (r)
		goto fail;
	r = init_ppgtt(v);
	if (r)
		goto fail;
	r = init_exec(v, gpu->sched);
	if (r)
		goto zap_ppgtt;
	v->rec.state = XENGT_VGPU_LIVE;
	return 0;

zap_ppgtt:
	xengt_ppgtt_zap(&v->ppgtt);
fail:
	free_scratch(v, host_scratch(v->hw));
	free_memory(v);
	return r;
}

/* ---- fence registers ---- */

static void put_fence(struct xengt_bnd_vgpu *v, uint32_t index, uint64_t value)
{
	v->rec.fences[index] = value & XENGT_FENCE_BITS;
	v->hw->ops->fence_write(v->hw->ctx, v->rec.slices.fence_base + index,
				v->rec.fences[index]);
}

static void clear_fences(struct xengt_bnd_vgpu *v)
{
	uint32_t i;

#ifdef XENGT_FAULT_KEEP_FENCE
	return;
#endif
	for (i = 0; i < v->rec.slices.fences; i++) {
		if (v->rec.fences[i])
			put_fence(v, i, 0);
	}
}

int xengt_bnd_vgpu_fence(struct xengt_bnd_vgpu *v, uint32_t index,
			 uint64_t value)
{
	int r;

	if (index >= v->rec.slices.fences)
		return -ERANGE;
	if (!xengt_bnd_vgpu_is_live(v))
		return -ESTALE;
	r = xengt_fence_check(v->gtt.slices, value);
	put_fence(v, index, r || !(value & XENGT_FENCE_VALID) ? 0 : value);
	return r;
}

#define PAGE_BYTES	(1u << XENGT_BND_PAGE_SHIFT)
#define PIECE_BYTES	(XENGT_SLICE_ALIGN_MIB << 20)
#define PIECE_PAGES	(PIECE_BYTES / PAGE_BYTES)

int xengt_bnd_vgpu_aperture(struct xengt_bnd_vgpu *v,
			    struct xengt_vgpu_aperture *access)
{
	const struct xengt_gtt_slice *low = &v->gtt.slices[XENGT_GTT_LOW];
	uint64_t page = access->addr >> XENGT_BND_PAGE_SHIFT;
	uint64_t value = access->value;
	uint32_t first;
	int r;

	if (access->size > 8 || access->pad ||
	    access->flags & ~XENGT_APERTURE_STORE ||
	    access->addr % PAGE_BYTES + access->size > PAGE_BYTES)
		return -EINVAL;
	if (page < low->first || page - low->first >= low->count)
		return -ERANGE;
	if (!xengt_bnd_vgpu_is_live(v))
		return -ESTALE;
	if (access->size) {
		r = v->hw->ops->aperture(v->hw->ctx, access->addr, access->size,
					 access->flags & XENGT_APERTURE_STORE,
					 &value);
		if (r)
			return r;
	}
	access->value = value;
	first = (uint32_t)page / PIECE_PAGES * PIECE_PAGES;
	access->piece = (uint64_t)first << XENGT_BND_PAGE_SHIFT;
	access->piece_bytes = 0;
	if (xengt_gtt_names_frames(&v->gtt, first, PIECE_PAGES))
		access->piece_bytes = PIECE_BYTES;
	return 0;
}

/* ---- zap and destruction ---- */

static void end_work(struct xengt_bnd_vgpu *v)
{
	v->hw->ops->engines_lock(v->hw->ctx);
	xengt_exec_fini(&v->exec);
	v->hw->ops->engines_unlock(v->hw->ctx);
}

static void end_life(struct xengt_bnd_vgpu *v, enum xengt_vgpu_state cause)
{
	/* first end the vGPU's work, then release its frames */
#ifndef XENGT_FAULT_RELEASE_EARLY
	end_work(v);
#endif
	clear_fences(v);
	xengt_gtt_zap(&v->gtt);
	xengt_ppgtt_zap(&v->ppgtt);
	xengt_hold_release(&v->guest);
	/*
	 * a lost GPU may use frames, page tables and slices until the GPU is
	 * powered off
	 */
	if (!v->hw->health->is_lost)
		v->guest.ops->frames_fini(v->guest.ctx);
#ifdef XENGT_FAULT_RELEASE_EARLY
	end_work(v);
#endif
	v->rec.state = cause;
	v->rec.has_event = true;
}

void xengt_bnd_vgpu_zap(struct xengt_bnd_vgpu *v, enum xengt_vgpu_state cause)
{
	if (xengt_bnd_vgpu_is_live(v))
		end_life(v, cause);
	if (cause == XENGT_VGPU_GPU_GONE)
		free_scratch(v, 0);
}

void xengt_bnd_vgpu_destroy(struct xengt_bnd_vgpu *v)
{
	if (!v->part)
		return;
	xengt_bnd_vgpu_zap(v, XENGT_VGPU_ZAPPED);
	if (v->scratch)
		free_scratch(v, host_scratch(v->hw));
	if (!xengt_bnd_vgpu_is_kept(v))
		xengt_part_free(v->part, &v->rec.slices);
	v->part = NULL;
	free_memory(v);
}

/* ---- calls for a live vGPU ---- */

void xengt_bnd_vgpu_info(const struct xengt_bnd_vgpu *v,
			 struct xengt_vgpu_info *ret_info)
{
	const struct xengt_part_slices *s = &v->rec.slices;
	const struct xengt_gtt_counters *gc = &v->gtt.counters;
	const struct xengt_ppgtt_counters *pc = &v->ppgtt.counters;
	const struct xengt_exec_counters *ec = &v->exec.counters;

	*ret_info = (struct xengt_vgpu_info){
		.vgpu_id = v->rec.id,
		.domid = v->rec.domid,
		.state = v->rec.state,
		.fences = s->fences,
		.fence_base = s->fence_base,
		.low_base = (uint64_t)s->low_base_mib << 20,
		.low_bytes = (uint64_t)s->low_mib << 20,
		.high_base = (uint64_t)s->high_base_mib << 20,
		.high_bytes = (uint64_t)s->high_mib << 20,
		.entries_written = gc->entries_written,
		.entries_scratched = gc->entries_scratched,
		.tlb_flushes = gc->tlb_flushes + pc->tlb_flushes,
		.revalidations = gc->revalidations,
		.frames_followed = gc->frames_followed + pc->frames_followed,
		.frames_kept = xengt_hold_kept(&v->hold),
		.submissions = ec->submissions,
		.completions = ec->completions,
		.refusals = ec->refusals,
		.hangs = ec->hangs,
		.bytes_copied = ec->bytes_copied,
		.ppgtt_tables = v->ppgtt.live,
		.ppgtt_entries = pc->entries_written,
	};
}

/*
 * The steps of a revalidation. A frame is held as long as one entry holds it,
 * so all entries of moved frames must be changed before any entry is tried
 * again.
 */
enum revalidation_step {
	DROP_GTT,
	DROP_PPGTT,
	RESOLVE_GTT,
	RESOLVE_PPGTT,
	DONE,
};

int xengt_bnd_vgpu_revalidate(struct xengt_bnd_vgpu *v,
			      struct xengt_bnd_revalidation *at)
{
	int r = 0;

	switch ((enum revalidation_step)at->step) {
	case DROP_GTT:
		r = xengt_gtt_drop_moved(&v->gtt, &at->dropped);
		break;
	case DROP_PPGTT:
		r = xengt_ppgtt_drop_moved(&v->ppgtt, &at->cursor,
					   &at->dropped);
		break;
	case RESOLVE_GTT:
		r = xengt_gtt_resolve(&v->gtt, &at->cursor, &at->resolved);
		break;
	case RESOLVE_PPGTT:
		r = xengt_ppgtt_resolve(&v->ppgtt, &at->cursor, &at->resolved);
		break;
	case DONE:
		return 0;
	}
	if (r)
		return r;
	at->cursor = 0;
	return ++at->step != DONE;
}

int xengt_bnd_vgpu_submit(struct xengt_bnd_vgpu *v,
			  struct xengt_vgpu_submit *work)
{
	uint32_t flushes;
	int r;

	if (!xengt_bnd_vgpu_is_live(v))
		return -ESTALE;
	if (v->hw->health->is_stopped)
		return -EIO;
	v->hw->ops->engines_lock(v->hw->ctx);
	/*
	 * before the work enters the queue: who was idle paid with the time that it did
	 * not use
	 */
	xengt_hold_charge(&v->hold);
	flushes = v->exec.sched->space->flushes;
	r = xengt_submit(&v->exec, work);
	v->hold.flushes += v->exec.sched->space->flushes - flushes;
	v->hw->ops->engines_unlock(v->hw->ctx);
	return r;
}

int xengt_bnd_vgpu_engine_reset(struct xengt_bnd_vgpu *v, uint32_t mask)
{
	int r;

	if (!xengt_bnd_vgpu_is_live(v))
		return -ESTALE;
	v->hw->ops->engines_lock(v->hw->ctx);
	r = xengt_exec_reset(&v->exec, mask);
	v->hw->ops->engines_unlock(v->hw->ctx);
	/* frames that waited for the contexts that have left the engine */
	xengt_hold_release(&v->guest);
	return r;
}

int xengt_bnd_vgpu_set_share(struct xengt_bnd_vgpu *v,
			     const struct xengt_set_share *wish)
{
	struct xengt_share share;
	int r = xengt_share_parse(wish, &share);

	if (r)
		return r;
	v->hw->ops->engines_lock(v->hw->ctx);
	/* only members that engines_lock() protects: the vGPU may be ending */
	if (v->exec.sched)
		xengt_exec_set_share(&v->exec, &share);
	else
		r = -ESTALE;
	v->hw->ops->engines_unlock(v->hw->ctx);
	return r;
}

bool xengt_bnd_vgpu_next_event(struct xengt_bnd_vgpu *v,
			       struct xengt_event *ret_event)
{
	bool found;

	if (v->rec.has_event) {
		v->rec.has_event = false;
		*ret_event = (struct xengt_event){
			.type = XENGT_EVENT_ZAPPED,
			.value = v->rec.state,
		};
		return true;
	}
	if (!xengt_bnd_vgpu_is_live(v))
		return false;
	xengt_hold_release(&v->guest);
	v->hw->ops->engines_lock(v->hw->ctx);
	found = xengt_exec_next_event(&v->exec, ret_event);
	v->hw->ops->engines_unlock(v->hw->ctx);
	return found;
}
