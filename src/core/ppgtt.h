/* SPDX-License-Identifier: GPL-2.0-only */
/* Keeps shadows of the page tables that a guest's contexts use. */
#ifndef XENGT_PPGTT_H
#define XENGT_PPGTT_H

#include "xengt/types.h"

struct xengt_vgpu;

/*
 * A root as a context image names it. With 4 levels pdp[0] is the guest address
 * of the PML4; with 3 levels pdp[0] to pdp[3] are the guest addresses of page
 * directories.
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
 * Call this before a submission: make the shadow of this root agree with guest
 * memory (build the shadow if the root is new), and return the id of the root's
 * table for submit. Returns 0; -ENOSPC: the guest has more tables than limits.h
 * allows, which is the guest's fault; any other error is the host's: -ENOMEM,
 * or the error of hv or gpu.
 */
int xengt_ppgtt_prepare(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, uint32_t *ret_id);
/*
 * Call this when the guest has announced by PVINFO that it has created a root
 * (is_created), or that it will free a root. When this function returns, the
 * tables of a root that the guest will free are not protected any more.
 */
void xengt_ppgtt_notify(struct xengt_vgpu *vgpu,
			const struct xengt_ppgtt_root *root, bool is_created);
/*
 * For reset and unplug: drop all shadows, forget all roots, and end the
 * protection of all pages.
 */
void xengt_ppgtt_reset(struct xengt_vgpu *vgpu);
/*
 * Call this when the guest has given pages away (INVALIDATE), because some of
 * the pages may be page tables. Before the next use the core reads and protects
 * every table again.
 */
void xengt_ppgtt_invalidate(struct xengt_vgpu *vgpu);
/*
 * Call this for a guest's store of size bytes (1, 2, 4, 8) to addr that trapped
 * because the page was protected. Performs the store if addr is RAM, and
 * updates the shadow. Returns false if the page is not protected any more,
 * because the protection ended after the store had trapped.
 */
bool xengt_ppgtt_store(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
		       uint64_t val);

#endif /* XENGT_PPGTT_H */
