/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The aperture on demand (docs/design/015): the slice is a trapped range, and a piece of
 * it is mapped at the guest's first touch. All functions do nothing for a vGPU whose
 * slice is mapped at once (cfg.is_aperture_lazy is false), except as they say.
 */
#ifndef XENGT_APERTURE_H
#define XENGT_APERTURE_H

#include "xengt/limits.h"
#include "xengt/types.h"

struct xengt_vgpu;

struct xengt_aperture {
	uint64_t base;		/* guest address of the slice, which is trapped; 0: it
				 * has none */
	/* a bit for each piece */
	uint64_t mapped[XENGT_PIECES_MAX / 64];
	uint64_t doubtful[XENGT_PIECES_MAX / 64];	/* entries of the piece are
							 * gone: ask the module */
	bool has_doubts;
	bool has_asked;		/* a piece may be mapped, as far as is known */
	/* how many pieces may still be mapped, as of filled_ns */
	bool has_limit;		/* the two members below are set */
	uint32_t left;
	uint64_t filled_ns;
};

/*
 * Trap the slice at this guest frame, or no longer. xengt_aperture_take() first unmaps all
 * pieces. -errno of the hypervisor's side: the slice is still where it was.
 */
int xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first);
int xengt_aperture_take(struct xengt_vgpu *vgpu);
/*
 * A call of map_piece timed out, and it is not known whether the call took effect: unmap
 * all pieces. The guest's touches map them again.
 */
int xengt_aperture_forget(struct xengt_vgpu *vgpu);

/* Is this guest address in the slice, and the slice trapped? */
bool xengt_aperture_has(const struct xengt_vgpu *vgpu, uint64_t addr);
/*
 * Carry out one access of the slice, of 1, 2, 4 or 8 bytes. It maps the piece if the
 * module says that the guest may reach it, and if the limit of mappings allows it. Bytes
 * beyond the slice read all-ones.
 */
void xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
			   bool is_read, uint64_t *val);
/*
 * These GGTT entries name no frame of the guest any more: at the end of the call into the
 * vGPU their pieces are unmapped, if the module agrees. Any range is allowed.
 */
void xengt_aperture_doubt(struct xengt_vgpu *vgpu, uint32_t first,
			  uint32_t count);
/*
 * Every call into the vGPU that can change GGTT entries ends with this, if has_doubts is
 * set.
 */
void xengt_aperture_end(struct xengt_vgpu *vgpu);

#endif /* XENGT_APERTURE_H */
