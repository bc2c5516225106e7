// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fences: 32 registers of 64 bits, from 0x100000 on. Each valid fence names a
 * range of the aperture in which the CPU sees a tiled surface as a linear
 * surface.
 *
 * Low dword: 31:12 first page, bit 1 Y tiles instead of X, bit 0 valid. High
 * dword: 31:12 last page, 11:0 pitch in units of 128 bytes, minus one. The GPU
 * does not use fences: the blitter's commands and the planes' registers name
 * the tiling of their surfaces.
 *
 * Addresses are not swizzled, as on Gen8 and later. The PRM does not say which
 * fence has effect where ranges overlap; in the simulator the fence with the
 * lowest number has effect.
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "sim/tile.h"

#include <string.h>

#define FENCE0		0x100000U
#define LO_VALID	1U
#define LO_TILE_Y	2U
#define PAGE_MASK	0xfffff000U
#define PITCH_MASK	0xfffU

void sim_fence_reset(struct xengt_sim *sim)
{
	memset(sim->fence, 0, sizeof(sim->fence));
	sim->fences_valid = 0;
}

static uint32_t tile_width(enum sim_tiling tiling)
{
	return tiling == SIM_TILE_Y ? 128 : 512;
}

void sim_fence_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
		     uint32_t be)
{
	unsigned int i = (off - FENCE0) / 8;
	struct sim_fence *f = &sim->fence[i];
	const uint32_t *reg = &sim->regs[(FENCE0 + 8 * i) / 4];

	sim->regs[off / 4] = (sim->regs[off / 4] & ~be) | (val & be);
	f->first = reg[0] & PAGE_MASK;
	f->end = (uint64_t)(reg[1] & PAGE_MASK) + XENGT_SIM_PAGE_BYTES;
	f->pitch = ((reg[1] & PITCH_MASK) + 1) * 128;
	f->tiling = reg[0] & LO_TILE_Y ? SIM_TILE_Y : SIM_TILE_X;
	sim->fences_valid &= ~(1U << i);
	if ((reg[0] & LO_VALID) && f->pitch >= tile_width(f->tiling))
		sim->fences_valid |= 1U << i;
}

uint64_t sim_fence_detile(const struct xengt_sim *sim, uint64_t off,
			  uint32_t *ret_run)
{
	for (uint32_t left = sim->fences_valid; left; left &= left - 1) {
		const struct sim_fence *f =
			&sim->fence[__builtin_ctz(left)];
		uint32_t rel, x;
		uint64_t place;

		if (off < f->first || off >= f->end)
			continue;
		rel = (uint32_t)(off - f->first);
		x = rel % f->pitch;
		place = sim_tile_place(f->tiling, f->pitch, x, rel / f->pitch,
				       ret_run);
		if (*ret_run > f->pitch - x)
			*ret_run = f->pitch - x;
		return f->first + place;
	}
	/* the next fence may begin on the next page */
	*ret_run = XENGT_SIM_PAGE_BYTES -
		(uint32_t)(off % XENGT_SIM_PAGE_BYTES);
	return off;
}
