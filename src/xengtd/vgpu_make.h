/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks the conditions for a vGPU, and takes the resources for it. */
#ifndef XENGT_VGPU_MAKE_H
#define XENGT_VGPU_MAKE_H

#include "xengtd/bvgpu.h"

/* 0, or -errno; then v->error has the reason. */
int xengt_bvgpu_check_domain(struct xengt_bvgpu *v);
int xengt_bvgpu_read_request(struct xengt_bvgpu *v);
/*
 * Returns true if the request in xenstore differs from the request for which v
 * was made.
 */
bool xengt_bvgpu_is_request_other(struct xengt_bvgpu *v);
/*
 * Give the vGPU the share of time that xenstore requests now, if the share
 * changed.
 */
void xengt_bvgpu_follow_share(struct xengt_bvgpu *v);
int xengt_bvgpu_read_edid(struct xengt_bvgpu *v);	/* the file req.edid */
/* slots is QEMU's answer, or NULL if no QEMU runs yet. */
struct xengt_qmp_slots;
int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots);
/*
 * Reserve the resources in the module and in Xen. -EAGAIN (only with may_wait):
 * they are not free now, but another vGPU is ending. Other errors: v->error has
 * the reason.
 */
int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait);

#endif /* XENGT_VGPU_MAKE_H */
