/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Creates and ends one vGPU, and dispatches every request.
 *
 *              reset        xengt_vgpu_fail(), or
 *              |   v        the GPU says zapped
 *   create --> live ---------------------------> broken
 *               |                                  |
 *               | unplug                           | the call into the vGPU ends
 *               v                                  v
 *              gone <------------------------------+
 *               +--> destroy
 *
 * A part of the core that finds that the vGPU cannot continue to work only zaps
 * the vGPU and marks it as broken (failure.h). Everything that the device has
 * set up stays until the call into the vGPU ends, when this file removes
 * everything. A gone device answers all reads with all-ones and drops writes. A
 * gone device claims its PCI function until the device is destroyed, so that no
 * other device can appear at that PCI address.
 */
#include "core/vgpu.h"
#include "core/aperture.h"
#include "core/backing.h"
#include "core/bars.h"
#include "core/display.h"
#include "core/driver.h"
#include "core/execlist.h"
#include "core/failure.h"
#include "core/fault_list.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/opregion.h"
#include "core/pci_cfg.h"
#include "core/ppgtt.h"
#include "core/regs.h"
#include "core/reset.h"
#include "core/track.h"
#include "gpu/gpu.h"
#include "hv/hv.h"
#include "hv/ioreq.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/edid.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Maximal number of GPU events that one call handles, so that the guest's
 * requests do not wait long.
 */
#define EVENTS_PER_CALL	256

static bool is_slice_valid(uint64_t base, uint64_t bytes, uint64_t end)
{
	const uint64_t align = XENGT_SLICE_ALIGN_MIB * (uint64_t)XENGT_MIB;

	return base % align == 0 && bytes % align == 0 && base <= end &&
	       bytes <= end - base;
}

static int check_config(const struct xengt_vgpu_config *cfg)
{
	if (!cfg->hv || !cfg->gpu || !xengt_platform_get(cfg->platform))
		return -EINVAL;
	if (cfg->slot == 0 || cfg->slot > 31)
		return -EINVAL;
	if (cfg->aperture_bytes < XENGT_APERTURE_MIN ||
	    cfg->aperture_bytes > XENGT_APERTURE_MAX ||
	    cfg->aperture_bytes & (cfg->aperture_bytes - 1))
		return -EINVAL;
	if (cfg->edid_bytes > XENGT_EDID_MAX_BYTES ||
	    cfg->edid_bytes % XENGT_EDID_BLOCK_BYTES)
		return -EINVAL;
	return 0;
}

/* Check that the slices fit the device that the guest will see. */
static int check_info(const struct xengt_vgpu *vgpu)
{
	const struct xengt_vgpu_info *info = &vgpu->info;
	const uint64_t span = (uint64_t)XENGT_GGTT_ENTRIES << XENGT_PAGE_SHIFT;

	if (info->state != XENGT_VGPU_LIVE)
		return -ESTALE;
	if (!info->low_bytes ||
	    !is_slice_valid(info->low_base, info->low_bytes,
			    vgpu->cfg.aperture_bytes) ||
	    !is_slice_valid(info->high_base, info->high_bytes, span))
		return -EINVAL;
	if (info->high_bytes && info->high_base < vgpu->cfg.aperture_bytes)
		return -EINVAL;
	return 0;
}

static uint32_t pci_function(const struct xengt_vgpu *vgpu)
{
	return (uint32_t)vgpu->cfg.slot << 3;
}

int xengt_vgpu_create(const struct xengt_vgpu_config *cfg,
		      struct xengt_vgpu **ret_vgpu)
{
	const struct xengt_reg_index *index;
	struct xengt_vgpu *vgpu;
	int r = check_config(cfg);

	if (r)
		return r;
	vgpu = calloc(1, sizeof(*vgpu));
	if (!vgpu)
		return -ENOMEM;
	vgpu->cfg = *cfg;
	vgpu->platform = xengt_platform_get(cfg->platform);
	cfg->hv->counters = &vgpu->counters;

