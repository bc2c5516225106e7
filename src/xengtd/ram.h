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

struct xengt_bvgpu;
struct xengt_ram;

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
