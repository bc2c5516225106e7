/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Defines struct xengt_vgpu, which holds the state of all parts of the core.
 * Only files of the core may include this header. This header includes the
 * headers of the parts that struct xengt_vgpu contains. A file that calls a
 * part must itself include that part's header.
 */
#ifndef XENGT_CORE_INTERNAL_H
#define XENGT_CORE_INTERNAL_H

#include "core/aperture.h"
#include "core/backing.h"
#include "core/bars.h"
#include "core/display.h"
#include "core/driver.h"
#include "core/execlist.h"
#include "core/fault_list.h"
#include "core/ggtt.h"
#include "core/irq.h"
#include "core/mmio.h"
#include "core/opregion.h"
#include "core/pci_cfg.h"
#include "core/track.h"
#include "core/vgpu.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt/counters.h"


struct xengt_ppgtt;

/*
 * Between two calls into the core a vGPU is either live or gone; see vgpu.c.
 */
enum xengt_life {
	XENGT_LIFE_LIVE,
	XENGT_LIFE_BROKEN,	/* zapped; the device leaves the bus when the
				 * present call ends */
	XENGT_LIFE_GONE,	/* the device has left the bus, for ever */
};

struct xengt_vgpu {
	struct xengt_vgpu_config cfg;
	const struct xengt_platform *platform;
	struct xengt_vgpu_info info;		/* slices and limits, as gpu
						 * gave them at creation */
	struct xengt_counters counters;
	struct xengt_pci_cfg pci;
	struct xengt_bars bars;
	struct xengt_aperture aperture;
	struct xengt_backing backing;
	struct xengt_mmio mmio;
	struct xengt_ggtt ggtt;
	struct xengt_irq irq;
	struct xengt_execlist execlist[XENGT_ENGINES];
	uint64_t last_seqno;			/* sequence number of the
						 * last submission */
	struct xengt_faults faults;
	struct xengt_display display;
	struct xengt_opregion opregion;
	struct xengt_driver driver;
	uint64_t fences[XENGT_FENCES_MAX];	/* fence registers as the
						 * hardware has them */
	struct xengt_track track;
	struct xengt_ppgtt *ppgtt;
	uint8_t life;				/* enum xengt_life */
	bool is_pci_claimed;
	int host_error;				/* the error that broke the
						 * vGPU, -errno */
};

static inline bool xengt_vgpu_is_live(const struct xengt_vgpu *vgpu)
{
	return vgpu->life == XENGT_LIFE_LIVE;
}

/* Switch all fences off (regs/fence.c). */
void xengt_fences_reset(struct xengt_vgpu *vgpu);

#endif /* XENGT_CORE_INTERNAL_H */
