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

/*
 * A memory limit of the domain, and how many pages of the limit are for the
 * vGPU.
 */
struct xengt_ram_limit {
	uint64_t pages;
	uint32_t ours;			/* <= pages */
};

/*
 * The broker cannot change Xen's limit and its own record at the same moment.
 * So it writes the record first, with both limits: the one before the change
 * and the one after it. If Xen's limit is neither of them, the toolstack has
 * set it, and it has no page for the vGPU. (If the toolstack by chance sets one
 * of the two, the broker takes it for its own: then the domain has fewer pages
 * than it could have, never more.)
 */
struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	struct xengt_ram_limit limit;	/* the limit that the broker set last,
					 * or is setting */
	struct xengt_ram_limit before;	/* the limit before that; pages 0:
					 * 'limit' is set already */
	bool is_watched;		/* the broker watches the domain's
					 * memory target */
};

/*
 * Give RAM at these guest frames, which must be empty, or take it away. Giving
 * a range a second time replaces its memory by empty memory. -ENOSPC: this is
 * more than one vGPU needs; -EEXIST: a part of it has RAM already, or is part
 * of the aperture; otherwise Xen's error.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/* Is there memory that was given at one of these guest frames? */
bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames);
/*
 * Call this after a restart of the broker: it watches the domain's memory
 * target again, and acts on a change that was missed, or that the earlier
 * broker did not finish.
 */
void xengt_ram_resume(struct xengt_bvgpu *v);
/*
 * Make the domain's limit the toolstack's limit plus one page for each frame of
 * the ranges, whatever the guest did with these pages. The toolstack may have
 * set the limit without them, because it does not know of the ranges.
 */
void xengt_ram_follow_target(struct xengt_bvgpu *v);
/*
 * Take all of it. Of a domain that is gone there is nothing to take. On an error, of
 * Xen or of saving, what was not taken stays recorded, and the call can be repeated.
 */
int xengt_ram_release(struct xengt_bvgpu *v);

#endif /* XENGT_RAM_H */