	r = cfg->gpu->ops->info(cfg->gpu, &vgpu->info);
	if (r)
		goto fail;
	r = check_info(vgpu);
	if (r)
		goto fail;
	r = xengt_regs_get(xengt_gen_index(vgpu->platform), &index);
	if (!r)
		r = xengt_mmio_init(vgpu, index);
	if (r)
		goto fail;
	xengt_display_init(vgpu);
	r = xengt_ggtt_init(vgpu);
	if (r)
		goto fail;
	xengt_backing_init(vgpu);
	xengt_track_init(vgpu);
	r = xengt_ppgtt_init(vgpu);
	if (r)
		goto fail;
	xengt_pci_cfg_reset(&vgpu->pci, &vgpu->cfg, vgpu->platform);
	xengt_opregion_reset(vgpu);
	r = cfg->hv->ops->trap_range(cfg->hv, XENGT_RANGE_PCI,
				     pci_function(vgpu), pci_function(vgpu),
				     true);
	if (r)
		goto fail;
	vgpu->is_pci_claimed = true;
	*ret_vgpu = vgpu;
	return 0;

fail:
	xengt_vgpu_destroy(vgpu);
	return r;
}

void xengt_vgpu_destroy(struct xengt_vgpu *vgpu)
{
	struct xengt_hv *hv;

	if (!vgpu)
		return;
	hv = vgpu->cfg.hv;
	xengt_irq_release(vgpu);
	xengt_bars_release(vgpu);
	xengt_opregion_reset(vgpu);
	if (vgpu->is_pci_claimed)
		hv->ops->trap_range(hv, XENGT_RANGE_PCI, pci_function(vgpu),
				    pci_function(vgpu), false);
	xengt_ppgtt_fini(vgpu);
	xengt_track_fini(vgpu);
	xengt_ggtt_fini(vgpu);
	xengt_mmio_fini(vgpu);
	hv->counters = NULL;
	free(vgpu);
}

/*
 * Not inlined, because most calls into the core leave the vGPU live and do not
 * call this function.
 */
static __attribute__((noinline)) void unplug(struct xengt_vgpu *vgpu)
{
	vgpu->life = XENGT_LIFE_GONE;
	xengt_irq_release(vgpu);
	xengt_ppgtt_reset(vgpu);
	xengt_bars_release(vgpu);
	xengt_opregion_reset(vgpu);
}

/*
 * Each function of vgpu.h that can find the vGPU broken, or that can change GGTT
 * entries, calls this function at its end.
 */
static void end_call(struct xengt_vgpu *vgpu)
{
	if (vgpu->aperture.has_doubts)
		xengt_aperture_end(vgpu);
	if (vgpu->life == XENGT_LIFE_BROKEN)
		unplug(vgpu);
}

static void reset(struct xengt_vgpu *vgpu)
{
	xengt_pci_cfg_reset(&vgpu->pci, &vgpu->cfg, vgpu->platform);
	xengt_bars_update(vgpu);
	xengt_opregion_reset(vgpu);
	xengt_reset_engines(vgpu, XENGT_RESET_ALL_ENGINES);
	xengt_fences_reset(vgpu);
	xengt_mmio_reset(vgpu);
	xengt_irq_reset(vgpu);
	xengt_display_reset(vgpu);
	xengt_ggtt_reset(vgpu);
	xengt_ppgtt_reset(vgpu);
	xengt_driver_reset(vgpu);
}

void xengt_vgpu_reset(struct xengt_vgpu *vgpu)
{
	if (!xengt_vgpu_is_live(vgpu))
		return;
	reset(vgpu);
	end_call(vgpu);
}

void xengt_vgpu_unplug(struct xengt_vgpu *vgpu)
{
	unplug(vgpu);
}

void xengt_vgpu_map_again(struct xengt_vgpu *vgpu)
{
	if (!xengt_vgpu_is_live(vgpu))
		return;
	xengt_bars_map_again(vgpu);
	end_call(vgpu);
}

int xengt_vgpu_host_error(const struct xengt_vgpu *vgpu)
{
	return vgpu->host_error;
}

