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

struct xengt_ram {
	uint32_t count;
	struct xengt_ram_range ranges[XENGT_RAM_RANGES];
	uint64_t max_pages;		/* the domain's memory limit as we
					 * set it last */
	bool is_watched;		/* its memory target */
};

/*
 * Give RAM at these guest frames, where nothing is, or take it. Giving a range
 * a second time replaces its memory by empty memory. -ENOSPC: more than one
 * vGPU needs; otherwise Xen's error.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/*
 * After a restart of the broker: watch the domain's memory target again, and
 * act on a change that was missed.
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
