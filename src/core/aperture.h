/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The aperture on demand (docs/design/015): the slice is a trapped range, and a piece of
 * it is mapped at the guest's first touch. xengt_aperture_place(), _take() and _access()
 * are only for a vGPU whose cfg.is_aperture_lazy is true. For all other vGPUs the other
 * functions do nothing.
 */
#ifndef XENGT_APERTURE_H
#define XENGT_APERTURE_H

#include "xengt/limits.h"
#include "xengt/types.h"

struct xengt_vgpu;

struct xengt_aperture {
	uint64_t base;		/* guest address of the slice, which is trapped; 0: the
				 * slice is not trapped */
	/* a bit for each piece */
	uint64_t mapped[XENGT_PIECES_MAX / 64];
	uint64_t doubtful[XENGT_PIECES_MAX / 64];	/* ask the module whether the
							 * piece may stay mapped */
	bool has_doubts;	/* 'doubtful' has a bit that is set */
	bool has_asked;		/* map_piece was called, so a piece may be mapped */
	bool has_limit;		/* the two members below are set */
	uint32_t left;		/* number of mappings that the limit allowed at
				 * filled_ns */
	uint64_t filled_ns;
};

/*
 * xengt_aperture_place(): trap the slice, whose first guest frame is 'first'.
 * xengt_aperture_take(): unmap all pieces, then end the trap. Both functions return 0, or
 * the error of an operation of hv; after an error the slice is where it was before the call.
 */
int xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first);
int xengt_aperture_take(struct xengt_vgpu *vgpu);
/*
 * Call this when a call of map_piece may have timed out: the core then does not know which
 * pieces are mapped. The function unmaps all pieces, and the guest's touches map them again.
 * Returns 0, or the error of hv's map_aperture.
 */
int xengt_aperture_forget(struct xengt_vgpu *vgpu);

/* Is the slice trapped, and does the guest address lie in the slice? */
bool xengt_aperture_has(const struct xengt_vgpu *vgpu, uint64_t addr);
/*
 * Carry out one access of the slice, of 1, 2, 4 or 8 bytes. Then map the piece, if the
 * module says that the piece may be mapped, and if the limit of mappings allows this.
 * Bytes beyond the slice read all-ones.
 */
void xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
			   bool is_read, uint64_t *val);
/*
 * Call this when GGTT entries [first, first + count) may no longer point to frames of the
 * guest. At the end of the call into the vGPU, xengt_aperture_end() asks the module whether
 * the pieces of these entries may stay mapped. The range may be any range.
 */
void xengt_aperture_doubt(struct xengt_vgpu *vgpu, uint32_t first,
			  uint32_t count);
/*
 * Call this at the end of each call into the vGPU that can change GGTT entries, if
 * has_doubts is set. Unmaps the doubtful pieces that the module says must not be mapped.
 */
void xengt_aperture_end(struct xengt_vgpu *vgpu);

#endif /* XENGT_APERTURE_H */
