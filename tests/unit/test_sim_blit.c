// SPDX-License-Identifier: GPL-2.0-only
/*
 * Compares the blitter's results with a picture that the test computes. The test computes
 * the address of a pixel in a tiled surface bit by bit, without the simulator's code.
 */
#include "sim_engine_rig.h"

#define SURF(page)	(VA + GTT(page))
#define SRC		PAGE_SURF		/* surfaces of 8 pages each */
#define DST		(PAGE_SURF + 8)
#define WIDTH		1024U			/* bytes of a row */
#define ROWS		32U

enum { LINEAR, TILE_X, TILE_Y };

static unsigned int offset_of(unsigned int x, unsigned int y, int tiling)
{
	unsigned int at = 0;

	switch (tiling) {
	case TILE_X:		/* a tile has 512 x 8 bytes; address bits from the lowest
				 * on: x8..0, y2..0, tile */
		at = (x & 0x1ff) | (y & 7) << 9;
		return at + 4096 * ((x >> 9) + (y >> 3) * (WIDTH / 512));
	case TILE_Y:		/* a tile has 128 x 32 bytes; address bits from the lowest
				 * on: x3..0, y4..0, x6..4 */
		at = (x & 0xf) | (y & 0x1f) << 4 | (x & 0x70) << 5;
		return at + 4096 * ((x >> 7) + (y >> 5) * (WIDTH / 128));
	default:
		return y * WIDTH + x;
	}
}

static uint8_t *bytes(struct rig *r, unsigned int page)
{
	return (uint8_t *)(void *)ram32(r, page);
}

static void paint(struct rig *r)
{
	for (unsigned int i = 0; i < WIDTH * ROWS; i++) {
		bytes(r, SRC)[i] = (uint8_t)(i * 7 + (i >> 8) * 13);
		bytes(r, DST)[i] = (uint8_t)(i * 3 + (i >> 9));
	}
}

static uint32_t pitch_of(int tiling)
{
	return tiling == LINEAR ? WIDTH : WIDTH / 4;
}

struct rect { unsigned int x1, y1, x2, y2, sx, sy; };

static const struct rect rects[] = {
	{ 0, 0, 256, 32, 0, 0 }, { 3, 1, 200, 30, 5, 2 },
	{ 127, 7, 129, 9, 31, 3 }, { 10, 10, 10, 20, 0, 0 },
};

/* Compares the whole destination with the expected picture. */
static void check(struct rig *r, const uint8_t *was, const struct rect *q,
		  unsigned int bpp, int st, int dt, const uint8_t *colour)
{
	uint8_t *want = malloc(WIDTH * ROWS);

	assert_non_null(want);
	memcpy(want, was, WIDTH * ROWS);
	for (unsigned int y = q->y1; y < q->y2; y++)
		for (unsigned int x = q->x1 * bpp; x < q->x2 * bpp; x++) {
			unsigned int sx = x - q->x1 * bpp + q->sx * bpp;
			unsigned int sy = y - q->y1 + q->sy;

			want[offset_of(x, y, dt)] = colour ?
				colour[(x - q->x1 * bpp) % bpp] :
				bytes(r, SRC)[offset_of(sx, sy, st)];
		}
	assert_memory_equal(bytes(r, DST), want, WIDTH * ROWS);
	free(want);
}

static void set_tiling(struct rig *r, int st, int dt)
{
	wr(r->m, BCS + 0x200, 0x00030000 | (st == TILE_Y) |
	   (dt == TILE_Y) << 1);
}

