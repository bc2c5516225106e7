/* SPDX-License-Identifier: GPL-2.0-only */
/* The checks before a vGPU is made, and the resources taken for it. */
#ifndef XENGT_VGPU_MAKE_H
#define XENGT_VGPU_MAKE_H

#include "bvgpu.h"

/* 0, or -errno; then v->error has the reason. */
int xengt_bvgpu_check_domain(struct xengt_bvgpu *v);
int xengt_bvgpu_read_request(struct xengt_bvgpu *v);
/* Does xenstore ask for another vGPU by now than the one that v was made for? */
bool xengt_bvgpu_is_request_other(struct xengt_bvgpu *v);
/* The share of time that xenstore asks for by now, if it is another one. */
void xengt_bvgpu_follow_share(struct xengt_bvgpu *v);
int xengt_bvgpu_read_edid(struct xengt_bvgpu *v);	/* the file req.edid */
/* slots is QEMU's answer, or NULL if no QEMU runs yet. */
struct xengt_qmp_slots;
int xengt_bvgpu_choose_slot(struct xengt_bvgpu *v,
			    const struct xengt_qmp_slots *slots);
/*
 * -EAGAIN: there is no memory now, but another vGPU is about to give some back.
 */
int xengt_bvgpu_reserve(struct xengt_bvgpu *v, bool may_wait);

#endif /* XENGT_VGPU_MAKE_H */
