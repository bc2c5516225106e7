/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the hypervisor's traps and mappings of the BARs in agreement with
 * config space.
 */
#ifndef XENGT_BARS_H
#define XENGT_BARS_H

#include "xengt/types.h"

struct xengt_vgpu;

struct xengt_bars {
	uint64_t mmio_base;	/* guest address at which BAR0 is trapped; 0 if
				 * BAR0 is not trapped */
	gfn_t aperture;		/* the guest frame at which the slice begins */
	bool is_mapped;		/* the slice is mapped, or trapped, at 'aperture' */
};

/* Make traps and aperture mapping agree with config space. */
void xengt_bars_update(struct xengt_vgpu *vgpu);
/*
 * Call this when an operation of hv.h has timed out: the core then does not
 * know whether the operation took effect. Makes the trap and the mapping agree
 * with config space again.
 */
void xengt_bars_map_again(struct xengt_vgpu *vgpu);
/* Remove the trap and the mapping. */
void xengt_bars_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_BARS_H */
