/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A guest's driver reads PVINFO to learn whether it drives a vGPU. When the
 * driver reads PVINFO for the first time, RAM is put behind BAR0. The RAM stays
 * as long as BAR0 does not move, whether memory decode is on or off.
 *
 * The RAM changes how Xen carries out an access of BAR0. If the RAM were put
 * behind BAR0 while another vCPU is in the middle of an access, Xen would keep
 * the worker's answer for that vCPU's next access and then crash the domain
 * (see track.h). So the device puts the RAM behind BAR0 only after a single
 * vCPU has used BAR0 for a while, as happens when a driver starts. Removing the
 * RAM is harmless: an access of a page that was RAM traps again.
 *
 * If RAM cannot be put behind BAR0, for whatever reason, the guest sees the
 * same device, but more of its accesses trap.
 */
#include "core/backing.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "core/pci_cfg.h"
#include "core/track.h"
#include "hv/hv.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <errno.h>

_Static_assert(XENGT_RAM_FRAMES_MAX == XENGT_BAR0_BYTES / XENGT_PAGE_SIZE,
	       "limits.h: as big as BAR0");
_Static_assert(XENGT_HV_BACK_MAX >= (XENGT_BAR0_BYTES - XENGT_MMIO_GGTT_OFF) /
	       XENGT_PAGE_SIZE, "hv.h: the GGTT half of BAR0");

/*
 * Time in ns after which Xen has certainly finished an access. The time starts
 * when another vCPU accesses BAR0, which is later than the worker's answer to
 * the access before.
 */
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

/*
 * Tell the module the guest frames of BAR0, so that no GPU entry can point to
 * the RAM behind BAR0.
 */
static int tell_gpu(struct xengt_vgpu *vgpu, uint64_t base)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	return gpu->ops->own_frames(gpu, gpa_to_gfn(gpa(base)),
				    base ? XENGT_BAR0_BYTES >> XENGT_PAGE_SHIFT :
					   0);
}

/*
 * Requests RAM behind 'pages' pages of BAR0, from page 'first' on. Returns the
 * RAM, or NULL if the request was refused or no request was made.
 */
static void *get(struct xengt_vgpu *vgpu, uint32_t first, uint32_t pages)
{
	struct xengt_backing *backing = &vgpu->backing;
	gfn_t at = gfn((backing->base >> XENGT_PAGE_SHIFT) + first);
	struct xengt_hv *hv = vgpu->cfg.hv;
	void *ram;
	int r;

	/* after one refusal the hypervisor would refuse all other pages, too */
	if (backing->is_refused || backing->is_postponed)
		return NULL;
	vgpu->counters.places++;
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

	/*
	 * unback fails if no broker runs. In this case the RAM stays until the
	 * vGPU ends; a later broker has a record of the RAM and then frees the
	 * RAM.
	 */
	vgpu->counters.places++;
	hv->ops->unback(hv, at, pages, ram);
	vgpu->counters.ram_pages -= pages;
}

static uint32_t slice_page(const struct xengt_ggtt_slice *slice)
{
	return (XENGT_MMIO_GGTT_OFF + slice->first * 8) >> XENGT_PAGE_SHIFT;
}

/* The GGTT entries of a slice fill whole pages, so the division has no remainder. */
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

/*
 * Put RAM behind a page of registers: then loads from the page read the RAM,
 * and stores still trap.
 */
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
	/*
	 * Remove the RAM before the protection ends: stores trap while the page
	 * is protected RAM, and stores trap when the page has no RAM, so no
	 * store is missed.
	 */
	put(vgpu, page, 1, ram);
	vgpu->track.own--;
	xengt_track_put(vgpu, at);
}

/*
 * Returns true if the guest has placed the aperture over BAR0; then RAM cannot
 * be put behind BAR0.
 */
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
	/*
	 * If no broker answered for some of the pages, remove the RAM of all
	 * pages: the next read of PVINFO requests RAM again.
	 */
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
		/*
		 * The module refuses this call for a zapped vGPU. The refusal
		 * is harmless, because the GPU reaches no memory for a zapped
		 * vGPU.
		 */
		tell_gpu(vgpu, 0);
	}
	*backing = (struct xengt_backing){ .vcpu = XENGT_BACKING_NOBODY };
}

void xengt_backing_move(struct xengt_vgpu *vgpu, uint64_t base)
{
	if (base && base != vgpu->backing.base)
		xengt_backing_release(vgpu);
}
