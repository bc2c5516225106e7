/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory that a domain gets beyond its configuration, for pages behind the BARs
 * of its vGPU: given when the vGPU's process asks, written down before, and
 * taken back at the end whatever happened.
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

struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	uint64_t max_pages;		/* the domain's limit, as we set it */
	bool is_watched;		/* its memory target */
};

/*
 * Give RAM at these frames, where nothing is, or take it. Giving what was given
 * gives it anew, empty. -ENOSPC: more than one vGPU needs; else what Xen said.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/* After a restart of ours: be told of what follows, and act on what was missed. */
void xengt_ram_resume(struct xengt_bvgpu *v);
/*
 * The domain's limit is the toolstack's and one page for each frame of the ranges,
 * whatever the guest did with it. The toolstack may have set the limit, and does
 * not know of us.
 */
void xengt_ram_follow_target(struct xengt_bvgpu *v);
void xengt_ram_release(struct xengt_bvgpu *v);

#endif /* XENGT_RAM_H */
