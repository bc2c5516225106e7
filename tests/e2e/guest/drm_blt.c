// SPDX-License-Identifier: GPL-2.0-only
/*
 * Emits fills and copies of the blitter between the two surfaces of the data object:
 * linear, X-tiled (512 bytes by 8 rows) and Y-tiled (128 bytes by 32 rows, in columns of 16
 * bytes). The model computes the result pixel by pixel.
 */
#include "drmtest.h"

#include <string.h>

#define BLT(op, len)		(2u << 29 | (uint32_t)(op) << 22 | ((len) - 2))
#define XY_COLOR_BLT		BLT(0x50, 7)
#define XY_SRC_COPY_BLT		BLT(0x53, 10)
#define XY_FAST_COPY_BLT	BLT(0x42, 10)
#define SRC_TILED		(1u << 15)
#define DST_TILED		(1u << 11)
#define MI_FLUSH_DW		(0x26u << 23 | 3)
#define MI_LOAD_REGISTER_IMM	(0x22u << 23 | 1)
#define BCS_SWCTRL		0x22200u
#define SWCTRL_SRC_Y		1u
#define SWCTRL_DST_Y		2u
#define MAX_WIDTH		48u
#define MAX_HEIGHT		16u

enum tiling { LINEAR, TILE_X, TILE_Y };

struct surface {
	uint32_t off;			/* offset of the surface in the data object */
	enum tiling tiling;
	uint32_t pitch;			/* bytes */
	uint32_t rows;
};

struct rect {
	uint32_t x, y, w, h;
};

static uint32_t place(const struct surface *s, uint32_t x, uint32_t y)
{
	uint32_t tile;

	switch (s->tiling) {
	case TILE_X:
		tile = y / 8 * (s->pitch / 512) + x / 512;
		return s->off + tile * 4096 + y % 8 * 512 + x % 512;
	case TILE_Y:
		tile = y / 32 * (s->pitch / 128) + x / 128;
		return s->off + tile * 4096 + x % 128 / 16 * 512 +
			y % 32 * 16 + x % 16;
	default:
		return s->off + y * s->pitch + x;
	}
}

static struct surface random_surface(struct batch *b, unsigned int which)
{
	static const uint32_t widths[] = {
		[LINEAR] = 64, [TILE_X] = 512, [TILE_Y] = 128,
	};
	static const uint32_t heights[] = {
		[LINEAR] = 1, [TILE_X] = 8, [TILE_Y] = 32,
	};
	struct surface s = {
		.off = MI_BYTES + which * SURFACE_BYTES,
		.tiling = (enum tiling)rng_below(b->rng, 3),
	};
	uint32_t max = s.tiling == LINEAR ? 16 : s.tiling == TILE_X ? 3 : 6;

	s.pitch = widths[s.tiling] * (1 + rng_below(b->rng, max));
	s.rows = SURFACE_BYTES / s.pitch / heights[s.tiling] *
		heights[s.tiling];
	return s;
}

static uint32_t min(uint32_t x, uint32_t y)
{
	return x < y ? x : y;
}

/* Returns a random position of a w by h rectangle inside s. */
static struct rect random_place(struct batch *b, const struct surface *s,
				uint32_t w, uint32_t h, uint32_t bytes_pp)
{
	struct rect r = { .w = w, .h = h };

	r.x = rng_below(b->rng, s->pitch / bytes_pp - w + 1);
	r.y = rng_below(b->rng, s->rows - h + 1);
	return r;
}

static uint32_t random_width(struct batch *b, uint32_t pitch,
			     uint32_t bytes_pp)
{
	return 1 + rng_below(b->rng, min(MAX_WIDTH, pitch / bytes_pp));
}

static uint32_t random_height(struct batch *b, uint32_t rows)
{
	return 1 + rng_below(b->rng, min(MAX_HEIGHT, rows));
}

/*
 * Flushes (MI_FLUSH_DW), and then chooses X or Y tiles for the blitter's source and
 * destination by the register BCS_SWCTRL.
 */
