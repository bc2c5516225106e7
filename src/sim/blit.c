// SPDX-License-Identifier: GPL-2.0-only
/*
 * Executes the blitter's commands: fills and copies of rectangles.
 *
 * Surfaces are linear, X-tiled (tiles of 512 bytes by 8 rows) or Y-tiled (128
 * bytes by 32 rows, in columns of 16 bytes). The unit of the pitch is bytes for
 * linear surfaces, and dwords for tiled surfaces. Pixels have 8, 16 or 32 bits;
 * the fast copy also copies pixels of 64 and 128 bits. All 256 raster
 * operations of source and destination work; their pattern is the fill colour.
 * The result of overlapping copies is as if the source had been read first.
 *
 * One call writes a bounded number of bytes; a big blit takes several calls.
 *
 * Not modelled: pattern brushes, monochrome sources, clipping rectangles,
 * colour keys, Yf and Ys tiles.
 */
#include "sim/exec.h"
#include "sim/tile.h"

#include <string.h>

#define BYTES_PER_CALL	(1U << 20)
#define ROW_MAX		(256U << 10)
#define BYTES_PER_NS	8U

struct surface {
	uint64_t addr;
	int32_t pitch;
	enum sim_tiling tiling;
};

/*
 * Returns the address of byte x of row y. *ret_run: how many bytes of the row,
 * beginning with byte x, have consecutive addresses.
 */
static uint64_t place(const struct surface *s, uint32_t x, uint32_t y,
		      uint32_t *ret_run)
{
	if (s->tiling != SIM_LINEAR)
		return s->addr + sim_tile_place(s->tiling, (uint32_t)s->pitch,
						x, y, ret_run);
	/*
	 * with a negative pitch, each row has a lower address than the row
	 * before it
	 */
	*ret_run = ROW_MAX;
	return s->addr + (uint64_t)((int64_t)y * s->pitch) + x;
}

static int row(struct sim_cmd *c, const struct surface *s, uint32_t x,
	       uint32_t y, uint8_t *buf, uint32_t len, bool write)
{
	enum sim_space space = sim_vm_space(c->sim, c->e);
	/* a Y tile has many short runs: look up each page once */
	bool is_short = s->tiling == SIM_TILE_Y && s->addr % 4096 == 0;
	uint64_t page = ~0ULL;
	uint8_t *host = NULL;

	while (len) {
		uint32_t run;
		uint64_t addr = place(s, x, y, &run);

		if (run > len)
			run = len;
		if (is_short && addr / 4096 != page) {
			page = addr / 4096;
			host = sim_vm_page(c->sim, c->e, space, addr, write);
		}
		if (host) {
			uint8_t *p = host + addr % 4096;

			memcpy(write ? p : buf, write ? buf : p, run);
			x += run;
			buf += run;
			len -= run;
			continue;
		}
		if (sim_vm_access(c->sim, c->e, space, addr, buf, run, write))
			return -1;
		x += run;
		buf += run;
		len -= run;
	}
	return 0;
}

struct blit {
	struct surface dst, src;
	uint32_t x1, y1, x2, y2;	/* destination, in pixels */
	uint32_t sx, sy;
	unsigned int bytes_pp;
	unsigned int rop;
	uint32_t colour;
	uint32_t write_mask;		/* mask of the bits of a pixel that are
					 * written; the mask of a small pixel is
					 * repeated to fill 32 bits */
	bool has_src;
};

/*
 * A raster operation, combined with a colour and a write mask. Each bit of the
 * result is k0 ^ (k1 & source) ^ (destination & (k2 ^ (k3 & source))).
 */
struct mixer {
	uint64_t k0, k1, k2, k3;
};

/*
 * A raster operation is a table of 8 bits: bit n is the result for the bits of
 * pattern, source and destination that form the number n. This function takes
 * in n only the bits of source and destination; the pattern is the colour.
 * Returns a word with the result for each bit of the colour.
 */
static uint32_t choose(const struct blit *b, unsigned int n)
{
	return (b->rop & 1U << n ? ~b->colour : 0) |
		(b->rop & 16U << n ? b->colour : 0);
}

