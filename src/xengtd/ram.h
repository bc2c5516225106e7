/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a domain gets beyond its configuration, for pages behind the BARs
 * of its vGPU. The broker records each range before it gives memory, gives
 * memory when the vGPU's process asks, and takes it back when the vGPU ends, in
 * whatever way it ends.
 */
#ifndef XENGT_RAM_H
#define XENGT_RAM_H

#include <stdbool.h>
#include <stdint.h>

#include "xengt/limits.h"

struct xengt_bvgpu;

#define XENGT_RAM_RANGES	8

struct xengt_ram_range {
	uint64_t gfn;
	uint32_t frames;
};

/* A memory limit of the domain, and how many of its pages are for the vGPU. */
struct xengt_ram_limit {
	uint64_t pages;
	uint32_t ours;			/* <= pages */
};

/*
 * The limit is Xen's, and its change is not one step with the change of the
 * record. So the record is written first and names both limits: the one before
 * the change and the one after it. A limit that is neither was set by the
 * toolstack, and has no page for the vGPU. (A limit of the toolstack that
 * happens to be one of the two is taken for ours: then the domain has fewer pages
 * than it could have, never more.)
 */
struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	struct xengt_ram_limit limit;	/* as we set it last, or will have */
	struct xengt_ram_limit before;	/* pages 0: none, 'limit' was set */
	bool is_watched;		/* its memory target */
};

/*
 * Give RAM at these guest frames, where nothing is, or take it. Giving a range
 * a second time replaces its memory by empty memory. -ENOSPC: more than one
 * vGPU needs; -EEXIST: a part of it is given already, or is aperture; otherwise
 * Xen's error.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/* Is there memory that was given at one of these guest frames? */
bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames);
/*
 * After a restart of the broker: watch the domain's memory target again, and
 * act on a change that was missed, or that the earlier broker did not finish.
 */
void xengt_ram_resume(struct xengt_bvgpu *v);
/*
 * Make the domain's limit the toolstack's limit plus one page for each frame of
 * the ranges, whatever the guest did with these pages. The toolstack may have
 * set the limit without them, because it does not know of the ranges.
 */
void xengt_ram_follow_target(struct xengt_bvgpu *v);
void xengt_ram_release(struct xengt_bvgpu *v);

#endif /* XENGT_RAM_H */