static void set_tiling(struct batch *b, uint32_t bits)
{
	emit(b, MI_FLUSH_DW);
	for (int i = 0; i < 4; i++)
		emit(b, 0);
	emit(b, MI_LOAD_REGISTER_IMM);
	emit(b, BCS_SWCTRL);
	emit(b, (SWCTRL_SRC_Y | SWCTRL_DST_Y) << 16 | bits);
}

static uint32_t pitch_field(const struct surface *s)
{
	return s->tiling == LINEAR ? s->pitch : s->pitch / 4;
}

static void emit_rect(struct batch *b, const struct rect *r)
{
	emit(b, r->y << 16 | r->x);
	emit(b, (r->y + r->h) << 16 | (r->x + r->w));
}

static void emit_source(struct batch *b, const struct surface *s,
			const struct rect *r)
{
	emit(b, r->y << 16 | r->x);
	emit(b, pitch_field(s));
	emit_addr(b, AT_DATA, s->off);
}

/* Returns the result of the raster operation with this code on two operands. */
static uint32_t raster(uint32_t code, uint32_t operand, uint32_t dst)
{
	switch (code) {
	case 0x00:
		return 0;
	case 0x55:
		return ~dst;
	case 0x5a:
	case 0x66:
		return operand ^ dst;
	case 0x88:
		return operand & dst;
	case 0xbb:
		return ~operand | dst;
	case 0x33:
		return ~operand;
	case 0xee:
		return operand | dst;
	case 0xff:
		return ~0u;
	default:			/* 0xcc, 0xf0: copy the operand */
		return operand;
	}
}

static void put_pixel(struct batch *b, uint32_t off, uint32_t bytes_pp,
		      uint32_t val, uint32_t mask)
{
	uint32_t old = 0;

	model_get(b, off, &old, bytes_pp);
	val = (val & mask) | (old & ~mask);
	model_put(b, off, &val, bytes_pp);
}

struct depth {
	uint32_t field;
	uint32_t bytes_pp;
};

static const struct depth depths[] = { { 0, 1 }, { 1, 2 }, { 2, 2 }, { 3, 4 } };

/*
 * Chooses at random which channels of 32-bit pixels the command writes. Returns the bits of
 * the command for these channels.
 */
static uint32_t random_channels(struct batch *b, uint32_t bytes_pp,
				uint32_t *ret_mask)
{
	uint32_t bits = 1 + rng_below(b->rng, 3);

	*ret_mask = ~0u;
	if (bytes_pp < 4)
		return 0;
	*ret_mask = (bits & 2 ? 0xff000000 : 0) | (bits & 1 ? 0xffffff : 0);
	return bits << 20;
}

static uint32_t tiled(const struct surface *s, uint32_t bit)
{
	return s->tiling == LINEAR ? 0 : bit;
}

void op_fill(struct batch *b)
{
	static const uint8_t codes[] = { 0xf0, 0xf0, 0x5a, 0x00, 0xff, 0x55 };
	struct surface s = random_surface(b, rng_below(b->rng, 2));
	struct depth d = depths[rng_below(b->rng, 4)];
	uint32_t w = random_width(b, s.pitch, d.bytes_pp);
	uint32_t h = random_height(b, s.rows);
	struct rect r = random_place(b, &s, w, h, d.bytes_pp);
	uint32_t code = codes[rng_below(b->rng, sizeof(codes))], mask;
	uint32_t channels = random_channels(b, d.bytes_pp, &mask);
	uint32_t colour = (uint32_t)rng_next(b->rng);

	set_tiling(b, s.tiling == TILE_Y ? SWCTRL_DST_Y : 0);
	emit(b, XY_COLOR_BLT | channels | tiled(&s, DST_TILED));
	emit(b, d.field << 24 | code << 16 | pitch_field(&s));
	emit_rect(b, &r);
	emit_addr(b, AT_DATA, s.off);
	emit(b, colour);
	for (uint32_t y = r.y; y < r.y + r.h; y++)
		for (uint32_t x = r.x; x < r.x + r.w; x++) {
			uint32_t off = place(&s, x * d.bytes_pp, y), old = 0;

			model_get(b, off, &old, d.bytes_pp);
			put_pixel(b, off, d.bytes_pp, raster(code, colour, old),
				  mask);
		}
	set_tiling(b, 0);
}