static void test_copies(void **state)
{
	static const unsigned int bpps[] = { 1, 2, 4 };

	(void)state;
	for (int st = 0; st < 3; st++)
		for (int dt = 0; dt < 3; dt++)
			for (int b = 0; b < 3; b++)
				for (size_t q = 0; q < 4; q++)
	for (int fast = 0; fast < 2; fast++) {
		const struct rect *k = &rects[q];
		struct rig *r = engine_create("skl", BCS);
		uint8_t *was = malloc(WIDTH * ROWS);
		uint32_t depth = bpps[b] == 4 ? 3 : bpps[b] - 1;
		uint32_t dw[10] = {
			0x54c00008U | 3U << 20 | (st ? 1U << 15 : 0) |
			(dt ? 1U << 11 : 0),
			depth << 24 | 0xccU << 16 | pitch_of(dt),
			k->y1 << 16 | k->x1, k->y2 << 16 | k->x2,
			(uint32_t)SURF(DST), (uint32_t)(SURF(DST) >> 32),
			k->sy << 16 | k->sx, pitch_of(st),
			(uint32_t)SURF(SRC), (uint32_t)(SURF(SRC) >> 32),
		};

		assert_non_null(was);
		if (fast) {
			dw[0] = 0x50800008U | (uint32_t)st << 20 |
				(uint32_t)dt << 13;
			dw[1] = depth << 24 | pitch_of(dt);
		}
		paint(r);
		memcpy(was, bytes(r, DST), WIDTH * ROWS);
		set_tiling(r, st, dt);
		engine_batch(r, dw, 10, true);
		check(r, was, k, bpps[b], st, dt, NULL);
		free(was);
		engine_destroy(r);
	}
}

static void test_fills(void **state)
{
	static const uint8_t colour[4] = { 0x11, 0x22, 0x33, 0x44 };
	static const unsigned int bpps[] = { 1, 2, 4 };

	(void)state;
	for (int dt = 0; dt < 3; dt++)
		for (int b = 0; b < 3; b++)
			for (size_t q = 0; q < 4; q++) {
		const struct rect *k = &rects[q];
		struct rig *r = engine_create("bdw", BCS);
		uint8_t *was = malloc(WIDTH * ROWS);
		uint32_t dw[7] = {
			0x54000005U | 3U << 20 | (dt ? 1U << 11 : 0),
			(bpps[b] == 4 ? 3 : bpps[b] - 1) << 24 | 0xf0U << 16 |
			pitch_of(dt),
			k->y1 << 16 | k->x1, k->y2 << 16 | k->x2,
			(uint32_t)SURF(DST), (uint32_t)(SURF(DST) >> 32),
			0x44332211,
		};

		assert_non_null(was);
		paint(r);
		memcpy(was, bytes(r, DST), WIDTH * ROWS);
		set_tiling(r, 0, dt);
		engine_batch(r, dw, 7, true);
		check(r, was, k, bpps[b], 0, dt, colour);
		free(was);
		engine_destroy(r);
	}
}

