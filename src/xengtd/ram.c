/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory behind BARs; see ram.h. */
#include <errno.h>
#include <string.h>

#include "domctl.h"
#include "persist.h"
#include "ram.h"
#include "store.h"
#include "xengt/log.h"
#include "xengtd.h"

static uint32_t total_frames(const struct xengt_ram *ram)
{
	uint32_t frames = 0;

	for (uint32_t i = 0; i < ram->count; i++)
		frames += ram->ranges[i].frames;
	return frames;
}

/*
 * Set the domain's memory limit to the toolstack's limit plus 'after' pages for
 * the vGPU. If the limit is still the one that we set last, it includes
 * 'before' pages for the vGPU; otherwise the toolstack has set it, and it
 * includes none. It does not matter how many of those pages the guest still
 * has: a guest that gave up such a page must not get another one for it.
 */
static int set_limit(struct xengt_bvgpu *v, uint32_t before, uint32_t after)
{
	uint64_t max_pages;
	int r = xengt_domctl_max_pages(v->d->domctl, v->domid, &max_pages);

	if (r < 0)
		return r;
	if (max_pages == v->ram.max_pages)
		max_pages -= max_pages < before ? max_pages : before;
	max_pages += after;
	r = xengt_domctl_set_max_pages(v->d->domctl, v->domid, max_pages);
	if (r == 0)
		v->ram.max_pages = max_pages;
	return r;
}

static void watch(struct xengt_bvgpu *v)
{
	if (!v->ram.is_watched)
		v->ram.is_watched = xengt_store_watch_memory(v->d->store,
							     v->domid,
							     true) == 0;
}

void xengt_ram_resume(struct xengt_bvgpu *v)
{
	if (!v->ram.count)
		return;
	watch(v);
	xengt_ram_follow_target(v);
}

void xengt_ram_follow_target(struct xengt_bvgpu *v)
{
	uint64_t max_pages;
	int r;

	if (!v->ram.count || v->is_domain_gone)
		return;
	r = xengt_domctl_max_pages(v->d->domctl, v->domid, &max_pages);
	if (r == 0 && max_pages == v->ram.max_pages)
		return;
	if (r == 0)
		r = set_limit(v, 0, total_frames(&v->ram));
	if (r < 0)
		xengt_warn("domain %u: its memory limit counts %u pages of its vGPU: %s",
			   v->domid, total_frames(&v->ram), strerror(-r));
	else
		xengt_bvgpu_save(v);
}

/*
 * Take a range's memory, then lower the limit by all pages of the range, then
 * forget the range. If Xen refuses, the rest of the range stays recorded.
 */
static int take(struct xengt_bvgpu *v, uint32_t i)
{
	struct xengt_ram *ram = &v->ram;
	struct xengt_ram_range range = ram->ranges[i];
	uint32_t total = total_frames(ram), taken;
	int r = 0;

	if (!v->is_domain_gone) {
		r = xengt_domctl_depopulate(v->d->domctl, v->domid, range.gfn,
					    range.frames, &taken);
		if (r == 0)
			r = set_limit(v, total, total - range.frames);
	}
	if (r < 0)
		return r;
	ram->ranges[i] = ram->ranges[--ram->count];
	return xengt_bvgpu_save(v);
}

static int give(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames)
{
	struct xengt_ram *ram = &v->ram;
	uint32_t total = total_frames(ram);
	int r;

	if (ram->count == XENGT_RAM_RANGES ||
	    (uint64_t)total + frames > XENGT_RAM_FRAMES_MAX)
		return -ENOSPC;
	watch(v);
	r = set_limit(v, total, total + frames);
	if (r < 0)
		return r;
	/*
	 * The record is written first: a recorded range may have memory, any
	 * other has none.
	 */
	ram->ranges[ram->count++] = (struct xengt_ram_range){ gfn, frames };
	r = xengt_bvgpu_save(v);
	if (r == 0)
		r = xengt_domctl_populate(v->d->domctl, v->domid, gfn, frames);
	if (r < 0) {
		ram->count--;
		set_limit(v, total + frames, total);
		xengt_bvgpu_save(v);
	}
	return r;
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

void xengt_ram_release(struct xengt_bvgpu *v)
{
	struct xengt_ram *ram = &v->ram;

	while (ram->count) {
		int r = take(v, ram->count - 1);

		if (r < 0) {
			xengt_err("domain %u: %u pages behind its vGPU's BARs stay: %s",
				  v->domid, total_frames(ram), strerror(-r));
			break;
		}
	}
	if (ram->is_watched)
		xengt_store_watch_memory(v->d->store, v->domid, false);
	*ram = (struct xengt_ram){ 0 };
}
