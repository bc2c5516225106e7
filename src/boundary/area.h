/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Areas: memory of the module that the GPU reaches through the module's own
 * part of the GGTT. Areas hold context images, rings, batches and status pages.
 * No entry of a vGPU's slices points to this memory.
 *
 * The caller serialises the calls.
 */
#ifndef XENGT_AREA_H
#define XENGT_AREA_H

#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "xengt/limits.h"

/*
 * The module's own part: the last 256 MiB of the GGTT. The part is divided into
 * regions of XENGT_REGION_PAGES pages. Each vGPU that can exist has a region of
 * its own, and all engines together have one region. So the pages that one vGPU
 * uses never reduce the pages that another vGPU can get.
 */
#define XENGT_SPACE_PAGES	65536
#define XENGT_REGION_PAGES	XENGT_EXEC_PAGES_MAX
#define XENGT_REGION_ENGINES	XENGT_EXEC_VGPUS_MAX
#define XENGT_REGIONS		(XENGT_REGION_ENGINES + 1)
_Static_assert(XENGT_REGIONS * XENGT_REGION_PAGES <= XENGT_SPACE_PAGES,
	       "the regions of all vGPUs fit into the module's part");
_Static_assert(XENGT_REGION_PAGES % 64 == 0, "whole words of pages");
#define XENGT_AREA_PAGES_MAX	128

struct xengt_space {
	const struct xengt_hw *hw;
	uint64_t scratch_pte;
	uint32_t first;			/* number of the first graphics page of the
					 * module's part */
	uint64_t used[XENGT_SPACE_PAGES / 64];
	uint32_t flushes;		/* number of flushes of TLBs */
};

/* An area. All members 0: the area has no pages. */
struct xengt_area {
	void *mem;
	uint32_t pages;			/* number of pages */
	uint32_t first;			/* number of the area's first graphics
					 * page */
	xengt_bus_t bus[XENGT_AREA_PAGES_MAX];
};

/*
 * Initialise *space. first is the number of the first graphics page of the
 * module's part. The GGTT entries of this part must already point to the host's
 * scratch page. hw must outlive the object. -ERANGE: no entry can point to the
 * bus address of the scratch page.
 */
int xengt_space_init(struct xengt_space *space, const struct xengt_hw *hw,
		     uint32_t first);

/*
 * Make an area of 1 to XENGT_AREA_PAGES_MAX pages at consecutive graphics
 * addresses of a region (0 to XENGT_REGIONS - 1). -ENOSPC: the region has no
 * free range of this size; -ENOMEM: the host has no memory; -EIO: the GPU is
 * lost. On success the GPU can reach the pages.
 */
int xengt_area_create(struct xengt_space *space, uint32_t region,
		      uint32_t pages, struct xengt_area *ret_area);
/* Write the area's GGTT entries again, after the GPU lost its GGTT. */
void xengt_area_restore(struct xengt_space *space,
			const struct xengt_area *area);
/*
 * Free an area that the GPU does not use any more. The area may be without
 * pages. If the GPU is lost, it may still use the pages, so they are never
 * freed.
 */
void xengt_area_destroy(struct xengt_space *space, struct xengt_area *area);

/* The graphics address of the area. */
static inline uint32_t xengt_area_at(const struct xengt_area *area)
{
	return area->first << XENGT_BND_PAGE_SHIFT;
}

#endif /* XENGT_AREA_H */
