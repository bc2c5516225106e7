/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who has which part of the GPU's graphics memory and fence registers.
 *
 * A vGPU gets one slice below the aperture's end ("low", CPU-visible), at most
 * one above ("high"), and consecutive fence registers. Slices are in units of
 * XENGT_SLICE_ALIGN_MIB and aligned to it. The host keeps a part of low and of high
 * for itself, below, and no fence register: the module uses none.
 *
 * No allocation, no lock: the caller serialises.
 */
#ifndef XENGT_PART_H
#define XENGT_PART_H

#include "bnd_types.h"
#include "uapi/xengt.h"

#define XENGT_PART_HOST_LOW_MIB	 16	/* the first ones of the aperture */
#define XENGT_PART_HOST_HIGH_MIB 256	/* the last ones of the GGTT */

#define XENGT_PART_MAX_MIB	 4096	/* largest GGTT of Gen8/9 */
#define XENGT_PART_MAX_FENCES	 32
#define XENGT_PART_MAX_UNITS	 (XENGT_PART_MAX_MIB / XENGT_SLICE_ALIGN_MIB)

struct xengt_part {
	uint32_t low_units;		/* units [0, low_units) are low */
	uint32_t units;
	uint32_t fences;
	uint32_t fences_used;		/* a bit each */
	uint64_t used[XENGT_PART_MAX_UNITS / 64];
};

/* What one vGPU was given. All graphics addresses, in MiB. */
struct xengt_part_slices {
	uint32_t low_base_mib;
	uint32_t low_mib;
	uint32_t high_base_mib;		/* 0 when high_mib is */
	uint32_t high_mib;
	uint32_t fence_base;
	uint32_t fences;
};

struct xengt_part_space {
	uint32_t total_mib;		/* without the host's part */
	uint32_t free_mib;
	uint32_t largest_mib;		/* largest single free slice */
};

struct xengt_part_info {
	struct xengt_part_space low;
	struct xengt_part_space high;
	uint32_t fences_total;
	uint32_t fences_free;
	uint32_t fences_largest;	/* largest free row */
};

/*
 * Everything free but the host's part. -EINVAL: sizes are not multiples of the
 * unit, are above the limits, or leave nothing beyond the host's part.
 */
int xengt_part_init(struct xengt_part *part, uint64_t aperture_bytes,
		    uint64_t ggtt_bytes, uint32_t fences);

/*
 * All or nothing; the smallest free range that suffices is taken.
 * -EINVAL: low_mib is 0, or a size is no multiple of the unit;
 * -ENOSPC: no free range is large enough, or too few fences in a row.
 */
int xengt_part_alloc(struct xengt_part *part, uint32_t low_mib,
		     uint32_t high_mib, uint32_t fences,
		     struct xengt_part_slices *ret_slices);

/*
 * A low slice at this place, and nothing else. -EINVAL: place or size is 0 or no
 * multiple of the unit; -ENOSPC: a part of it is not free, or not low.
 */
int xengt_part_alloc_at(struct xengt_part *part, uint32_t low_base_mib,
			uint32_t low_mib, struct xengt_part_slices *ret_slices);

/* Give back exactly what xengt_part_alloc() or xengt_part_alloc_at() gave. */
void xengt_part_free(struct xengt_part *part,
		     const struct xengt_part_slices *slices);

void xengt_part_query(const struct xengt_part *part,
		      struct xengt_part_info *ret_info);

#endif /* XENGT_PART_H */