static void mmio_access(void *ctx, const struct xengt_req *req, uint64_t addr,
			uint32_t size, bool is_read, uint64_t *val)
{
	struct xengt_vgpu *vgpu = ctx;
	uint64_t base = vgpu->bars.mmio_base;

	(void)req;
	if (base && addr - base < XENGT_BAR0_BYTES) {
		if (xengt_vgpu_is_live(vgpu))
			xengt_mmio_access(vgpu, (uint32_t)(addr - base), size,
					  is_read, val);
		else if (is_read)
			*val = UINT64_MAX;
		return;
	}
	if (xengt_aperture_has(vgpu, addr)) {
		xengt_aperture_access(vgpu, addr, size, is_read, val);
		return;
	}
	if (xengt_opregion_access(vgpu, addr, size, is_read, val))
		return;
	/* Xen may deliver an access after its range was removed. */
	if (is_read)
		*val = UINT64_MAX;
	else
		xengt_ppgtt_store(vgpu, addr, size, *val);
}

static void count_mmio(struct xengt_vgpu *vgpu, const struct xengt_req *req)
{
	struct xengt_counters *counters = &vgpu->counters;
	uint64_t off = req->addr - vgpu->bars.mmio_base;

	if (!vgpu->bars.mmio_base || off >= XENGT_BAR0_BYTES)
		*(xengt_aperture_has(vgpu, req->addr) ?
		  &counters->exit_aperture : &counters->exit_other) += 1;
	else if (off >= XENGT_MMIO_GGTT_OFF)
		*(req->is_read ? &counters->exit_ggtt_read :
				 &counters->exit_ggtt_write) += 1;
	else if (off < XENGT_REG_SPACE_BYTES)
		*(req->is_read ? &counters->exit_reg_read :
				 &counters->exit_reg_write) += 1;
	else
		counters->exit_other++;
}

static void handle_mmio(struct xengt_vgpu *vgpu, const struct xengt_req *req,
			uint64_t *ret_data)
{
	const struct xengt_ioreq_target target = {
		.access = mmio_access,
		.ctx = vgpu,
	};

	count_mmio(vgpu, req);
	if (vgpu->backing.vcpu != req->vcpu && !vgpu->backing.base)
		xengt_backing_note(vgpu, req->vcpu);
	if (req->count > 1)
		xengt_ggtt_begin(vgpu);
	if (xengt_ioreq_run(vgpu->cfg.hv, req, &target, ret_data)) {
		vgpu->counters.exit_invalid++;
		/*
		 * If the page was protected when the store began, the store may
		 * have trapped for that reason only.
		 */
		if (!req->is_read)
			xengt_track_late_store(vgpu,
					       gpa_to_gfn(gpa(req->addr)));
	}
	if (req->count > 1)
		xengt_ggtt_end(vgpu);
}

/*
 * req->addr has segment, bus and devfn in its high half, and the register in
 * its low half.
 */
static void handle_pci(struct xengt_vgpu *vgpu, const struct xengt_req *req,
		       uint64_t *ret_data)
{
	bool is_ours = req->addr >> 32 == pci_function(vgpu);
	bool is_sane = (req->size == 1 || req->size == 2 || req->size == 4) &&
		       req->count == 1 && !req->data_is_ptr;
	uint32_t reg = (uint32_t)req->addr;
	unsigned int did;

	if (!is_ours || !is_sane) {
		vgpu->counters.exit_invalid++;
		return;
	}
	vgpu->counters.exit_pci++;
	if (!xengt_vgpu_is_live(vgpu))
		return;
	if (req->is_read) {
		*ret_data = xengt_pci_cfg_read(&vgpu->pci, reg, req->size);
		return;
	}
	did = xengt_pci_cfg_write(&vgpu->pci, reg, req->size,
				  (uint32_t)req->data);
	if (did & XENGT_PCI_DID_RESET)
		reset(vgpu);
	else if (did & XENGT_PCI_DID_DECODE)
		xengt_bars_update(vgpu);
	xengt_opregion_update(vgpu);
	xengt_driver_note_config(vgpu);
	/*
	 * this write may have enabled, disabled or changed the function's
	 * interrupt
	 */
	xengt_irq_update(vgpu);
}

static void handle_invalidate(struct xengt_vgpu *vgpu)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	int r;

	vgpu->counters.exit_invalidate++;
	r = hv->ops->invalidate(hv);
	xengt_ppgtt_invalidate(vgpu);
	/*
	 * If revalidate fails, the GPU may still reach pages that the guest
	 * gave away.
	 */
	if (!r && xengt_vgpu_is_live(vgpu))
		r = gpu->ops->revalidate(gpu);
	if (r)
		xengt_vgpu_fail(vgpu, r);
	xengt_aperture_doubt(vgpu, vgpu->ggtt.low.first, vgpu->ggtt.low.count);
}

