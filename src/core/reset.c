/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Carries out a write of GDRST (Broadwell PRM, volume 2c: "GDRST - Graphics
 * Device Reset Control"): a guest resets some engines, or all of them. The
 * reset reaches only the guest's own work and registers. The GGTT, the display
 * and the page tables stay as they are, as on hardware.
 */
#include "core/reset.h"
#include "core/execlist.h"
#include "core/failure.h"
#include "core/internal.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/regs.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#include <errno.h>

static const struct {
	uint32_t domain;		/* bit of GDRST */
	enum xengt_irq_bank bank;	/* bank and bits of the engine's
					 * interrupts */
	uint32_t events;
} engines[XENGT_ENGINES] = {
	[XENGT_ENGINE_RCS] = { XENGT_GDRST_RCS, XENGT_IRQ_GT0, 0x0000ffff },
	[XENGT_ENGINE_VCS] = { XENGT_GDRST_VCS, XENGT_IRQ_GT1, 0x0000ffff },
	[XENGT_ENGINE_VECS] = { XENGT_GDRST_VECS, XENGT_IRQ_GT3, 0x0000ffff },
	[XENGT_ENGINE_BCS] = { XENGT_GDRST_BCS, XENGT_IRQ_GT0, 0xffff0000 },
};

static bool has_work(const struct xengt_execlist *e)
{
	return e->flight[0].seqno || e->flight[1].seqno || e->port[0].desc;
}

/* The engines in mask for which the hardware may hold work of this vGPU. */
static uint32_t busy_engines(const struct xengt_vgpu *vgpu, uint32_t mask)
{
	uint32_t busy = 0;

	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		if (mask >> id & 1 && has_work(&vgpu->execlist[id]))
			busy |= 1u << id;
	}
	return busy;
}

void xengt_reset_engines(struct xengt_vgpu *vgpu, uint32_t mask)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	uint32_t busy = busy_engines(vgpu, mask);

	if (busy && xengt_vgpu_is_live(vgpu)) {
		int r = gpu->ops->engine_reset(gpu, busy);

		/*
		 * Without the reset the hardware might continue the work, and
		 * write to memory that the guest reuses.
		 */
		if (r)
			xengt_vgpu_fail(vgpu, r);
	}
	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		if (!(mask >> id & 1))
			continue;
		xengt_execlist_reset(vgpu, id);
		xengt_mmio_reset_unit(vgpu, &xengt_regs_engine,
				      &xengt_engine_bases, id);
		xengt_irq_drop(vgpu, engines[id].bank, engines[id].events);
	}
}

void xengt_reset_domains(struct xengt_vgpu *vgpu, uint32_t domains)
{
	uint32_t mask = 0;

	for (uint32_t id = 0; id < XENGT_ENGINES; id++) {
		if (domains & (XENGT_GDRST_FULL | engines[id].domain))
			mask |= 1u << id;
	}
	if (!mask)
		return;
	vgpu->counters.resets++;
	xengt_reset_engines(vgpu, mask);
}
