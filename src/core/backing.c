/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The RAM comes when the guest's driver first looks whether it drives a vGPU
 * (PVINFO), and stays while BAR0 is where it is, decoded or not.
 *
 * It changes how Xen carries out an access of BAR0. If that happened while
 * another vCPU is in the middle of one, Xen would keep our answer for that
 * vCPU's next access and crash the domain over it (see track.h). So it waits
 * until one vCPU alone has used BAR0 for a while, which is so when a driver
 * starts. The way back is harmless: what was RAM and is nothing traps as before.
 *
 * Without RAM, for whatever reason, everything works as it does with it.
 */
#include "core/backing.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/pci_cfg.h"
#include "core/track.h"
#include "hv/hv.h"
#include "xengt/limits.h"

#include <errno.h>

_Static_assert(XENGT_RAM_FRAMES_MAX == XENGT_BAR0_BYTES / XENGT_PAGE_SIZE,
	       "limits.h: as big as BAR0");
_Static_assert(XENGT_HV_BACK_MAX >= (XENGT_BAR0_BYTES - XENGT_MMIO_GGTT_OFF) /
	       XENGT_PAGE_SIZE, "hv.h: the GGTT half of BAR0");

/* From our answer to Xen's end of it, with plenty to spare. */
#define QUIET_NS	20000000u

void xengt_backing_init(struct xengt_vgpu *vgpu)
{
	vgpu->backing.vcpu = XENGT_BACKING_NOBODY;
}

void xengt_backing_note(struct xengt_vgpu *vgpu, uint32_t vcpu)
{
	struct xengt_backing *backing = &vgpu->backing;
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (backing->vcpu != XENGT_BACKING_NOBODY)
		backing->since_ns = hv->ops->now_ns(hv) + QUIET_NS;
	backing->vcpu = vcpu;
}

/* The GPU does not get what is there. */
static int tell_gpu(struct xengt_vgpu *vgpu, uint64_t base)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	return gpu->ops->own_frames(gpu, gpa_to_gfn(gpa(base)),
				    base ? XENGT_BAR0_BYTES >> XENGT_PAGE_SHIFT :
					   0);
}

/* RAM for pages first.. of BAR0, or NULL. */
static void *get(struct xengt_vgpu *vgpu, uint32_t first, uint32_t pages)
{
	struct xengt_backing *backing = &vgpu->backing;
	gfn_t at = gfn((backing->base >> XENGT_PAGE_SHIFT) + first);
	struct xengt_hv *hv = vgpu->cfg.hv;
	void *ram;
	int r;

	/* what refused a part of it will not give the rest, either */
	if (backing->is_refused || backing->is_postponed)
		return NULL;
	r = hv->ops->back(hv, at, pages, &ram);
	if (r) {
		backing->is_postponed = r == -ENOTCONN;
		backing->is_refused = !backing->is_postponed;
		return NULL;
	}
	vgpu->counters.ram_pages += pages;
	return ram;
}

static void put(struct xengt_vgpu *vgpu, uint32_t first, uint32_t pages,
		void *ram)
{
	struct xengt_backing *backing = &vgpu->backing;
	gfn_t at = gfn((backing->base >> XENGT_PAGE_SHIFT) + first);
	struct xengt_hv *hv = vgpu->cfg.hv;

	/* It fails if the broker is not there; the broker knows what is left
	 * and takes it when the vGPU ends. */
	hv->ops->unback(hv, at, pages, ram);
	vgpu->counters.ram_pages -= pages;
}

static uint32_t slice_page(const struct xengt_ggtt_slice *slice)
{
	return (XENGT_MMIO_GGTT_OFF + slice->first * 8) >> XENGT_PAGE_SHIFT;
}

/* Slices are aligned to as many entries as a page has. */
static uint32_t slice_pages(const struct xengt_ggtt_slice *slice)
{
	return slice->count * 8 >> XENGT_PAGE_SHIFT;
}