/* Two surfaces and a rectangle of the same size in both. */
struct copy {
	struct surface dst, src;
	struct rect to, from;
};

static struct copy random_copy(struct batch *b, uint32_t bytes_pp)
{
	unsigned int which = rng_below(b->rng, 2);
	struct copy c = {
		.dst = random_surface(b, which),
		.src = random_surface(b, !which),
	};
	uint32_t w = random_width(b, min(c.dst.pitch, c.src.pitch), bytes_pp);
	uint32_t h = random_height(b, min(c.dst.rows, c.src.rows));

	c.to = random_place(b, &c.dst, w, h, bytes_pp);
	c.from = random_place(b, &c.src, w, h, bytes_pp);
	return c;
}

static void copy_pixels(struct batch *b, const struct copy *c,
			uint32_t bytes_pp, uint32_t code, uint32_t mask)
{
	for (uint32_t y = 0; y < c->to.h; y++)
		for (uint32_t x = 0; x < c->to.w; x++) {
			uint32_t to = place(&c->dst, (c->to.x + x) * bytes_pp,
					    c->to.y + y);
			uint32_t from = place(&c->src,
					      (c->from.x + x) * bytes_pp,
					      c->from.y + y);
			uint32_t src = 0, old = 0;

			model_get(b, from, &src, bytes_pp);
			model_get(b, to, &old, bytes_pp);
			put_pixel(b, to, bytes_pp, raster(code, src, old),
				  mask);
		}
}

void op_blit(struct batch *b)
{
	static const uint8_t codes[] = { 0xcc, 0xcc, 0x66, 0x88, 0xbb, 0x33,
					 0xee };
	struct depth d = depths[rng_below(b->rng, 4)];
	struct copy c = random_copy(b, d.bytes_pp);
	uint32_t code = codes[rng_below(b->rng, sizeof(codes))], mask;
	uint32_t channels = random_channels(b, d.bytes_pp, &mask);

	set_tiling(b, (c.dst.tiling == TILE_Y ? SWCTRL_DST_Y : 0) |
		   (c.src.tiling == TILE_Y ? SWCTRL_SRC_Y : 0));
	emit(b, XY_SRC_COPY_BLT | channels | tiled(&c.dst, DST_TILED) |
	     tiled(&c.src, SRC_TILED));
	emit(b, d.field << 24 | code << 16 | pitch_field(&c.dst));
	emit_rect(b, &c.to);
	emit_addr(b, AT_DATA, c.dst.off);
	emit_source(b, &c.src, &c.from);
	copy_pixels(b, &c, d.bytes_pp, code, mask);
	set_tiling(b, 0);
}

/* Pixels have up to 16 bytes; the model moves them in units of 4 or less. */
void op_fast_copy(struct batch *b)
{
	static const struct depth all[] = {
		{ 0, 1 }, { 1, 2 }, { 3, 4 }, { 4, 8 }, { 5, 16 },
	};
	struct depth d = all[rng_below(b->rng, 5)];
	uint32_t unit = min(d.bytes_pp, 4), n = d.bytes_pp / unit;
	struct copy c = random_copy(b, d.bytes_pp);

	set_tiling(b, 0);
	emit(b, XY_FAST_COPY_BLT | (uint32_t)c.src.tiling << 20 |
	     (uint32_t)c.dst.tiling << 13);
	emit(b, d.field << 24 | pitch_field(&c.dst));
	emit_rect(b, &c.to);
	emit_addr(b, AT_DATA, c.dst.off);
	emit_source(b, &c.src, &c.from);
	c.to.x *= n;
	c.from.x *= n;
	c.to.w *= n;
	copy_pixels(b, &c, unit, 0xcc, ~0u);
	set_tiling(b, 0);
}
