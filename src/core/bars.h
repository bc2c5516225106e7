/* SPDX-License-Identifier: GPL-2.0-only */
/* What the hypervisor was told about the BARs, and keeping it true. */
#ifndef XENGT_BARS_H
#define XENGT_BARS_H

#include "xengt/types.h"

struct xengt_vgpu;

struct xengt_bars {
	uint64_t mmio_base;	/* BAR0 is trapped here; 0: it is not */
	gfn_t aperture;		/* the slice is mapped here */
	bool is_mapped;
};

/* Make traps and aperture mapping agree with config space. */
void xengt_bars_update(struct xengt_vgpu *vgpu);
/* The same after the hypervisor's side gave no answer in time: what it was asked
 * for may have been done. */
void xengt_bars_settle(struct xengt_vgpu *vgpu);
/* No trap, no mapping. */
void xengt_bars_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_BARS_H */
