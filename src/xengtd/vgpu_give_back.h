/* SPDX-License-Identifier: GPL-2.0-only */
/* What a vGPU took, given back at its end. */
#ifndef XENGT_VGPU_GIVE_BACK_H
#define XENGT_VGPU_GIVE_BACK_H

#include "bvgpu.h"

/*
 * Give back all that the vGPU, which has no worker, took: each part of the table in
 * vgpu_give_back.c. A part that cannot be given back stays the vGPU's, and the fd
 * with it, by which the graphics memory is taken, if the domain may still reach that
 * memory. 0: nothing is left. Else the error of the first part that stays, and
 * v->held says which and why; the call can be repeated, and goes on where it
 * stopped.
 */
int xengt_bvgpu_give_back(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_GIVE_BACK_H */
