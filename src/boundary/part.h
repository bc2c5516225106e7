/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Divides the GPU's graphics memory and its fence registers between the vGPUs.
 *
 * A vGPU gets one slice below the aperture's end ("low", CPU-visible), at most
 * one slice above the aperture's end ("high"), and consecutive fence registers.
 * The size and the place of a slice are multiples of XENGT_SLICE_ALIGN_MIB. The
 * module uses a part of the low memory and a part of the high memory itself
 * (XENGT_PART_HOST_*), but no fence register.
 *
 * The functions allocate nothing and take no lock: the caller serialises the
 * calls.
 */
#ifndef XENGT_PART_H
#define XENGT_PART_H

#include "boundary/bnd_types.h"
#include "uapi/xengt.h"

#define XENGT_PART_HOST_LOW_MIB	 16	/* the module's part at the start of the
					 * aperture */
#define XENGT_PART_HOST_HIGH_MIB 256	/* the module's part at the end of the
					 * GGTT */

#define XENGT_PART_MAX_MIB	 4096	/* largest GGTT of Gen8 and Gen9 */
#define XENGT_PART_MAX_FENCES	 32
#define XENGT_PART_MAX_UNITS	 (XENGT_PART_MAX_MIB / XENGT_SLICE_ALIGN_MIB)

struct xengt_part {
	uint32_t low_units;		/* units [0, low_units) are in the
					 * aperture */
	uint32_t units;
	uint32_t fences;
	uint32_t fences_used;		/* one bit for each fence register; 1: a
					 * vGPU has it, or it was withheld */
	uint32_t fences_withheld;	/* one bit for each fence register */
	uint32_t low_total_mib;		/* memory that vGPUs can get */
	uint32_t high_total_mib;
	uint64_t used[XENGT_PART_MAX_UNITS / 64];
};

/*
 * What one vGPU has reserved. Members *_base_mib are graphics addresses in MiB.
 */
struct xengt_part_slices {
	uint32_t low_base_mib;
	uint32_t low_mib;
	uint32_t high_base_mib;		/* 0 if high_mib is 0 */
	uint32_t high_mib;
	uint32_t fence_base;
	uint32_t fences;
};

struct xengt_part_space {
	uint32_t total_mib;		/* without the module's own part */
	uint32_t free_mib;
	uint32_t largest_mib;		/* size of the largest free range */
};

struct xengt_part_info {
	struct xengt_part_space low;
	struct xengt_part_space high;
	uint32_t fences_total;
	uint32_t fences_free;
	uint32_t fences_largest;	/* largest number of consecutive free
					 * fence registers */
};

/*
 * Initialise *part: all memory except the module's own part is free. -EINVAL: a
 * size is not a multiple of the unit (XENGT_SLICE_ALIGN_MIB), is above its
 * limit, or is not larger than the module's own part.
 */
int xengt_part_init(struct xengt_part *part, uint64_t aperture_bytes,
		    uint64_t ggtt_bytes, uint32_t fences);

/*
 * Withhold memory and fence registers from the vGPUs for ever: the graphics
 * memory [begin, end), in bytes, and the fence registers whose bits are set in
 * fences. A part of the memory may be withheld already. Call this before a vGPU
 * has got anything. If another driver owns the GPU, it uses what is withheld.
 */
void xengt_part_withhold(struct xengt_part *part, uint64_t begin, uint64_t end,
			 uint32_t fences);

/*
 * Reserve a low slice, a high slice (unless high_mib is 0) and fence registers.
 * Each slice is taken from the smallest free range that is large enough.
 * -EINVAL: low_mib is 0, or a size is not a multiple of the unit. -ENOSPC: no
 * free range is large enough, or too few consecutive fence registers are free.
 * After an error nothing is reserved.
 */
int xengt_part_alloc(struct xengt_part *part, uint32_t low_mib,
		     uint32_t high_mib, uint32_t fences,
		     struct xengt_part_slices *ret_slices);

/*
 * Reserve only a low slice, at low_base_mib. -EINVAL: low_base_mib or low_mib
 * is 0 or not a multiple of the unit. -ENOSPC: a part of the range is not free,
 * or is not in the aperture.
 */
int xengt_part_alloc_at(struct xengt_part *part, uint32_t low_base_mib,
			uint32_t low_mib, struct xengt_part_slices *ret_slices);

/*
 * Release everything that one call of xengt_part_alloc() or
 * xengt_part_alloc_at() reserved.
 */
void xengt_part_free(struct xengt_part *part,
		     const struct xengt_part_slices *slices);

void xengt_part_query(const struct xengt_part *part,
		      struct xengt_part_info *ret_info);

#endif /* XENGT_PART_H */
