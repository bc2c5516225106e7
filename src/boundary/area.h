/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the module that the GPU reaches through the host's part of the
 * GGTT: context images, rings, status pages. Guests have no entry for it.
 *
 * The caller serialises.
 */
#ifndef XENGT_AREA_H
#define XENGT_AREA_H

#include "bnd_hw.h"
#include "bnd_types.h"
#include "xengt/limits.h"

/*
 * The host's part: the last 256 MiB of the GGTT. Each vGPU that there can be has its
 * own region of it, as large as what it was promised, and the engines have one: what
 * one vGPU uses is never what another one lacks.
 */
#define XENGT_SPACE_PAGES	65536
#define XENGT_REGION_PAGES	XENGT_EXEC_PAGES_MAX
#define XENGT_REGION_ENGINES	XENGT_EXEC_VGPUS_MAX
#define XENGT_REGIONS		(XENGT_REGION_ENGINES + 1)
_Static_assert(XENGT_REGIONS * XENGT_REGION_PAGES <= XENGT_SPACE_PAGES,
	       "the sum of what all were promised is there");
_Static_assert(XENGT_REGION_PAGES % 64 == 0, "whole words of pages");
#define XENGT_AREA_PAGES_MAX	128

struct xengt_space {
	const struct xengt_hw *hw;
	uint64_t scratch_pte;
	uint32_t first;			/* graphics page */
	uint64_t used[XENGT_SPACE_PAGES / 64];
};

/* Zeroed: none. */
struct xengt_area {
	void *mem;
	uint32_t pages;			/* 0: none */
	uint32_t first;			/* graphics page */
	xengt_bus_t bus[XENGT_AREA_PAGES_MAX];
};

/*
 * first: graphics page of the host's part; its entries are scratch already.
 * hw outlives the object. -ERANGE: its scratch is no address that an entry can name.
 */
int xengt_space_init(struct xengt_space *space, const struct xengt_hw *hw,
		     uint32_t first);

/*
 * 1..XENGT_AREA_PAGES_MAX pages of a region (0..XENGT_REGIONS - 1), one after the
 * other. -ENOSPC: the region has not so many; -ENOMEM: the host has not; -EIO: the
 * GPU is lost. The GPU sees them on return.
 */
int xengt_area_create(struct xengt_space *space, uint32_t region,
		      uint32_t pages, struct xengt_area *ret_area);
/* The GPU sees it again, after its GGTT was lost. */
void xengt_area_restore(struct xengt_space *space,
			const struct xengt_area *area);
/* The GPU must be done with it. Fine for one that has no pages. The pages of one that
 * the GPU may still use, being lost, are never freed. */
void xengt_area_destroy(struct xengt_space *space, struct xengt_area *area);

/* Graphics address. */
static inline uint32_t xengt_area_at(const struct xengt_area *area)
{
	return area->first << XENGT_BND_PAGE_SHIFT;
}

#endif /* XENGT_AREA_H */
