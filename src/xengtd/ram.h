/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives a domain memory beyond its configuration, for pages behind the BARs of
 * its vGPU. The broker gives memory when the worker asks, records each range
 * before, and takes the memory back when the vGPU ends, for whatever reason.
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
 * So it writes the record first, with both limits: the one before the change and the one
 * after it. If Xen's limit is neither of these two, the toolstack has set Xen's limit,
 * without pages for the vGPU. (If the toolstack sets one of the two values by chance, the
 * broker believes that its own pages are included. Then the domain has fewer pages than
 * it could have, never more.)
 */
struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	struct xengt_ram_limit limit;	/* the limit that the broker set last,
					 * or is setting */
	struct xengt_ram_limit before;	/* the limit before 'limit'; pages is 0:
					 * Xen has 'limit' already */
	bool is_watched;		/* the broker watches the domain's
					 * memory target */
};

/*
 * Give RAM at these guest frames, which must be empty (on), or take it away. Giving a
 * range a second time replaces its memory by empty memory. -ENOSPC: this is more than one
 * vGPU needs; -EEXIST: some of the frames have RAM from the broker already, or are in the
 * aperture; otherwise the error of Xen or of saving.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/* Returns true if the broker gave memory at one of these guest frames. */
bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames);
/*
 * Call this after a restart of the broker. Watches the domain's memory target again, and
 * sets the limit anew if the target changed meanwhile, or if the earlier broker did not
 * finish a change.
 */
void xengt_ram_resume(struct xengt_bvgpu *v);
/*
 * Make the domain's limit the toolstack's limit plus one page for each frame of the
 * ranges, whatever the guest did with these pages. The toolstack does not know of the
 * ranges, and may have set a limit without their frames.
 */
void xengt_ram_follow_target(struct xengt_bvgpu *v);
/*
 * Take all given memory back. A domain that is gone has none. After an error, of Xen or
 * of saving, the ranges that still have memory stay recorded, and the call can be
 * repeated.
 */
int xengt_ram_release(struct xengt_bvgpu *v);

#endif /* XENGT_RAM_H */
