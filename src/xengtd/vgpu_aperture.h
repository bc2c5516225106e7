/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The vGPU's slice of the aperture: who may reach it. As long as v->has_aperture or
 * v->has_iomem is set, the domain may, and nobody else must get the slice. Both are
 * saved before they come true, and cleared only by what has been taken back.
 */
#ifndef XENGT_VGPU_APERTURE_H
#define XENGT_VGPU_APERTURE_H

#include "bvgpu.h"

/*
 * The worker asks to map its aperture at gfn, or to unmap it (gfn means nothing
 * then). -EEXIST: RAM was given at these frames; else what Xen, or saving, said.
 */
int xengt_bvgpu_map_aperture(struct xengt_bvgpu *v, uint64_t gfn, bool on);
/*
 * Take the mapping back, then the permission to map. A domain that is gone has
 * neither. 0: the domain reaches nothing of the slice. On an error it may, and the
 * call can be repeated.
 */
int xengt_bvgpu_unmap_aperture(struct xengt_bvgpu *v);
int xengt_bvgpu_forbid_aperture(struct xengt_bvgpu *v);

/* Does the domain reach nothing of the slice, or is the slice taken for it? */
bool xengt_bvgpu_is_slice_safe(const struct xengt_bvgpu *v);
/*
 * Take the slice at its place again, for a vGPU that is ending and has no worker. It
 * gets another fd, of a vGPU that is not zapped yet. Errors: of
 * xengt_gpudev_create(); -EPROTO: its record cannot be read.
 */
int xengt_bvgpu_keep_slice(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_APERTURE_H */
