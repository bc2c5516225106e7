/* SPDX-License-Identifier: GPL-2.0-only */
/* Shadows of the page tables that a guest's contexts use. */
#ifndef XENGT_PPGTT_H
#define XENGT_PPGTT_H

#include "xengt/types.h"

struct xengt_vgpu;

/*
 * Roots as the context image has them: 4-level uses pdp[0], the PML4's guest
 * address; 3-level all four, page directories' guest addresses.
 */
struct xengt_ppgtt_root {
	uint64_t pdp[4];
	bool is_4level;
};

struct xengt_ppgtt;

int xengt_ppgtt_init(struct xengt_vgpu *vgpu);
/*
 * Frees all roots and shadows; no page is protected any more. Accepts a vGPU
 * without page tables.
 */
void xengt_ppgtt_fini(struct xengt_vgpu *vgpu);

/*
 * Before a submission: make the shadow of this root agree with what guest
 * memory says now (build it if it is new), and give the id of its root table
 * for submit. -ENOSPC: the guest has more tables than limits.h allows, which is
 * the guest's fault; any other error is the host's: -ENOMEM, or the error of hv
 * or gpu.
 */
int xengt_ppgtt_prepare(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, uint32_t *ret_id);
/*
 * The guest's notification (PVINFO): root created or about to go. A destroyed
 * root's tables are not protected any more when this returns.
 */
void xengt_ppgtt_notify(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, bool is_created);
/*
 * For reset and unplug: drop all shadows and forget all roots; nothing is
 * protected any more.
 */
void xengt_ppgtt_reset(struct xengt_vgpu *vgpu);
/*
 * The guest gave pages away (INVALIDATE); some may be page tables. Before
 * the next use every table is read and protected again.
 */
void xengt_ppgtt_invalidate(struct xengt_vgpu *vgpu);
/*
 * Xen sent a guest's store of size bytes (1, 2, 4, 8) to addr, because the page
 * is protected. Performs the store; the shadow follows. False: the page is not
 * protected any more (the store was under way when its protection ended); the
 * store is performed all the same if addr is RAM.
 */
bool xengt_ppgtt_store(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
		       uint64_t val);

#endif /* XENGT_PPGTT_H */
