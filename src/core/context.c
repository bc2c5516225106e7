/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads logical ring context images (Broadwell PRM, volume 7: "Logical Ring
 * Context Format"; the offsets that this file uses are the same for the
 * contexts of all engines). Page 0 is the context's status page. Page 1 is the
 * ring state: pairs of register and value, from which this file uses only the
 * values.
 */
#include "core/context.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "hw/facts.h"
#include "xengt/types.h"

#include <errno.h>

#define STATE_DWORDS		0x34

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

	if (!(entry & XENGT_PTE_PRESENT))
		return -ERANGE;
	*ret_addr = gpa((entry & XENGT_PTE_ADDR_MASK) | addr % XENGT_PAGE_SIZE);
	return 0;
}

static void get_root(const uint32_t *state, bool is_4level,
		     struct xengt_ppgtt_root *root)
{
	root->is_4level = is_4level;
	for (uint32_t i = 0; i < 4; i++) {
		const uint32_t *pair = &state[XENGT_ST_PDP3_UDW + 4 * (3 - i)];

		root->pdp[i] = (uint64_t)pair[0] << 32 | pair[2];
	}
}

int xengt_guest_context_read(struct xengt_vgpu *vgpu, uint64_t desc,
			     struct xengt_guest_context *ret_context)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t page = xengt_desc_lrca(desc) +
			(uint64_t)XENGT_STATE_PAGE * XENGT_PAGE_SIZE;
	uint32_t mode = desc >> XENGT_DESC_MODE_SHIFT & XENGT_DESC_MODE_MASK;
	uint32_t state[STATE_DWORDS];
	gpa_t addr;
	int r;

	if (mode != XENGT_DESC_MODE_LEGACY_32 &&
	    mode != XENGT_DESC_MODE_LEGACY_64)
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
		.head = state[XENGT_ST_HEAD] & XENGT_RING_ADDR,
		.tail = state[XENGT_ST_TAIL] & XENGT_RING_ADDR,
		.start = state[XENGT_ST_START],
		.ctl = state[XENGT_ST_CTL],
	};
	get_root(state, mode == XENGT_DESC_MODE_LEGACY_64, &ret_context->root);
	return 0;
}
