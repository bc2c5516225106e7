/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * BAR0 is one trapped range. BAR2 has only the vGPU's own aperture slice, at the
 * slice's offset: mapped, or trapped and mapped on demand (aperture.h). The rest of BAR2
 * is neither mapped nor trapped, so Xen itself answers all-ones there.
 *
 * Guests set a 64-bit BAR with two writes, and firmware moves BARs with decode
 * off. With decode on, each half takes effect as it is written, as on hardware.
 * The old traps and mappings are removed before new ones are made: the
 * hypervisor maps the slice at one place only, and a trap that stays would
 * catch accesses that are meant for the device that gets the address next.
 *
 * The hypervisor refuses an address that is the guest's own RAM or that the
 * hypervisor cannot map. A counter counts such refusals, and the BAR does not
 * decode until the next write of the guest, when the core tries again. If the
 * broker did not answer in time, xengt_bars_map_again() tries again when a
 * broker answers.
 */
#include "core/bars.h"
#include "core/aperture.h"
#include "core/backing.h"
#include "core/internal.h"
#include "core/pci_cfg.h"
#include "hv/hv.h"

static void untrap(struct xengt_vgpu *vgpu)
{
	struct xengt_bars *bars = &vgpu->bars;
	struct xengt_hv *hv = vgpu->cfg.hv;
	int r;

	if (!bars->mmio_base)
		return;
	r = hv->ops->trap_range(hv, XENGT_RANGE_MMIO, bars->mmio_base,
				bars->mmio_base + XENGT_BAR0_BYTES - 1, false);
	if (r)
		vgpu->counters.bar_refused++;
	/*
	 * A trap that stays does no harm here: the device answers an access
	 * outside of BAR0 with all-ones.
	 */
	bars->mmio_base = 0;
}

static void trap(struct xengt_vgpu *vgpu, uint64_t base)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	xengt_backing_move(vgpu, base);

	if (!base)
		return;
	if (hv->ops->trap_range(hv, XENGT_RANGE_MMIO, base,
				base + XENGT_BAR0_BYTES - 1, true)) {
		vgpu->counters.bar_refused++;
		return;
	}
	vgpu->bars.mmio_base = base;
}

static int place(struct xengt_vgpu *vgpu, gfn_t first, bool on)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	vgpu->counters.places++;
	if (!vgpu->cfg.is_aperture_lazy)
		return hv->ops->map_aperture(hv, first, on);
	return on ? xengt_aperture_place(vgpu, first) :
		    xengt_aperture_take(vgpu);
}

static void unmap(struct xengt_vgpu *vgpu)
{
	struct xengt_bars *bars = &vgpu->bars;

	if (!bars->is_mapped)
		return;
	if (place(vgpu, bars->aperture, false)) {
		/*
		 * The slice is still mapped at the old address, so it cannot be
		 * mapped elsewhere. xengt_bars_update() tries again when config
		 * space changes next.
		 */
		vgpu->counters.bar_refused++;
		return;
	}
	bars->is_mapped = false;
}

static void map(struct xengt_vgpu *vgpu, gfn_t first)
{
	struct xengt_bars *bars = &vgpu->bars;

	if (bars->is_mapped)
		return;
	if (place(vgpu, first, true)) {
		vgpu->counters.bar_refused++;
		return;
	}
	bars->is_mapped = true;
	bars->aperture = first;
}

void xengt_bars_update(struct xengt_vgpu *vgpu)
{
	struct xengt_bars *bars = &vgpu->bars;
	uint64_t base = xengt_pci_cfg_bar_base(&vgpu->pci, XENGT_PCI_BAR0);
	uint64_t bar2 = xengt_pci_cfg_bar_base(&vgpu->pci, XENGT_PCI_BAR2);
	gfn_t first = gpa_to_gfn(gpa(bar2 + vgpu->info.low_base));
	bool is_mmio_moved = bars->mmio_base != base;
	bool is_aperture_moved = bars->is_mapped &&
		(!bar2 || gfn_x(bars->aperture) != gfn_x(first));

	if (is_mmio_moved)
		untrap(vgpu);
	if (is_aperture_moved)
		unmap(vgpu);
	if (is_mmio_moved)
		trap(vgpu, base);
	if (bar2)
		map(vgpu, first);
}

void xengt_bars_map_again(struct xengt_vgpu *vgpu)
{
	struct xengt_bars *bars = &vgpu->bars;
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (!bars->is_mapped && hv->ops->map_aperture(hv, bars->aperture, false))
		return;
	if (xengt_aperture_forget(vgpu))
		vgpu->counters.bar_refused++;
	xengt_bars_update(vgpu);
}

void xengt_bars_release(struct xengt_vgpu *vgpu)
{
	xengt_backing_release(vgpu);
	untrap(vgpu);
	unmap(vgpu);
}
