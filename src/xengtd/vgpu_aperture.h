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
 * Map (on) or unmap piece number 'piece' of the slice. gfn: the guest frame of the slice's
 * begin, not of the piece's. The function does nothing if the piece is mapped there already
 * (on), or is not mapped there (not on). If the whole slice is mapped, or pieces are mapped
 * at another gfn, the function unmaps them before it maps the piece. -EINVAL: the slice has
 * no such piece; the other errors are those of xengt_bvgpu_map_aperture().
 */
int xengt_bvgpu_map_piece(struct xengt_bvgpu *v, uint64_t gfn, uint32_t piece,
			  bool on);
/*
 * Permit the domain to map the slice. The broker calls this when it makes the vGPU, and not
 * later: with the permission Xen begins to obey the caching that the guest chooses for its
 * memory (docs/design/015), and Xen should not begin this while the guest draws.
 */
int xengt_bvgpu_permit_aperture(struct xengt_bvgpu *v);
/*
 * xengt_bvgpu_unmap_aperture() removes all mappings of the slice; after that,
 * xengt_bvgpu_forbid_aperture() revokes the permission to map it. If the domain is gone,
 * it has neither mapping nor permission. When both functions have returned 0, the domain
 * cannot reach the slice. After an error the domain may still reach the slice, and the
 * caller can call the function again.
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
