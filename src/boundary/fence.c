// SPDX-License-Identifier: GPL-2.0-only
/* Checks whether a vGPU may have a fence; see fence.h. */
#include "boundary/fence.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "hw/facts.h"

#define PAGE_MASK_LOW	0xfffff000u
#define PITCH_MASK	0xfffu
#define PITCH_UNIT	128u
#define TILE_BYTES	4096u

int xengt_fence_check(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		      uint64_t value)
{
	const struct xengt_gtt_slice *low = &slices[XENGT_GTT_LOW];
	uint32_t first = (uint32_t)value & PAGE_MASK_LOW;
	uint32_t last = (uint32_t)(value >> 32) & PAGE_MASK_LOW;
	uint32_t pitch = (((uint32_t)(value >> 32) & PITCH_MASK) + 1) *
			 PITCH_UNIT;
	uint32_t width = value & XENGT_FENCE_TILE_Y ? 128 : 512;
	uint64_t bytes = (uint64_t)last + (1u << XENGT_BND_PAGE_SHIFT) - first;

	if (!(value & XENGT_FENCE_VALID))
		return 0;
	if (last < first || pitch % width ||
	    bytes % (pitch / width * TILE_BYTES))
		return -EINVAL;
	first >>= XENGT_BND_PAGE_SHIFT;
	last >>= XENGT_BND_PAGE_SHIFT;
	if (first < low->first || last - low->first >= low->count)
		return -EINVAL;
	return 0;
}
