/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives the domain access to the vGPU's slice of the aperture, and revokes the access. As
 * long as v->has_aperture or v->has_iomem is true, the domain may reach the slice, and no
 * other vGPU may get this slice. The broker saves each of these marks before the call
 * that maps or permits. The broker clears a mark only after Xen has removed the mapping
 * or the permission.
 */
#ifndef XENGT_VGPU_APERTURE_H
#define XENGT_VGPU_APERTURE_H

#include "xengtd/bvgpu.h"

/*
 * on is true: map the slice into the domain at gfn; false: unmap the slice (gfn is not
 * used). -EEXIST: the broker placed RAM at these frames; other errors come from Xen or
 * from saving the record.
 */
int xengt_bvgpu_map_aperture(struct xengt_bvgpu *v, uint64_t gfn, bool on);
/*
 * Map piece number 'piece' of the slice, which begins at gfn, or unmap the piece. A piece
 * that is mapped there already, or is not mapped, is left as it is. If something is mapped
 * at another gfn, it is unmapped first. -EINVAL: the slice has no such piece; otherwise as
 * xengt_bvgpu_map_aperture().
 */
int xengt_bvgpu_map_piece(struct xengt_bvgpu *v, uint64_t gfn, uint32_t piece,
			  bool on);
/*
 * Let the domain map the slice, once, when the vGPU is made: Xen then begins to obey the
 * guest's caches (docs/design/015), and should not begin while the guest draws.
 */
int xengt_bvgpu_permit_aperture(struct xengt_bvgpu *v);
/*
 * Take back the mapping, or the permission to map; call the first function first. A
 * domain that is gone has neither. When both have returned 0, the domain cannot reach the
 * slice. After an error it may still reach the slice, and the call can be repeated.
 */
int xengt_bvgpu_unmap_aperture(struct xengt_bvgpu *v);
int xengt_bvgpu_forbid_aperture(struct xengt_bvgpu *v);

/*
 * Returns true if the domain cannot reach the vGPU's slice any more, or if the module
 * still reserves the slice for this vGPU. In both cases no other vGPU can get a slice
 * that the domain reaches.
 */
bool xengt_bvgpu_is_slice_safe(const struct xengt_bvgpu *v);
/*
 * Reserve the same slice in the module again, for a vGPU that is ending and has no
 * worker. The function creates a new vGPU in the module; v->fd becomes the fd of this
 * new vGPU, which is not zapped yet. Returns 0; -EPROTO: the record cannot be read; or
 * an error of xengt_gpudev_create().
 */
int xengt_bvgpu_keep_slice(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_APERTURE_H */
