/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps a vGPU's slice of the aperture into its domain; see vgpu_aperture.h. */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/vgpu_aperture.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt/types.h"
#include "xengtd/domctl.h"
#include "xengtd/gpudev.h"
#include "xengtd/persist.h"
#include "xengtd/ram.h"
#include "xengtd/xengtd.h"

/*
 * Returns the machine frames of the vGPU's slice of the aperture. The function
 * computes the frames from the module's answer, and checks them against the
 * size of the GPU's aperture. The broker has no other source of machine frames.
 */
static int slice(const struct xengt_bvgpu *v, uint64_t *ret_mfn,
		 uint64_t *ret_frames)
{
	const struct xengt_vgpu_info *info = &v->info;

	if (!info->low_bytes || info->low_base > v->aperture_bytes ||
	    info->low_bytes > v->aperture_bytes - info->low_base ||
	    (v->aperture_phys | info->low_base | info->low_bytes) %
		    XENGT_PAGE_SIZE)
		return -EIO;
	*ret_mfn = (v->aperture_phys + info->low_base) >> XENGT_PAGE_SHIFT;
	*ret_frames = info->low_bytes >> XENGT_PAGE_SHIFT;
	return 0;
}

/*
 * Unmap all pieces that may be mapped. If Xen refuses to unmap a piece, the piece stays in
 * the record.
 */
static int unmap_pieces(struct xengt_bvgpu *v, uint64_t mfn)
{
	int error = 0;

	for (uint32_t i = 0; i < XENGT_PIECES_MAX; i++) {
		uint64_t at = (uint64_t)i * XENGT_PIECE_FRAMES;
		int r;

		if (!v->pieces[i])
			continue;
		r = xengt_domctl_unmap(v->d->domctl, v->domid,
				       v->aperture_gfn + at, mfn + at,
				       XENGT_PIECE_FRAMES);
		if (r < 0) {
			error = r;
			continue;
		}
		v->pieces[i] = false;
		v->piece_count--;
	}
	return error;
}

int xengt_bvgpu_unmap_aperture(struct xengt_bvgpu *v)
{
	uint64_t mfn, frames;
	int r = 0;

	if (!v->has_aperture)
		return 0;
	if (!v->is_domain_gone) {
		r = slice(v, &mfn, &frames);
		if (r == 0)
			r = v->piece_count ? unmap_pieces(v, mfn) :
				xengt_domctl_unmap(v->d->domctl, v->domid,
						   v->aperture_gfn, mfn, frames);
	}
	if (r < 0)
		return r;
	v->has_aperture = false;
	v->piece_count = 0;
	memset(v->pieces, 0, sizeof(v->pieces));
	return xengt_bvgpu_save(v);
}

int xengt_bvgpu_forbid_aperture(struct xengt_bvgpu *v)
{
	uint64_t mfn, frames;
	int r = 0;

	if (!v->has_iomem)
		return 0;
	if (!v->is_domain_gone) {
		r = slice(v, &mfn, &frames);
		if (r == 0)
			r = xengt_domctl_permit(v->d->domctl, v->domid, mfn,
						frames, false);
	}
	if (r < 0)
		return r;
	v->has_iomem = false;
	return xengt_bvgpu_save(v);
}

/*
 * Permit the domain to map the slice. The function writes the record first. If
 * Xen fails and the permission cannot be revoked, the record keeps the mark
 * has_iomem.
 */
static int permit(struct xengt_bvgpu *v, uint64_t mfn, uint64_t frames)
{
	int r;

	if (v->has_iomem)
		return 0;
	v->has_iomem = true;
	r = xengt_bvgpu_save(v);
	if (r == 0)
		r = xengt_domctl_permit(v->d->domctl, v->domid, mfn, frames,
					true);
	if (r < 0)
		xengt_bvgpu_forbid_aperture(v);
	return r;
}

int xengt_bvgpu_map_aperture(struct xengt_bvgpu *v, uint64_t gfn, bool on)
{
	uint64_t mfn, frames;
	int r;

	if (on && v->has_aperture && v->aperture_gfn == gfn)
		return 0;
	/*
	 * If 'on' is true and the aperture is still mapped, the worker had
	 * stopped waiting for an earlier answer, and now requests another
	 * address.
	 */
	r = xengt_bvgpu_unmap_aperture(v);
	if (r < 0 || !on)
		return r;
	r = slice(v, &mfn, &frames);
	if (r < 0)
		return r;
	if (xengt_ram_overlaps(&v->ram, gfn, frames))
		return -EEXIST;
	r = permit(v, mfn, frames);
	if (r < 0)
		return r;
	/*
	 * Write the record first: whenever the aperture is mapped, the record
	 * must say so.
	 */
	v->has_aperture = true;
	v->aperture_gfn = gfn;
	r = xengt_bvgpu_save(v);
	if (r == 0)
		r = xengt_domctl_map(v->d->domctl, v->domid, gfn, mfn, frames);
	if (r < 0)
		xengt_bvgpu_unmap_aperture(v);
	return r;
}