/*
 * Returns the value in both halves of 64 bits, because mix() works on 64 bits
 * at a time.
 */
static uint64_t twice(uint32_t val)
{
	return (uint64_t)val << 32 | val;
}

static struct mixer mixer_of(const struct blit *b)
{
	uint32_t none = choose(b, 0), dst = choose(b, 1), src = choose(b, 2);
	uint32_t both = choose(b, 3), mask = b->write_mask;

	/*
	 * in bits that the write mask does not have, the destination is
	 * unchanged
	 */
	return (struct mixer){
		.k0 = twice(none & mask),
		.k1 = twice((none ^ src) & mask),
		.k2 = twice(((none ^ dst) & mask) | ~mask),
		.k3 = twice((none ^ dst ^ src ^ both) & mask),
	};
}

static bool reads_dst(const struct blit *b)
{
	/*
	 * compare the pairs of results whose inputs differ only in the
	 * destination's bit
	 */
	return ((b->rop ^ b->rop >> 1) & 0x55) || b->write_mask != ~0U;
}

static uint64_t mix(const struct mixer *m, uint64_t s, uint64_t d)
{
	return m->k0 ^ (m->k1 & s) ^ (d & (m->k2 ^ (m->k3 & s)));
}

/*
 * Combine a row of the destination with a row of the source. Both rows are
 * aligned, and both buffers have room for whole words of 8 bytes.
 */
static void combine(const struct blit *b, uint8_t *dst, const uint8_t *src,
		    uint32_t len)
{
	const struct mixer m = mixer_of(b);
	uint64_t s = 0, d;

	for (uint32_t i = 0; i < len; i += 8) {
		if (b->has_src)
			memcpy(&s, src + i, 8);
		memcpy(&d, dst + i, 8);
		d = mix(&m, s, d);
		memcpy(dst + i, &d, 8);
	}
}

static int one_row(struct sim_cmd *c, const struct blit *b, uint32_t i,
		   uint32_t len)
{
	uint8_t *dst = c->sim->exec->row[0], *src = c->sim->exec->row[1];
	uint32_t x = b->x1 * b->bytes_pp, y = b->y1 + i;

	if (b->has_src &&
	    row(c, &b->src, b->sx * b->bytes_pp, b->sy + i, src, len, false))
		return -1;
	c->e->stats.blit_bytes += len;
	if (b->has_src && b->rop == 0xcc && b->write_mask == ~0U)
		return row(c, &b->dst, x, y, src, len, true);
	if (reads_dst(b)) {
		if (row(c, &b->dst, x, y, dst, len, false))
			return -1;
		combine(b, dst, src, len);
	} else if (b->has_src || !c->e->is_row_filled) {
		combine(b, dst, src, len);
		c->e->is_row_filled = true;	/* all rows of the fill have the
						 * same pixels */
	}
	return row(c, &b->dst, x, y, dst, len, true);
}

static enum sim_cmd_result run(struct sim_cmd *c, const struct blit *b)
{
	struct sim_engine *e = c->e;
	uint32_t rows, len, todo;
	bool up;

	if (b->x2 <= b->x1 || b->y2 <= b->y1) {
		e->progress = 0;
		return SIM_CMD_DONE;
	}
	rows = b->y2 - b->y1;
	len = (b->x2 - b->x1) * b->bytes_pp;
	if (len > ROW_MAX)
		len = ROW_MAX;
	todo = BYTES_PER_CALL / len + 1;
	e->is_row_filled = false;
	/*
	 * start at the bottom row if the source is above the destination in the
	 * same surface
	 */
	up = b->has_src && b->src.addr == b->dst.addr && b->sy < b->y1;
	while (e->progress < rows && todo--) {
		if (one_row(c, b, up ? rows - 1 - e->progress : e->progress,
			    len)) {
			e->progress = 0;
			return SIM_CMD_STOPPED;
		}
		e->progress++;
		c->cost_ns += len / BYTES_PER_NS + 1;
	}
	if (e->progress < rows)
		return SIM_CMD_MORE;
	e->progress = 0;
	return SIM_CMD_DONE;
}

