/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Logical ring context images (Broadwell PRM, volume 7: "Logical Ring Context
 * Format"; the offsets of 3D contexts and of the others are the same here).
 * Page 0 is the context's status page, page 1 the ring state: pairs of register
 * and value. This file uses only the values at the offsets below.
 */
#include "core/context.h"
#include "core/ggtt.h"
#include "core/internal.h"

#include <errno.h>

#define STATE_PAGE		1
#define STATE_DWORDS		0x34

#define DW_HEAD			0x05
#define DW_TAIL			0x07
#define DW_START		0x09
#define DW_CTL			0x0b
#define DW_PDP3_HIGH		0x25	/* the low half follows, then PDP2
					 * and so on */

#define MODE_LEGACY_32		1
#define MODE_LEGACY_64		3

#define HEAD_MASK		0x001ffffcu
#define ENTRY_FRAME		0x0000007ffffff000ull	/* bits 38:12 */

static bool is_inside(uint64_t addr, uint64_t bytes, uint64_t base,
		      uint64_t size)
{
	return addr >= base && addr - base <= size &&
	       bytes <= size - (addr - base);
}

bool xengt_ggtt_is_own(const struct xengt_vgpu *vgpu, uint64_t addr,
		       uint64_t bytes)
{
	const struct xengt_vgpu_info *info = &vgpu->info;

	return is_inside(addr, bytes, info->low_base, info->low_bytes) ||
	       is_inside(addr, bytes, info->high_base, info->high_bytes);
}

int xengt_ggtt_lookup(const struct xengt_vgpu *vgpu, uint32_t addr,
		      gpa_t *ret_addr)
{
	uint64_t entry = xengt_ggtt_read(vgpu, (addr >> XENGT_PAGE_SHIFT) * 8,
					 8);

	if (!(entry & XENGT_GGTT_PRESENT))
		return -ERANGE;
	*ret_addr = gpa((entry & ENTRY_FRAME) | addr % XENGT_PAGE_SIZE);
	return 0;
}

static void get_root(const uint32_t *state, bool is_4level,
		     struct xengt_ppgtt_root *root)
{
	root->is_4level = is_4level;
	for (uint32_t i = 0; i < 4; i++) {
		const uint32_t *pair = &state[DW_PDP3_HIGH + 4 * (3 - i)];

		root->pdp[i] = (uint64_t)pair[0] << 32 | pair[2];
	}
}

int xengt_guest_context_read(struct xengt_vgpu *vgpu, uint64_t desc,
			     struct xengt_guest_context *ret_context)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t page = xengt_desc_lrca(desc) +
			(uint64_t)STATE_PAGE * XENGT_PAGE_SIZE;
	uint32_t mode = desc >> 3 & 3;
	uint32_t state[STATE_DWORDS];
	gpa_t addr;
	int r;

	if (mode != MODE_LEGACY_32 && mode != MODE_LEGACY_64)
		return -EINVAL;
	if (page > UINT32_MAX)
		return -ERANGE;
	r = xengt_ggtt_lookup(vgpu, (uint32_t)page, &addr);
	if (r)
		return r;
	r = hv->ops->read_guest(hv, addr, state, sizeof(state));
	if (r)
		return r;
	ret_context->ring = (struct xengt_ring_state){
		.head = state[DW_HEAD] & HEAD_MASK,
		.tail = state[DW_TAIL] & HEAD_MASK,
		.start = state[DW_START],
		.ctl = state[DW_CTL],
	};
	get_root(state, mode == MODE_LEGACY_64, &ret_context->root);
	return 0;
}
