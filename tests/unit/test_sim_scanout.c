// SPDX-License-Identifier: GPL-2.0-only
/* Tests the picture that a pipe of the simulated GPU shows. */
#include "sim_machine.h"

#define WIDTH		160U
#define HEIGHT		64U
#define PITCH		1024U		/* a multiple of the width of each kind
					 * of tile */
#define PIPE(n)		(0x1000U * (n))
#define PLANE(n)	(0x70180U + 0x100 * (n))
#define SURF_PAGE	0x100U		/* the first GGTT page that maps the
					 * machine's memory */
#define SURF		(SURF_PAGE << 12)
#define CURSOR_PAGE	40U		/* page of the cursor in the machine's
					 * memory */
#define CURSOR_SURF	((SURF_PAGE + CURSOR_PAGE) << 12)
#define SECOND_PAGE	20U
#define SECOND_SURF	((SURF_PAGE + SECOND_PAGE) << 12)

#define GEN9_XRGB	0x84000000U
#define GEN8_XRGB	0x98000000U
#define SPRITE_XRGB	0x84000000U

struct screen {
	struct machine *m;
	bool is_gen8;
	unsigned int pipe;
	uint8_t rgb[WIDTH * HEIGHT * 3];
};

static uint32_t *word(struct screen *s, uint32_t page, uint32_t off)
{
	return (uint32_t *)(void *)(s->m->ram + page * 4096 + off);
}

/* Map all memory, and start a pipe of 160x64 with a clock of 270 MHz. */
static void screen_init(struct screen *s, const char *platform,
			unsigned int pipe)
{
	memset(s, 0, sizeof(*s));
	s->m = machine_create(platform, false);
	s->is_gen8 = !strcmp(platform, "bdw");
	s->pipe = pipe;
	for (uint32_t i = 0; i < RAM_PAGES; i++)
		set_pte(s->m, SURF_PAGE + i, PTE(RAM_MFN + i));
	flush(s->m);
	if (s->is_gen8) {
		wr(s->m, REG_PORT_CLK_SEL_C, 1U << 29);
	} else {
		wr(s->m, REG_LCPLL1_CTL, 0x80000000);
		wr(s->m, REG_DPLL_CTRL1, 1 << 1);
		wr(s->m, REG_DPLL_CTRL2, 0x000d8000);
	}
	wr(s->m, REG_TRANS_CLK_SEL_A + 4 * pipe, 3U << 29);
	wr(s->m, REG_TRANS_DDI_FUNC_CTL + PIPE(pipe), 0xa0000000);
	wr(s->m, REG_HTOTAL + PIPE(pipe), 199U << 16 | (WIDTH - 1));
	wr(s->m, REG_VTOTAL + PIPE(pipe), 99U << 16 | (HEIGHT - 1));
	wr(s->m, REG_PIPE_SRCSZ + PIPE(pipe), (WIDTH - 1) << 16 | (HEIGHT - 1));
	wr(s->m, REG_PIPE_CONF + PIPE(pipe), 0x80000000);
}

static void screen_fini(struct screen *s)
{
	machine_destroy(s->m);
}

struct plane_setup {
	unsigned int plane;
	uint32_t ctl, stride, pos, size, surf, offset;
};

static void set_plane(struct screen *s, const struct plane_setup *p)
{
	uint32_t reg = PLANE(p->plane) + PIPE(s->pipe);

	wr(s->m, reg, p->ctl);
	wr(s->m, reg + 0x8, p->stride);
	wr(s->m, reg + 0xc, p->pos);
	wr(s->m, reg + 0x10, p->size);
	wr(s->m, reg + 0x24, p->offset);
	wr(s->m, reg + 0x1c, p->surf);
}

static void set_cursor(struct screen *s, uint32_t mode, uint32_t pos,
		       uint32_t height)
{
	uint32_t reg = 0x70080 + PIPE(s->pipe);

	wr(s->m, reg, mode);
	wr(s->m, reg + 8, pos);
	wr(s->m, reg + 0x20, height);
	wr(s->m, reg + 4, CURSOR_SURF);
}