static uint64_t address(const struct sim_cmd *c, unsigned int i)
{
	return (uint64_t)c->dw[i + 1] << 32 | c->dw[i];
}

static void set_surface(struct surface *s, uint64_t addr, uint32_t pitch,
			enum sim_tiling tiling)
{
	s->addr = addr;
	s->tiling = tiling;
	s->pitch = (int16_t)(pitch & 0xffff);
	if (tiling != SIM_LINEAR)
		s->pitch = (int32_t)(pitch & 0xffff) * 4;
}

/*
 * Returns the tiling of a surface. If the surface is tiled, a bit of the
 * blitter's control register chooses X or Y: bit 0 for the source, bit 1 for
 * the destination.
 */
static enum sim_tiling tiled(const struct sim_cmd *c, bool is_tiled,
			     uint32_t bit)
{
	if (!is_tiled)
		return SIM_LINEAR;
	return *sim_ring_reg(c->sim, c->e, RING_SWCTRL) & bit ?
		SIM_TILE_Y : SIM_TILE_X;
}

/* Decode dwords 0 to 5, which fills and copies have in common. */
static void start(const struct sim_cmd *c, struct blit *b)
{
	static const uint8_t depths[4] = { 1, 2, 2, 4 };

	memset(b, 0, sizeof(*b));
	b->bytes_pp = depths[c->dw[1] >> 24 & 3];
	b->rop = c->dw[1] >> 16 & 0xff;
	b->x1 = c->dw[2] & 0xffff;
	b->y1 = c->dw[2] >> 16;
	b->x2 = c->dw[3] & 0xffff;
	b->y2 = c->dw[3] >> 16;
	b->write_mask = ~0U;
	if (b->bytes_pp == 4)
		b->write_mask = (c->dw[0] & 1U << 21 ? 0xff000000U : 0) |
			(c->dw[0] & 1U << 20 ? 0x00ffffffU : 0);
	set_surface(&b->dst, address(c, 4), c->dw[1],
		    tiled(c, c->dw[0] & 1U << 11, 2));
}

enum sim_cmd_result sim_blit_color(struct sim_cmd *c)
{
	struct blit b;

	start(c, &b);
	b.colour = c->dw[6];
	if (b.bytes_pp == 1)
		b.colour = (b.colour & 0xff) * 0x01010101U;
	else if (b.bytes_pp == 2)
		b.colour = (b.colour & 0xffff) * 0x00010001U;
	return run(c, &b);
}

enum sim_cmd_result sim_blit_copy(struct sim_cmd *c)
{
	struct blit b;

	start(c, &b);
	b.has_src = true;
	b.sx = c->dw[6] & 0xffff;
	b.sy = c->dw[6] >> 16;
	set_surface(&b.src, address(c, 8), c->dw[7],
		    tiled(c, c->dw[0] & 1U << 15, 1));
	return run(c, &b);
}

enum sim_cmd_result sim_blit_fast_copy(struct sim_cmd *c)
{
	static const uint8_t depths[8] = { 1, 2, 2, 4, 8, 16, 4, 4 };
	static const enum sim_tiling tilings[4] = {
		SIM_LINEAR, SIM_TILE_X, SIM_TILE_Y, SIM_TILE_Y,
	};
	struct blit b = { .has_src = true, .rop = 0xcc, .write_mask = ~0U };

	b.bytes_pp = depths[c->dw[1] >> 24 & 7];
	b.x1 = c->dw[2] & 0xffff;
	b.y1 = c->dw[2] >> 16;
	b.x2 = c->dw[3] & 0xffff;
	b.y2 = c->dw[3] >> 16;
	b.sx = c->dw[6] & 0xffff;
	b.sy = c->dw[6] >> 16;
	set_surface(&b.dst, address(c, 4), c->dw[1],
		    tilings[c->dw[0] >> 13 & 3]);
	set_surface(&b.src, address(c, 8), c->dw[7],
		    tilings[c->dw[0] >> 20 & 3]);
	return run(c, &b);
}
