/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Gives a domain memory in addition to its configured memory, for the guest
 * frames of its vGPU's BARs. The broker gives memory when the worker requests
 * it, and writes each range to the vGPU's record before it gives the memory.
 * When the vGPU ends, the broker removes the memory.
 */
#ifndef XENGT_RAM_H
#define XENGT_RAM_H

#include <stdbool.h>
#include <stdint.h>

struct xengt_bvgpu;
struct xengt_ram;

/*
 * on is true: give RAM at 'frames' guest frames from gfn on, which must have no memory; on
 * is false: remove the RAM of these frames. If the same range is given again, the broker removes
 * its memory and gives new memory. -ENOSPC: one vGPU may not have so many frames;
 * -EEXIST: some of the frames have RAM from the broker already, or are in the aperture;
 * other errors come from Xen or from saving the record.
 */
int xengt_ram_place(struct xengt_bvgpu *v, uint64_t gfn, uint32_t frames,
		    bool on);
/* Returns true if the broker gave memory at one of these guest frames. */
bool xengt_ram_overlaps(const struct xengt_ram *ram, uint64_t gfn,
			uint64_t frames);
/*
 * Call this after a restart of the broker. The function watches the domain's memory
 * target again. The broker sets the limit again if the target has changed since the
 * earlier broker's end, or if the earlier broker did not finish a change of the
 * limit.
 */
void xengt_ram_resume(struct xengt_bvgpu *v);
/*
 * Set the domain's limit to the toolstack's limit plus one page for each frame of the
 * ranges, whatever the guest did with these pages. The toolstack does not know the
 * ranges, and may have set a limit without pages for them.
 */
void xengt_ram_follow_target(struct xengt_bvgpu *v);
/*
 * Remove all memory that the broker gave the domain. If the domain has ended, there is
 * no memory to remove. After an error of Xen or of saving, the ranges that still have
 * memory stay in the record, and the caller can call the function again.
 */
int xengt_ram_release(struct xengt_bvgpu *v);

#endif /* XENGT_RAM_H */
