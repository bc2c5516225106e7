/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decides who may reach the vGPU's slice of the aperture. As long as v->has_aperture or
 * v->has_iomem is set, the domain may reach the slice, and no other vGPU may get it. Each
 * mark is saved before Xen is asked to map or permit, and is cleared only after Xen has
 * taken the mapping or permission back.
 */
#ifndef XENGT_VGPU_APERTURE_H
#define XENGT_VGPU_APERTURE_H

#include "xengtd/bvgpu.h"

/*
 * Map the slice into the domain at gfn, or unmap it (then gfn is not used). -EEXIST: the
 * broker placed RAM at these frames; otherwise the error of Xen or of saving.
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
 * Returns true if no other vGPU can get a slice that the domain still reaches, because
 * the domain does not reach it, or the module still has it reserved for this vGPU.
 */
bool xengt_bvgpu_is_slice_safe(const struct xengt_bvgpu *v);
/*
 * Reserve the same slice in the module again, for a vGPU that is ending and has no
 * worker: the broker makes a new vGPU in the module, and v->fd becomes this vGPU's fd,
 * which is not zapped yet. Errors: of xengt_gpudev_create(); -EPROTO: the record cannot
 * be read.
 */
int xengt_bvgpu_keep_slice(struct xengt_bvgpu *v);

#endif /* XENGT_VGPU_APERTURE_H */
