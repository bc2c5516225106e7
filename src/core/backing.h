/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * RAM of the guest behind two parts of BAR0, so that accesses of these parts
 * cost no exit: the vGPU's GGTT entries, and pages of registers that drivers
 * read often. docs/design/010-ram-behind-bar0.md says which part is RAM and why
 * that is safe.
 */
#ifndef XENGT_BACKING_H
#define XENGT_BACKING_H

#include "xengt/types.h"

struct xengt_vgpu;

#define XENGT_BACKING_NOBODY	UINT32_MAX

struct xengt_backing {
	uint64_t base;		/* guest address of BAR0 while it has RAM behind
				 * it; 0 if it has none */
	bool is_refused;	/* RAM was refused: do not ask again before BAR0
				 * moves */
	bool is_postponed;	/* ask (again) at the next read of PVINFO */
	/*
	 * while no RAM is behind BAR0: the vCPU that used BAR0 last, and the
	 * time before which RAM must not be put behind BAR0, because another
	 * vCPU has used BAR0 (0: none has)
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
 * Call this when a driver has read PVINFO, which shows that it knows vGPUs: get
 * RAM, if that is possible now.
 */
void xengt_backing_begin(struct xengt_vgpu *vgpu);
/*
 * Call this when BAR0 decodes at address base (0: it does not decode, and the
 * RAM stays). Takes away RAM at any other address.
 */
void xengt_backing_move(struct xengt_vgpu *vgpu, uint64_t base);
void xengt_backing_release(struct xengt_vgpu *vgpu);

#endif /* XENGT_BACKING_H */