static void back_slice(struct xengt_vgpu *vgpu, struct xengt_ggtt_slice *slice)
{
	if (slice->count && slice_pages(slice) <= XENGT_HV_BACK_MAX)
		xengt_ggtt_attach(slice, get(vgpu, slice_page(slice),
					     slice_pages(slice)));
}

static void unback_slice(struct xengt_vgpu *vgpu,
			 struct xengt_ggtt_slice *slice)
{
	void *ram = xengt_ggtt_detach(vgpu, slice);

	if (ram)
		put(vgpu, slice_page(slice), slice_pages(slice), ram);
}

/* Loads of the page go to RAM then, stores come to us as before. */
static void show_page(struct xengt_vgpu *vgpu, uint32_t page)
{
	gfn_t at = gfn((vgpu->backing.base >> XENGT_PAGE_SHIFT) + page);
	void *ram = get(vgpu, page, 1);

	if (!ram)
		return;
	xengt_mmio_show(vgpu, page, ram);
	vgpu->track.own++;
	if (!xengt_track_get(vgpu, at))
		return;
	vgpu->track.own--;
	xengt_mmio_show(vgpu, page, NULL);
	put(vgpu, page, 1, ram);
}

static void hide_page(struct xengt_vgpu *vgpu, uint32_t page)
{
	gfn_t at = gfn((vgpu->backing.base >> XENGT_PAGE_SHIFT) + page);
	void *ram = (void *)vgpu->mmio.shown[page];

	if (!ram)
		return;
	xengt_mmio_show(vgpu, page, NULL);
	/* First the memory: what traps as RAM and then as nothing is one. */
	put(vgpu, page, 1, ram);
	vgpu->track.own--;
	xengt_track_put(vgpu, at);
}

/* Does the aperture lie over BAR0? Then there is no room. */
static bool is_overlaid(const struct xengt_vgpu *vgpu)
{
	const struct xengt_bars *bars = &vgpu->bars;
	uint64_t first = gfn_x(bars->aperture) << XENGT_PAGE_SHIFT;

	return bars->is_mapped &&
	       first < bars->mmio_base + XENGT_BAR0_BYTES &&
	       bars->mmio_base < first + vgpu->info.low_bytes;
}

void xengt_backing_begin(struct xengt_vgpu *vgpu)
{
	const struct xengt_reg_index *index = vgpu->mmio.index;
	struct xengt_backing *backing = &vgpu->backing;
	uint64_t base = vgpu->bars.mmio_base;
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (backing->base || backing->is_refused || !base ||
	    !xengt_vgpu_is_live(vgpu) || is_overlaid(vgpu))
		return;
	if (backing->since_ns && hv->ops->now_ns(hv) < backing->since_ns)
		return;
	if (tell_gpu(vgpu, base)) {
		backing->is_refused = true;
		return;
	}
	backing->base = base;
	back_slice(vgpu, &vgpu->ggtt.low);
	back_slice(vgpu, &vgpu->ggtt.high);
	for (uint32_t i = 0; i < index->hot_page_count; i++)
		show_page(vgpu, index->hot_pages[i]);
	/* The next look is another chance, with nothing half done. */
	if (backing->is_postponed)
		xengt_backing_release(vgpu);
}

void xengt_backing_release(struct xengt_vgpu *vgpu)
{
	const struct xengt_reg_index *index = vgpu->mmio.index;
	struct xengt_backing *backing = &vgpu->backing;

	if (backing->base) {
		unback_slice(vgpu, &vgpu->ggtt.low);
		unback_slice(vgpu, &vgpu->ggtt.high);
		for (uint32_t i = 0; i < index->hot_page_count; i++)
			hide_page(vgpu, index->hot_pages[i]);
		/* One that is zapped refuses, and has nothing to lose. */
		tell_gpu(vgpu, 0);
	}
	*backing = (struct xengt_backing){ .vcpu = XENGT_BACKING_NOBODY };
}

void xengt_backing_move(struct xengt_vgpu *vgpu, uint64_t base)
{
	if (base && base != vgpu->backing.base)
		xengt_backing_release(vgpu);
}