/* Takes the picture that the pipe shows after the next vertical blank. */
static void look(struct screen *s)
{
	xengt_sim_advance(s->m->sim, 2000000);
	(void)rd(s->m, REG_PIPE_SCANLINE);
	assert_int_equal(xengt_sim_picture(s->m->sim, s->pipe, s->rgb,
					   sizeof(s->rgb)), 0);
}

static uint32_t pixel(const struct screen *s, unsigned int x, unsigned int y)
{
	const uint8_t *p = s->rgb + 3 * (y * WIDTH + x);

	return (uint32_t)p[0] << 16 | (uint32_t)p[1] << 8 | p[2];
}

/* Returns a colour that differs for each pixel. */
static uint32_t pattern(uint32_t x, uint32_t y)
{
	return (x * 0x010203 + y * 0x070b0d + 0x334455) & 0xffffff;
}

/* clang-format off */
static const struct {
	const char *name;
	const char *platform;
	unsigned int plane;
	uint32_t ctl;
	uint32_t raw;
	uint32_t shown;
} formats[] = {
	{ "gen9 565", "skl", 0, 0x8e000000, 0x0000fc10, 0xff8284 },
	{ "gen9 xrgb", "skl", 1, 0x84000000, 0x77123456, 0x123456 },
	{ "gen9 xbgr", "skl", 2, 0x84100000, 0x77123456, 0x563412 },
	{ "gen9 xrgb 10", "skl", 0, 0x82000000,
	  0x3ffU << 20 | 0x200 << 10 | 0x004, 0xff8001 },
	{ "gen9 xbgr 10", "skl", 0, 0x82100000,
	  0x3ffU << 20 | 0x200 << 10 | 0x004, 0x0180ff },
	{ "gen9 yuv", "skl", 0, 0x80000000, 0xffffffff, 0 },
	{ "gen9 Yf", "skl", 0, 0x84001400, 0xffffffff, 0 },
	{ "gen9 off", "skl", 0, 0x04000000, 0xffffffff, 0 },
	{ "gen8 565", "bdw", 0, 0x94000000, 0x0000fc10, 0xff8284 },
	{ "gen8 xrgb", "bdw", 0, 0x98000000, 0x77123456, 0x123456 },
	{ "gen8 xbgr", "bdw", 0, 0xb8000000, 0x77123456, 0x563412 },
	{ "gen8 xrgb 10", "bdw", 0, 0xa8000000,
	  0x3ffU << 20 | 0x200 << 10 | 0x004, 0xff8001 },
	{ "gen8 xbgr 10", "bdw", 0, 0xa0000000,
	  0x3ffU << 20 | 0x200 << 10 | 0x004, 0x0180ff },
	{ "gen8 indexed", "bdw", 0, 0x88000000, 0xffffffff, 0 },
	{ "gen8 sprite xrgb", "bdw", 1, 0x84000000, 0x77123456, 0x123456 },
	{ "gen8 sprite xbgr", "bdw", 1, 0x84100000, 0x77123456, 0x563412 },
	{ "gen8 sprite xrgb 10", "bdw", 1, 0x82000000,
	  0x3ffU << 20 | 0x200 << 10 | 0x004, 0xff8001 },
	{ "gen8 has no third plane", "bdw", 2, 0x84000000, 0xffffffff, 0 },
};
/* clang-format on */

static void test_formats(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(formats) / sizeof(*formats); i++) {
		struct screen s;
		struct plane_setup p = {
			.plane = formats[i].plane, .ctl = formats[i].ctl,
			.surf = SURF,
		};

		screen_init(&s, formats[i].platform, 0);
		*word(&s, 0, 0) = formats[i].raw;
		set_plane(&s, &p);
		look(&s);
		if (pixel(&s, 0, 0) != formats[i].shown)
			fail_msg("%s: 0x%06x", formats[i].name,
				 pixel(&s, 0, 0));
		screen_fini(&s);
	}
}

/* Returns the offset of a pixel in a surface, as the PRM defines it. */
static uint32_t at(char tiling, uint32_t x, uint32_t y)
{
	uint32_t w = tiling == 'Y' ? 128 : 512, h = tiling == 'Y' ? 32 : 8;
	uint32_t tile = y / h * (PITCH / w) + 4 * x / w, in_x = 4 * x % w;

	if (tiling == 'L')
		return y * PITCH + 4 * x;
	y %= h;
	return tile * 4096 + (tiling == 'Y' ?
		in_x / 16 * 512 + y * 16 + in_x % 16 : y * 512 + in_x);
}

