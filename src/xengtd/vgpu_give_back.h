/* SPDX-License-Identifier: GPL-2.0-only */
/* Releases a vGPU's resources at the vGPU's end. */
#ifndef XENGT_VGPU_GIVE_BACK_H
#define XENGT_VGPU_GIVE_BACK_H

#include "xengtd/bvgpu.h"

/*
 * Release all resources of a vGPU that has no worker; the table in vgpu_give_back.c has a
 * row for each resource. A resource that cannot be released still belongs to the vGPU. If
 * the domain may still reach the graphics memory, the vGPU's fd stays open, too, so that
 * no other vGPU gets this memory. Returns 0: all resources are released. Otherwise
 * returns the error of the first resource that was not released; v->held names this
 * resource and the reason, and the caller can call the function again.
 */
int xengt_bvgpu_give_back(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_GIVE_BACK_H */
