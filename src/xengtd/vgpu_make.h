/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the conditions for a vGPU, and reserves its resources. */
#ifndef XENGT_VGPU_MAKE_H
#define XENGT_VGPU_MAKE_H

#include "xengtd/bvgpu.h"

/*
 * Check the domain; read the request from xenstore. Return 0, or -errno; then
 * v->error has the reason.
 */
int xengt_bvgpu_check_domain(struct xengt_bvgpu *v);
int xengt_bvgpu_read_request(struct xengt_bvgpu *v);
/*
 * Returns true if the request in xenstore differs from the request for which v
 * was made.
 */
bool xengt_bvgpu_is_request_other(struct xengt_bvgpu *v);
/*
 * If the share of time in xenstore has changed, give the vGPU the new share.
 */
void xengt_bvgpu_follow_share(struct xengt_bvgpu *v);
int xengt_bvgpu_read_edid(struct xengt_bvgpu *v);	/* reads the file
							 * req.edid */
/*
 * Choose the vGPU's PCI slot. slots: QEMU's answer; NULL: no QEMU runs yet.
 * Returns 0, or -errno; then v->error has the reason.
 */
struct xengt_qmp_slots;
int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots);
/*
 * Reserve the vGPU's resources in the module and in Xen. Returns 0. -EAGAIN
 * (only if may_wait is true): the resources are not free now, but another vGPU
 * is ending. Other errors: v->error has the reason.
 */
int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait);

#endif /* XENGT_VGPU_MAKE_H */