static void test_tilings(void **state)
{
	static const struct {
		const char *platform;
		char tiling;
		uint32_t ctl, stride;
	} cases[] = {
		{ "skl", 'L', GEN9_XRGB, PITCH / 64 },
		{ "skl", 'X', GEN9_XRGB | 1U << 10, PITCH / 512 },
		{ "skl", 'Y', GEN9_XRGB | 4U << 10, PITCH / 128 },
		{ "bdw", 'L', GEN8_XRGB, PITCH },
		{ "bdw", 'X', GEN8_XRGB | 1U << 10, PITCH },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		/* consecutive formats are on different pipes */
		unsigned int pipe = (unsigned int)i % 3;
		struct screen s;
		struct plane_setup p = {
			.ctl = cases[i].ctl, .stride = cases[i].stride,
			.size = (HEIGHT - 6) << 16 | (WIDTH - 4), .surf = SURF,
			.offset = 5 << 16 | 3,
		};

		screen_init(&s, cases[i].platform, pipe);
		for (uint32_t y = 0; y < HEIGHT; y++)
			for (uint32_t x = 0; x < WIDTH; x++)
				*word(&s, 0, at(cases[i].tiling, x, y)) =
					pattern(x, y);
		set_plane(&s, &p);
		look(&s);
		for (uint32_t y = 0; y < HEIGHT - 5; y++)
			for (uint32_t x = 0; x < WIDTH - 3; x++)
				assert_int_equal(pixel(&s, x, y),
						 pattern(x + 3, y + 5));
		screen_fini(&s);
	}
}

/* Fill pages with the value of one pixel. */
static void fill(struct screen *s, uint32_t page, uint32_t pages, uint32_t raw)
{
	for (uint32_t i = 0; i < pages * 1024; i++)
		*word(s, page, 4 * i) = raw;
}

/*
 * On Gen9, planes with higher numbers are drawn over planes with lower numbers,
 * with alpha or without.
 */
static void test_order(void **state)
{
	static const struct {
		uint32_t alpha;
		uint32_t shown;
	} cases[] = {
		{ 0U << 4, 0x404040 },
		{ 2U << 4, 0x40bf40 },	/* premultiplied: 0x40 plus half of the
					 * colour below */
		{ 3U << 4, 0x209f20 },
	};
	struct plane_setup low = {
		.plane = 0, .ctl = GEN9_XRGB, .stride = PITCH / 64,
		.size = (HEIGHT - 1) << 16 | (WIDTH - 1), .surf = SURF,
	};
	struct plane_setup high = {
		.plane = 2, .stride = PITCH / 64, .surf = SECOND_SURF,
		.pos = 10 << 16 | 20, .size = 4 << 16 | 9,
	};
	struct screen s;

	(void)state;
	screen_init(&s, "skl", 0);
	fill(&s, 0, 16, 0x0000ff00);
	fill(&s, SECOND_PAGE, 16, 0x80404040);
	set_plane(&s, &low);
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		high.ctl = GEN9_XRGB | cases[i].alpha;
		set_plane(&s, &high);
		look(&s);
		assert_int_equal(pixel(&s, 20, 10), cases[i].shown);
		assert_int_equal(pixel(&s, 29, 14), cases[i].shown);
		assert_int_equal(pixel(&s, 19, 10), 0x00ff00);
		assert_int_equal(pixel(&s, 30, 14), 0x00ff00);
		assert_int_equal(pixel(&s, 20, 9), 0x00ff00);
		assert_int_equal(pixel(&s, 20, 15), 0x00ff00);
	}
	/*
	 * if a plane extends beyond the picture's edges, only the part inside
	 * the picture is drawn
	 */
	high.pos = (HEIGHT - 1) << 16 | (WIDTH - 1);
	set_plane(&s, &high);
	look(&s);
	assert_int_equal(pixel(&s, WIDTH - 1, HEIGHT - 1), 0x209f20);
	high.pos = HEIGHT << 16 | 0xffff;
	set_plane(&s, &high);
	look(&s);
	assert_int_equal(pixel(&s, WIDTH - 1, HEIGHT - 1), 0x00ff00);
	screen_fini(&s);
}

