/* SPDX-License-Identifier: GPL-2.0-only */
/* Gives back a vGPU's resources at its end. */
#ifndef XENGT_VGPU_GIVE_BACK_H
#define XENGT_VGPU_GIVE_BACK_H

#include "xengtd/bvgpu.h"

/*
 * Give back all resources of a vGPU that has no worker: each row of the table in
 * vgpu_give_back.c. A resource that cannot be given back stays the vGPU's. If the domain
 * may still reach the graphics memory, the vGPU's fd stays open, too, so that nobody else
 * gets this memory. Returns 0: nothing is left. Otherwise the error of the first resource
 * that stays; v->held names the resource and the reason, and the call can be repeated.
 */
int xengt_bvgpu_give_back(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_GIVE_BACK_H */
