/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Puts RAM of the guest at the guest addresses of two parts of BAR0 ("behind"
 * these parts), so that the guest reaches them without an exit: the vGPU's GGTT
 * entries, and pages of registers that drivers read often.
 * docs/design/010-ram-behind-bar0.md says which part is RAM and why that is
 * safe.
 */
#ifndef XENGT_BACKING_H
#define XENGT_BACKING_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_BACKING_NOBODY	UINT32_MAX

struct xengt_backing {
	uint64_t base;		/* guest address of BAR0 while RAM is behind
				 * BAR0; 0 if there is no RAM */
	bool is_refused;	/* the hypervisor refused RAM: request none
				 * before BAR0 moves */
	bool is_postponed;	/* no broker was there: request RAM again at the
				 * next read of PVINFO */
	/*
	 * vcpu and since_ns are valid while no RAM is behind BAR0. vcpu: the
	 * vCPU that used BAR0 last. since_ns: RAM must not be put behind BAR0
	 * before this time, because two vCPUs have used BAR0 shortly after each
	 * other; 0: only one vCPU has used BAR0.
	 */
	uint32_t vcpu;
	uint64_t since_ns;
};

void xengt_backing_init(struct xengt_vgpu *vgpu);
/*
 * While no RAM is behind BAR0, call this when an access comes from another vCPU
 * than the previous access; vcpu: the vCPU of the new access.
 */
void xengt_backing_note(struct xengt_vgpu *vgpu, uint32_t vcpu);
/*
 * Call this when a driver has read PVINFO, which shows that the driver supports
 * vGPUs. Puts RAM behind BAR0 if that is possible now.
 */
void xengt_backing_begin(struct xengt_vgpu *vgpu);
/*
 * Call this when BAR0 has begun to decode at guest address base, or has stopped
 * decoding (base 0). Removes RAM that is at another address than base; if base
 * is 0, the RAM stays.
 */
void xengt_backing_move(struct xengt_vgpu *vgpu, uint64_t base);
void xengt_backing_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_BACKING_H */