static void test_sprite(void **state)
{
	struct plane_setup low = {
		.ctl = GEN8_XRGB, .stride = PITCH, .surf = SURF,
	};
	struct plane_setup sprite = {
		.plane = 1, .ctl = SPRITE_XRGB, .stride = 256,
		.surf = SECOND_SURF, .pos = 10 << 16 | 20,
		.size = 4 << 16 | 9,
	};
	struct screen s;

	(void)state;
	screen_init(&s, "bdw", 0);
	fill(&s, 0, 16, 0x0000ff00);
	fill(&s, SECOND_PAGE, 1, 0x00404040);
	set_plane(&s, &low);
	set_plane(&s, &sprite);
	look(&s);
	assert_int_equal(pixel(&s, 20, 10), 0x404040);
	assert_int_equal(pixel(&s, 29, 14), 0x404040);
	assert_int_equal(pixel(&s, 30, 14), 0x00ff00);
	assert_int_equal(pixel(&s, WIDTH - 1, HEIGHT - 1), 0x00ff00);
	screen_fini(&s);
}

static void test_cursor(void **state)
{
	static const struct {
		uint32_t mode, side;
	} modes[] = { { 0x27, 64 }, { 0x22, 128 }, { 0x23, 256 } };
	struct plane_setup low = {
		.ctl = GEN9_XRGB, .stride = PITCH / 64, .surf = SURF,
		.size = (HEIGHT - 1) << 16 | (WIDTH - 1),
	};
	struct screen s;

	(void)state;
	screen_init(&s, "skl", 0);
	fill(&s, 0, 16, 0x00ffffff);
	set_plane(&s, &low);
	/* four pixels: opaque, half transparent, transparent, additive */
	fill(&s, CURSOR_PAGE, 16, 0xff0000ff);
	*word(&s, CURSOR_PAGE, 4) = 0x80800000;
	*word(&s, CURSOR_PAGE, 8) = 0x00000000;
	*word(&s, CURSOR_PAGE, 12) = 0x00204060;
	set_cursor(&s, 0x27, 5 << 16 | 7, 0);
	look(&s);
	assert_int_equal(pixel(&s, 6, 5), 0xffffff);
	assert_int_equal(pixel(&s, 7, 5), 0x0000ff);
	assert_int_equal(pixel(&s, 8, 5), 0xff7f7f);
	assert_int_equal(pixel(&s, 9, 5), 0xffffff);
	assert_int_equal(pixel(&s, 10, 5), 0xffffff);
	assert_int_equal(pixel(&s, 7 + 63, HEIGHT - 1), 0x0000ff);
	assert_int_equal(pixel(&s, 7 + 64, HEIGHT - 1), 0xffffff);
	/*
	 * a cursor that is partly outside, on the left and above, and that is
	 * not square
	 */
	fill(&s, CURSOR_PAGE, 1, 0xff0000ff);
	set_cursor(&s, 0x27, 0x803e8001, 0x8000003f);
	look(&s);
	assert_int_equal(pixel(&s, 62, 1), 0x0000ff);
	assert_int_equal(pixel(&s, 63, 1), 0xffffff);
	assert_int_equal(pixel(&s, 62, 2), 0xffffff);
	for (size_t i = 0; i < 3; i++) {
		uint32_t last = modes[i].side - 1 < WIDTH - 1 ?
			modes[i].side - 1 : WIDTH - 1;

		set_cursor(&s, modes[i].mode, 0, 0x80000009);
		look(&s);
		assert_int_equal(pixel(&s, last, 9), 0x0000ff);
		assert_int_equal(pixel(&s, last, 10), 0xffffff);
	}
	/* the cursor without alpha, and off */
	set_cursor(&s, 0x07, 0, 0);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 0xffffff);
	screen_fini(&s);
}

/*
 * A change of a plane's registers is visible only after the plane's surface
 * register was written and a blank came.
 */
