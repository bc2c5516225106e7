/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Computes the offsets of bytes in a tiled surface. An X tile has 8 rows of 512
 * bytes. A Y tile has 32 rows of 128 bytes, and is stored in columns of 16
 * bytes. Each tile is a page. The tiles of a surface are stored row by row. The
 * blitter, fences and planes use this file.
 */
#ifndef XENGT_SIM_TILE_H
#define XENGT_SIM_TILE_H

#include <stdint.h>

enum sim_tiling { SIM_LINEAR, SIM_TILE_X, SIM_TILE_Y };

/*
 * Returns the offset of byte x of row y from the surface's start. pitch: number
 * of bytes from one row to the next; for a tiled surface the pitch is rounded
 * down to whole tiles. *ret_run: how many bytes of the row, beginning with byte
 * x, have consecutive offsets.
 */
static inline uint64_t sim_tile_place(enum sim_tiling tiling, uint32_t pitch,
				      uint32_t x, uint32_t y,
				      uint32_t *ret_run)
{
	uint64_t tile;

	switch (tiling) {
	case SIM_TILE_X:
		tile = (uint64_t)(y / 8) * (pitch / 512) + x / 512;
		*ret_run = 512 - x % 512;
		return tile * 4096 + (y % 8) * 512ULL + x % 512;
	case SIM_TILE_Y:
		tile = (uint64_t)(y / 32) * (pitch / 128) + x / 128;
		*ret_run = 16 - x % 16;
		return tile * 4096 + (x % 128 / 16) * 512ULL +
			(y % 32) * 16ULL + x % 16;
	case SIM_LINEAR:
		break;
	}
	*ret_run = UINT32_MAX - x;
	return (uint64_t)y * pitch + x;
}

#endif /* XENGT_SIM_TILE_H */