void xengt_vgpu_handle(struct xengt_vgpu *vgpu, const struct xengt_req *req,
		       uint64_t *ret_data)
{
	*ret_data = UINT64_MAX;
	xengt_track_request(vgpu, req);
	switch (req->type) {
	case XENGT_REQ_MMIO:
		handle_mmio(vgpu, req, ret_data);
		break;
	case XENGT_REQ_PCI_CONFIG:
		handle_pci(vgpu, req, ret_data);
		break;
	case XENGT_REQ_INVALIDATE:
		handle_invalidate(vgpu);
		break;
	case XENGT_REQ_PIO:
	case XENGT_REQ_TIMEOFFSET:
		vgpu->counters.exit_other++;
		break;
	default:
		vgpu->counters.exit_invalid++;
		break;
	}
	end_call(vgpu);
}

int xengt_vgpu_serve(struct xengt_vgpu *vgpu, uint32_t max)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	for (uint32_t i = 0; i < max; i++) {
		struct xengt_req req;
		uint64_t data;
		int r = hv->ops->next_request(hv, &req);

		if (r != 1)
			return r;
		xengt_vgpu_handle(vgpu, &req, &data);
#ifdef XENGT_FAULT_LOSE_REQUEST
		if (req.count > XENGT_IOREQ_COUNT_MAX)
			continue;
#endif
		r = hv->ops->complete_request(hv, &req, data);
		if (r)
			return r;
	}
	return 1;
}

static void handle_event(struct xengt_vgpu *vgpu,
			 const struct xengt_gpu_event *ev)
{
	switch (ev->type) {
	case XENGT_EVENT_ZAPPED:
		if (xengt_vgpu_is_live(vgpu))
			vgpu->life = XENGT_LIFE_BROKEN;
		break;
	case XENGT_EVENT_ENGINE_IRQ:
	case XENGT_EVENT_COMPLETE:
	case XENGT_EVENT_HUNG:
		if (xengt_vgpu_is_live(vgpu))
			xengt_execlist_event(vgpu, ev);
		break;
	}
}

bool xengt_vgpu_handle_events(struct xengt_vgpu *vgpu)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	struct xengt_gpu_event ev;
	int r = 0;

	xengt_irq_hold(vgpu);
	for (int i = 0; i < EVENTS_PER_CALL; i++) {
		r = gpu->ops->next_event(gpu, &ev);
		if (r != 1)
			break;
		handle_event(vgpu, &ev);
	}
	xengt_irq_let_go(vgpu);
	if (r < 0)
		xengt_vgpu_fail(vgpu, r);
	end_call(vgpu);
	return vgpu->life == XENGT_LIFE_GONE;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t xengt_vgpu_deadline(const struct xengt_vgpu *vgpu)
{
	uint64_t at = xengt_track_deadline(vgpu);

	if (!xengt_vgpu_is_live(vgpu))
		return at;
	at = earlier(at, xengt_display_deadline(vgpu));
	return earlier(at, xengt_execlist_deadline(vgpu));
}

void xengt_vgpu_tick(struct xengt_vgpu *vgpu)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t now = hv->ops->now_ns(hv);

	xengt_track_tick(vgpu, now);
	if (!xengt_vgpu_is_live(vgpu))
		return;
	xengt_display_tick(vgpu, now);
	xengt_execlist_tick(vgpu, now);
	end_call(vgpu);
}

uint32_t xengt_vgpu_faults(const struct xengt_vgpu *vgpu,
			   struct xengt_fault *ret_faults, uint32_t max)
{
	return xengt_fault_list(&vgpu->faults, ret_faults, max);
}

const struct xengt_counters *
xengt_vgpu_counters(const struct xengt_vgpu *vgpu)
{
	return &vgpu->counters;
}

void xengt_vgpu_note_dropped(struct xengt_vgpu *vgpu, uint64_t lines)
{
	vgpu->counters.log_dropped = lines;
}
