/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAM of the guest behind parts of BAR0, so that accesses there cost no exit:
 * the vGPU's GGTT entries, and pages of registers that drivers read often. What
 * is where, and why it is safe, is in docs/design/010-ram-behind-bar0.md.
 */
#ifndef XENGT_BACKING_H
#define XENGT_BACKING_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_BACKING_NOBODY	UINT32_MAX

struct xengt_backing {
	uint64_t base;		/* of BAR0 with RAM behind it; 0: none has */
	bool is_refused;	/* not asked again before BAR0 moves */
	bool is_postponed;	/* asked again at the next look */
	/* without RAM: whose accesses come, and since when nobody else's */
	uint32_t vcpu;
	uint64_t since_ns;
};

void xengt_backing_init(struct xengt_vgpu *vgpu);
/* Call it while no RAM is behind BAR0, when vCPU vcpu has made an access of
 * memory and the access before was another vCPU's. */
void xengt_backing_note(struct xengt_vgpu *vgpu, uint32_t vcpu);
/* A driver is there that knows a vGPU: get RAM, if that is possible now. */
void xengt_backing_begin(struct xengt_vgpu *vgpu);
/* BAR0 decodes at this address, or, 0, not at all. RAM at another one goes. */
void xengt_backing_move(struct xengt_vgpu *vgpu, uint64_t base);
void xengt_backing_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_BACKING_H */