/* Tests raster operations, and write masks of 32-bit pixels. */
static void test_raster(void **state)
{
	static const struct { uint32_t rop, mask, want; } t[] = {
		{ 0xcc, 3, 0x0ff0a5c3 }, { 0x66, 3, 0x0ff0a5c3 ^ 0x12345678 },
		{ 0x88, 3, 0x0ff0a5c3 & 0x12345678 },
		{ 0xee, 3, 0x0ff0a5c3 | 0x12345678 },
		{ 0x33, 3, ~0x0ff0a5c3U }, { 0x55, 3, ~0x12345678U },
		{ 0x00, 3, 0 }, { 0xff, 3, ~0U }, { 0xaa, 3, 0x12345678 },
		{ 0xcc, 1, 0x12f0a5c3 }, { 0xcc, 2, 0x0f345678 },
		{ 0xcc, 0, 0x12345678 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct rig *r = engine_create("skl", BCS);
		uint32_t dw[10] = {
			0x54c00008U | t[i].mask << 20,
			3U << 24 | t[i].rop << 16 | WIDTH, 0, 1U << 16 | 1,
			(uint32_t)SURF(DST), (uint32_t)(SURF(DST) >> 32),
			0, WIDTH,
			(uint32_t)SURF(SRC), (uint32_t)(SURF(SRC) >> 32),
		};

		ram32(r, SRC)[0] = 0x0ff0a5c3;
		ram32(r, DST)[0] = 0x12345678;
		engine_batch(r, dw, 10, true);
		assert_int_equal(ram32(r, DST)[0], t[i].want);
		assert_int_equal(ram32(r, DST)[1], 0);
		engine_destroy(r);
	}
}

/*
 * Computes the raster operation's result for each bit of pattern, source and
 * destination.
 */
static uint8_t raster_byte(unsigned int rop, uint8_t p, uint8_t s, uint8_t d)
{
	uint8_t val = 0;

	for (unsigned int i = 0; i < 8; i++) {
		unsigned int at = (p >> i & 1) << 2 | (s >> i & 1) << 1 |
			(d >> i & 1);

		val |= (uint8_t)((rop >> at & 1) << i);
	}
	return val;
}

#define ODD	5U		/* a number of pixels that ends within a word */

static void every_raster(struct rig *r, unsigned int rop, unsigned int bpp,
			 unsigned int mask, bool is_fill)
{
	static const uint8_t colour[4] = { 0x96, 0x3c, 0x69, 0xc3 };
	uint8_t want[ODD * 4 + 4];
	uint8_t *src = bytes(r, SRC), *dst = bytes(r, DST);
	uint32_t dw[10] = {
		(is_fill ? 0x54000005U : 0x54c00008U) | mask << 20,
		(bpp == 4 ? 3 : bpp - 1) << 24 | rop << 16 | WIDTH,
		0, 1U << 16 | ODD, (uint32_t)SURF(DST),
		(uint32_t)(SURF(DST) >> 32), is_fill ? 0xc3693c96 : 0, WIDTH,
		(uint32_t)SURF(SRC), (uint32_t)(SURF(SRC) >> 32),
	};

	for (unsigned int i = 0; i < sizeof(want); i++) {
		bool is_written = i < ODD * bpp &&
			(bpp < 4 || (mask & (i % 4 == 3 ? 2 : 1)));

		src[i] = (uint8_t)(i * 37 + 11);
		dst[i] = (uint8_t)(i * 101 + 5);
		want[i] = !is_written ? dst[i] :
			raster_byte(rop, is_fill ? colour[i % bpp] : 0,
				    is_fill ? 0 : src[i], dst[i]);
	}
	engine_batch(r, dw, is_fill ? 7 : 10, true);
	if (memcmp(dst, want, sizeof(want)))
		fail_msg("%s %x of %u bytes, mask %u",
			 is_fill ? "fill" : "copy", rop, bpp, mask);
}

static void test_every_raster(void **state)
{
	struct rig *r = engine_create("skl", BCS);

	(void)state;
	for (unsigned int rop = 0; rop < 256; rop++)
		for (int is_fill = 0; is_fill < 2; is_fill++) {
			every_raster(r, rop, 1, 3, is_fill);
			every_raster(r, rop, 2, 3, is_fill);
			for (unsigned int mask = 0; mask < 4; mask++)
				every_raster(r, rop, 4, mask, is_fill);
		}
	engine_destroy(r);
}

/* Copies a rectangle within one surface, one row down. */
static void test_overlap(void **state)
{
	struct rig *r = engine_create("skl", BCS);
	uint32_t dw[10] = {
		0x54c00008U | 3U << 20, 3U << 24 | 0xccU << 16 | WIDTH,
		1U << 16, 9U << 16 | 256,
		(uint32_t)SURF(DST), (uint32_t)(SURF(DST) >> 32), 0, WIDTH,
		(uint32_t)SURF(DST), (uint32_t)(SURF(DST) >> 32),
	};

	(void)state;
	for (unsigned int y = 0; y < 9; y++)
		memset(bytes(r, DST) + y * WIDTH, (int)y + 1, WIDTH);
	engine_batch(r, dw, 10, true);
	for (unsigned int y = 1; y < 9; y++)
		assert_int_equal(bytes(r, DST)[y * WIDTH + 5], y);
	engine_destroy(r);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies),
		cmocka_unit_test(test_fills),
		cmocka_unit_test(test_raster),
		cmocka_unit_test(test_every_raster),
		cmocka_unit_test(test_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