static void test_latched(void **state)
{
	struct plane_setup p = {
		.ctl = GEN9_XRGB, .stride = PITCH / 64, .surf = SURF,
		.size = (HEIGHT - 1) << 16 | (WIDTH - 1),
	};
	struct screen s;

	(void)state;
	screen_init(&s, "skl", 0);
	fill(&s, 0, 1, 1);
	fill(&s, SECOND_PAGE, 1, 2);
	set_plane(&s, &p);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 1);
	wr(s.m, PLANE(0), 0);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 1);
	wr(s.m, PLANE(0), GEN9_XRGB);
	wr(s.m, PLANE(0) + 0x1c, SECOND_SURF);
	assert_int_equal(xengt_sim_picture(s.m->sim, 0, s.rgb, sizeof(s.rgb)),
			 0);
	assert_int_equal(pixel(&s, 0, 0), 1);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 2);
	screen_fini(&s);
}

static void test_limits(void **state)
{
	struct plane_setup p = {
		.ctl = GEN9_XRGB | 1U << 10, .stride = 0xffffffff,
		.surf = 0xffffffff, .offset = 0xffffffff,
		.size = 0xffffffff,
	};
	unsigned int w = 1, h = 1;
	struct screen s;

	(void)state;
	screen_init(&s, "skl", 0);
	assert_int_equal(xengt_sim_picture_size(s.m->sim, 3, &w, &h), -EINVAL);
	assert_int_equal(xengt_sim_picture_size(s.m->sim, 1, &w, &h), -ENODEV);
	assert_int_equal(w, 1);
	assert_int_equal(xengt_sim_picture_size(s.m->sim, 0, &w, &h), 0);
	assert_int_equal(w, WIDTH);
	assert_int_equal(h, HEIGHT);
	assert_int_equal(xengt_sim_picture(s.m->sim, 0, s.rgb,
					   sizeof(s.rgb) - 1), -ENOSPC);
	/*
	 * a surface beyond the GGTT, with all fields at their maximum, is black
	 */
	set_plane(&s, &p);
	look(&s);
	assert_int_equal(pixel(&s, WIDTH - 1, HEIGHT - 1), 0);
	/* an address without memory */
	p = (struct plane_setup){
		.ctl = GEN9_XRGB, .stride = PITCH / 64, .surf = 0x10000000,
		.size = (HEIGHT - 1) << 16 | (WIDTH - 1),
	};
	set_plane(&s, &p);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 0);
	assert_true(stats_of(s.m).gtt_faults > 0);
	/* the display needs bus mastering, too */
	fill(&s, 0, 1, 5);
	p.surf = SURF;
	set_plane(&s, &p);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 5);
	assert_true(stats_of(s.m).gpu_accesses > HEIGHT);
	xengt_sim_cfg_write(s.m->sim, 0x04, 2, 0x0002);
	look(&s);
	assert_int_equal(pixel(&s, 0, 0), 0);
	wr(s.m, REG_PIPE_SRCSZ, 4096U << 16);
	assert_int_equal(xengt_sim_picture_size(s.m->sim, 0, &w, &h), -E2BIG);
	screen_fini(&s);
}

static uint32_t next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	return *seed ^= *seed << 5;
}

/*
 * Whatever values the registers have, there is a picture, and no buffer
 * overruns.
 */
static void test_any_registers(void **state)
{
	uint32_t seed = 0x5eed;
	struct screen s;

	(void)state;
	for (unsigned int gen = 0; gen < 2; gen++) {
		screen_init(&s, gen ? "skl" : "bdw", 0);
		for (unsigned int i = 0; i < 500; i++) {
			for (uint32_t off = 0x80; off < 0x500; off += 4) {
				uint32_t val = next_random(&seed);

				/*
				 * often switch planes on, in some format, and
				 * make them small
				 */
				if ((off & 0xff) == 0x80 && off > 0x100)
					val |= 0x80000000U;
				else if (i & 1)
					val &= 0x007f007f;
				wr(s.m, REG_PIPE_SCANLINE + off, val);
			}
			look(&s);
		}
		screen_fini(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_tilings),
		cmocka_unit_test(test_order),
		cmocka_unit_test(test_sprite),
		cmocka_unit_test(test_cursor),
		cmocka_unit_test(test_latched),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_any_registers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