int xengt_bvgpu_permit_aperture(struct xengt_bvgpu *v)
{
	uint64_t mfn, frames;
	int r = slice(v, &mfn, &frames);

	return r < 0 ? r : permit(v, mfn, frames);
}

static int unmap_piece(struct xengt_bvgpu *v, uint32_t piece, uint64_t mfn)
{
	int r = 0;

	if (!v->pieces[piece])
		return 0;
	if (!v->is_domain_gone)
		r = xengt_domctl_unmap(v->d->domctl, v->domid,
				       v->aperture_gfn +
					       piece * XENGT_PIECE_FRAMES,
				       mfn + piece * XENGT_PIECE_FRAMES,
				       XENGT_PIECE_FRAMES);
	if (r < 0)
		return r;
	v->pieces[piece] = false;
	v->piece_count--;
	v->has_aperture = v->piece_count;
	return xengt_bvgpu_save(v);
}

int xengt_bvgpu_map_piece(struct xengt_bvgpu *v, uint64_t gfn, uint32_t piece,
			  bool on)
{
	uint64_t at = (uint64_t)piece * XENGT_PIECE_FRAMES, mfn, frames;
	int r = slice(v, &mfn, &frames);

	if (r < 0)
		return r;
	if (piece >= frames / XENGT_PIECE_FRAMES)
		return -EINVAL;
	if (!on)
		return v->aperture_gfn == gfn ? unmap_piece(v, piece, mfn) : 0;
	/*
	 * If the slice or a piece is mapped at another gfn, or the whole slice is mapped,
	 * the worker had stopped waiting for an earlier answer.
	 */
	if (v->has_aperture && (v->aperture_gfn != gfn || !v->piece_count)) {
		r = xengt_bvgpu_unmap_aperture(v);
		if (r < 0)
			return r;
	}
	if (v->pieces[piece])
		return 0;
	if (xengt_ram_overlaps(&v->ram, gfn + at, XENGT_PIECE_FRAMES))
		return -EEXIST;
	r = permit(v, mfn, frames);
	if (r < 0)
		return r;
	/* The record is written first, as in xengt_bvgpu_map_aperture(). */
	v->has_aperture = true;
	v->aperture_gfn = gfn;
	v->pieces[piece] = true;
	v->piece_count++;
	r = xengt_bvgpu_save(v);
	if (r == 0)
		r = xengt_domctl_map(v->d->domctl, v->domid, gfn + at, mfn + at,
				     XENGT_PIECE_FRAMES);
	if (r < 0)
		unmap_piece(v, piece, mfn);
	return r;
}

/* Returns true if the module still has the slice reserved for this vGPU. */
static bool is_slice_taken(const struct xengt_bvgpu *v)
{
	struct xengt_vgpu_info info;

	return v->fd >= 0 && xengt_gpudev_vgpu_info(v->fd, &info) == 0 &&
	       info.state != XENGT_VGPU_GPU_GONE;
}

bool xengt_bvgpu_is_slice_safe(const struct xengt_bvgpu *v)
{
	return v->is_domain_gone || is_slice_taken(v) ||
	       (!v->has_aperture && !v->has_iomem && !v->is_unread);
}

int xengt_bvgpu_keep_slice(struct xengt_bvgpu *v)
{
	struct xengt_create_vgpu create = {
		.domid = v->domid,
		.low_mib = (uint32_t)(v->info.low_bytes / XENGT_MIB),
		.low_base_mib = (uint32_t)(v->info.low_base / XENGT_MIB),
		.fd = -1,
	};
	int r;

	if (xengt_bvgpu_is_slice_safe(v))
		return 0;
	/*
	 * without the record the broker does not know which slice the vGPU has
	 */
	if (v->is_unread)
		return -EPROTO;
	r = xengt_gpudev_create(v->d->opt.device, &create);
	if (r < 0)
		return r;
	if (v->fd >= 0)
		close(v->fd);
	v->fd = create.fd;
	v->is_zapped = false;
	return 0;
}
