/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives a domain RAM at guest frames of its vGPU's BARs; see ram.h. */
#include <errno.h>
#include <string.h>

#include "xengtd/ram.h"
#include "xengt/limits.h"
#include "xengt/log.h"
#include "xengt/types.h"
#include "xengtd/bvgpu.h"
#include "xengtd/domctl.h"
#include "xengtd/persist.h"
#include "xengtd/store.h"
#include "xengtd/xengtd.h"

static uint32_t total_frames(const struct xengt_ram *ram)
{
	uint32_t frames = 0;

	for (uint32_t i = 0; i < ram->count; i++)
		frames += ram->ranges[i].frames;
	return frames;
}

/*
 * Returns how many pages of Xen's current limit are for the vGPU. pages: Xen's
 * current limit.
 */
static uint32_t ours_of(const struct xengt_ram *ram, uint64_t pages)
{
	if (pages == ram->limit.pages)
		return ram->limit.ours;
	return pages == ram->before.pages ? ram->before.ours : 0;
}

/*
 * Set the domain's memory limit to the toolstack's limit plus one page for each
 * frame of the ranges. First write the record, then set the limit. The limit
 * counts all frames of the ranges, even those whose pages the guest gave back
 * to Xen. So the removal of a range lowers the limit by as much as its addition
 * raised the limit; otherwise the guest would gain the returned pages each time
 * that it moves BAR0.
 */
static int set_limit(struct xengt_bvgpu *v)
{
	struct xengt_ram *ram = &v->ram;
	uint32_t ours, total = total_frames(ram);
	uint64_t pages;
	int r = xengt_domctl_max_pages(v->d->domctl, v->domid, &pages);

	if (r < 0)
		return r;
	ours = ours_of(ram, pages);
	ram->before = (struct xengt_ram_limit){ pages, ours };
	ram->limit = (struct xengt_ram_limit){ pages - ours + total, total };
	r = xengt_bvgpu_save(v);
	if (r == 0)
		r = xengt_domctl_set_max_pages(v->d->domctl, v->domid,
					       ram->limit.pages);
	if (r == 0)
		ram->before = (struct xengt_ram_limit){ 0 };
	return r;
}

static void watch(struct xengt_bvgpu *v)
{
	if (!v->ram.is_watched)
		v->ram.is_watched = xengt_store_watch_memory(v->d->store,
							     v->domid,
							     true) == 0;
}

static bool is_used(const struct xengt_ram *ram)
{
	return ram->count || ram->limit.ours || ram->before.ours;
}

void xengt_ram_resume(struct xengt_bvgpu *v)
{
	if (v->ram.count)
		watch(v);
	xengt_ram_follow_target(v);
}

void xengt_ram_follow_target(struct xengt_bvgpu *v)
{
	struct xengt_ram *ram = &v->ram;
	uint32_t total = total_frames(ram);
	uint64_t pages;
	int r;

	if (!is_used(ram) || v->is_domain_gone)
		return;
	r = xengt_domctl_max_pages(v->d->domctl, v->domid, &pages);
	if (r == 0 && pages == ram->limit.pages && total == ram->limit.ours)
		return;
	if (r == 0)
		r = set_limit(v);
	if (r < 0)
		xengt_warn("domain %u: cannot add %u pages of its vGPU to its memory limit: %s",
			   v->domid, total, strerror(-r));
}

/*
 * Remove the memory of range i, remove the range from the record, then lower
 * the limit by the range's pages. If Xen refuses, the range stays in the
 * record.
 */
static int take(struct xengt_bvgpu *v, uint32_t i)
{
	struct xengt_ram *ram = &v->ram;
	struct xengt_ram_range range = ram->ranges[i];
	uint32_t taken;
	int r = 0;

	if (!v->is_domain_gone)
		r = xengt_domctl_depopulate(v->d->domctl, v->domid, range.gfn,
					    range.frames, &taken);
	if (r < 0)
		return r;
	ram->ranges[i] = ram->ranges[--ram->count];
	r = v->is_domain_gone ? xengt_bvgpu_save(v) : set_limit(v);
#ifdef XENGT_FAULT_LIMIT_BY_FRAMES
	if (r == 0 && !v->is_domain_gone)
		r = xengt_domctl_set_max_pages(v->d->domctl, v->domid,
					       ram->limit.pages + range.frames - taken);
#endif
	if (r < 0)
		ram->ranges[ram->count++] = range;
	return r;
}

static bool is_aperture(const struct xengt_bvgpu *v, uint64_t gfn,
			uint64_t frames)
{
	if (!v->has_aperture || gfn >= v->aperture_gfn +
		       (v->info.low_bytes >> XENGT_PAGE_SHIFT) ||
	    v->aperture_gfn >= gfn + frames)
		return false;
	for (uint32_t i = 0; v->piece_count && i < XENGT_PIECES_MAX; i++) {
		uint64_t at = v->aperture_gfn + (uint64_t)i * XENGT_PIECE_FRAMES;

		if (v->pieces[i] && gfn < at + XENGT_PIECE_FRAMES &&
		    at < gfn + frames)
			return true;
	}
	return !v->piece_count;
}

static int give(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames)
{
	struct xengt_ram *ram = &v->ram;
	int r;

	if (ram->count == XENGT_RAM_RANGES ||
	    (uint64_t)total_frames(ram) + frames > XENGT_RAM_FRAMES_MAX)
		return -ENOSPC;
	if (xengt_ram_overlaps(ram, gfn, frames) || is_aperture(v, gfn, frames))
		return -EEXIST;
	watch(v);
	/*
	 * set_limit() writes the record before Xen gives memory, so the record
	 * always lists each range that has memory.
	 */
	ram->ranges[ram->count++] = (struct xengt_ram_range){ gfn, frames };
	r = set_limit(v);
	if (r == 0)
		r = xengt_domctl_populate(v->d->domctl, v->domid, gfn, frames);
	/*
	 * Remove the memory that Xen may have given. If the removal fails, the
	 * range stays in the record.
	 */
	if (r < 0)
		take(v, ram->count - 1);
	return r;
}

bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames)
{
	for (uint32_t i = 0; i < ram->count; i++) {
		const struct xengt_ram_range *range = &ram->ranges[i];

		if (gfn < range->gfn + range->frames &&
		    range->gfn < gfn + frames)
			return true;
	}
	return false;
}

int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on)
{
	struct xengt_ram *ram = &v->ram;
	int r = 0;

	for (uint32_t i = 0; i < ram->count && r == 0; i++) {
		if (ram->ranges[i].gfn != gfn || ram->ranges[i].frames != frames)
			continue;
		r = take(v, i);
		break;
	}
	return r == 0 && on ? give(v, gfn, frames) : r;
}

int xengt_ram_release(struct xengt_bvgpu *v)
{
	struct xengt_ram *ram = &v->ram;
	int r = 0;

	while (ram->count && !v->is_domain_gone && r == 0)
		r = take(v, ram->count - 1);
	if (r < 0)
		return r;
	if (ram->is_watched)
		xengt_store_watch_memory(v->d->store, v->domid, false);
	*ram = (struct xengt_ram){ 0 };
	return 0;
}
