/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests screenshots, with every tiling and pixel format, with the cursor, and with
 * registers of random values. The test writes a picture into scattered pages of guest
 * memory, byte by byte in the order of memory, while the decoder reads it pixel by pixel.
 */
#include "rig.h"

#include <errno.h>

#include "core/scanout.h"

#define WIDTH		200u
#define HEIGHT		100u
#define FRAMES		256u
#define SURF		(RIG_LOW_BASE + 0x40000)
#define CURSOR		(RIG_HIGH_BASE)
#define CURSOR_FRAME	200u

enum layout { LAYOUT_LINEAR, LAYOUT_X, LAYOUT_Y };

struct shape {
	enum layout layout;
	uint32_t stride;	/* bytes from row to row */
	uint32_t bytes;		/* bytes of a pixel */
};

/*
 * Returns the colour that the test gives to the pixel at x, y. The colours use all bits.
 */
static uint32_t colour_of(uint32_t x, uint32_t y)
{
	return (x * 2654435761u ^ y * 40503u * 65537u) & 0xffffff;
}

/* Finds the place in the picture of byte n of a surface's memory: x, in bytes, and y. */
static void place(const struct shape *s, uint32_t n, uint32_t *x, uint32_t *y)
{
	uint32_t tile = n / 4096, in = n % 4096, row;

	switch (s->layout) {
	case LAYOUT_LINEAR:
		*x = n % s->stride;
		*y = n / s->stride;
		return;
	case LAYOUT_X:
		row = s->stride / 512;
		*x = tile % row * 512 + (in & 0x1ff);
		*y = tile / row * 8 + (in >> 9);
		return;
	default:
		row = s->stride / 128;
		/* bits 3:0 and 11:9 of the address come from x, bits 8:4 from y */
		*x = tile % row * 128 + (in >> 9) * 16 + (in & 0xf);
		*y = tile / row * 32 + (in >> 4 & 0x1f);
		return;
	}
}

/* Returns the guest frame of page n of the surface: 1 + (7 n modulo a prime). */
static uint32_t frame_of(uint32_t n)
{
	return 1 + n * 7 % 191;
}

static void map_surface(struct rig *rig)
{
	for (uint32_t n = 0; n < 150; n++)
		rig_write(rig, (uint32_t)(XENGT_MMIO_GGTT_OFF +
					  (SURF / 4096 + n) * 8), 8,
			  (uint64_t)frame_of(n) << 12 | 1);
}

static void poke_ram(struct rig *rig, uint32_t frame, uint32_t at, uint8_t val)
{
	uint64_t mfn = xengt_hv_fake_mfn(rig->fake, gfn(frame));

	xengt_fake_frame_at(xengt_hv_fake_machine(rig->fake), mfn)[at] = val;
}

/*
 * Writes a picture into the surface. encode() returns a colour's pixel as it is in memory.
 */
static void paint(struct rig *rig, const struct shape *s, uint32_t first_x,
		  uint32_t first_y, uint32_t (*encode)(uint32_t rgb))
{
	uint32_t total = s->stride * ((first_y + HEIGHT + 31) / 32 * 32);

	for (uint32_t n = 0; n < total; n++) {
		uint32_t x, y, pixel;

		place(s, n, &x, &y);
		pixel = encode(colour_of(x / s->bytes - first_x, y - first_y));
		poke_ram(rig, frame_of(n / 4096), n % 4096,
			 (uint8_t)(pixel >> 8 * (x % s->bytes)));
	}
}

static uint32_t to_xrgb8888(uint32_t rgb)
{
	return rgb | 0xa5000000;
}

static uint32_t to_xbgr8888(uint32_t rgb)
{
	return rgb >> 16 | (rgb & 0xff00) | (rgb & 0xff) << 16;
}

static uint32_t to_rgb565(uint32_t rgb)
{
	return (rgb >> 19 & 0x1f) << 11 | (rgb >> 10 & 0x3f) << 5 |
	       (rgb >> 3 & 0x1f);
}

static uint32_t to_xrgb2101010(uint32_t rgb)
{
	return (rgb >> 16 & 0xff) << 22 | (rgb >> 8 & 0xff) << 12 |
	       (rgb & 0xff) << 2 | 0x00100401;
}

static uint32_t to_xbgr2101010(uint32_t rgb)
{
	return (rgb & 0xff) << 22 | (rgb >> 8 & 0xff) << 12 |
	       (rgb >> 16 & 0xff) << 2;
}

/*
 * Returns a colour after its conversion to 16 bits and back. 255 stays 255, and 0 stays 0.
 */
static uint32_t through_565(uint32_t rgb)
{
	uint32_t r = rgb >> 19 & 0x1f, g = rgb >> 10 & 0x3f, b = rgb >> 3 & 0x1f;

	return (r * 8 + r / 4) << 16 | (g * 4 + g / 16) << 8 | (b * 8 + b / 4);
}

static uint32_t exactly(uint32_t rgb)
{
	return rgb;
}

static uint8_t *rgb_buffer(void)
{
	static uint8_t *rgb;

	if (!rgb)
		rgb = malloc(XENGT_PICTURE_MAX_BYTES);
	assert_non_null(rgb);
	return rgb;
}

static uint32_t shown(const uint8_t *rgb, uint32_t x, uint32_t y)
{
	const uint8_t *p = rgb + 3 * (y * WIDTH + x);

	return (uint32_t)p[0] << 16 | p[1] << 8 | p[2];
}

static void setup_rig(struct rig *rig, enum xengt_platform_id platform)
{
	rig_prepare_ram(rig, platform, FRAMES);
	rig_create(rig);
	rig_decode(rig);
	map_surface(rig);
}

static void light(struct rig *rig, uint32_t pipe, uint32_t ctl,
		  uint32_t stride_field)
{
	uint32_t at = pipe * 0x1000;

	rig_write(rig, REG_PIPE_SRCSZ + at, 4, (WIDTH - 1) << 16 | (HEIGHT - 1));
	rig_write(rig, REG_HTOTAL + at, 4, 299u << 16 | 199);
	rig_write(rig, REG_VTOTAL + at, 4, 149u << 16 | 99);
	rig_write(rig, REG_PIPE_CONF + at, 4, 0x80000000);
	rig_write(rig, REG_PLANE_CTL_1 + at, 4, ctl);
	rig_write(rig, REG_PLANE_STRIDE_1 + at, 4, stride_field);
	rig_write(rig, REG_PLANE_SIZE_1 + at, 4, (HEIGHT - 1) << 16 | (WIDTH - 1));
	rig_write(rig, REG_PLANE_SURF_1 + at, 4, SURF);
	xengt_hv_fake_advance(rig->fake, 20000000);
}

/* Take a screenshot of the whole screen. */
static const uint8_t *draw(struct rig *rig)
{
	uint8_t *rgb = rgb_buffer();
	uint32_t width, height;

	assert_int_equal(xengt_scanout_draw(rig->vgpu, rgb, &width, &height),
			 0);
	assert_int_equal(width, WIDTH);
	assert_int_equal(height, HEIGHT);
	return rgb;
}

/* Take a screenshot, which must fail. Returns the error. */
static int draw_error(struct rig *rig)
{
	uint32_t width = 7, height = 7;
	int r = xengt_scanout_draw(rig->vgpu, rgb_buffer(), &width, &height);

	assert_int_equal(width, 7);
	assert_int_equal(height, 7);
	return r;
}

static void expect(struct rig *rig, uint32_t (*want)(uint32_t rgb))
{
	const uint8_t *rgb = draw(rig);

	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++)
			assert_int_equal(shown(rgb, x, y),
					 want(colour_of(x, y)));
}

/*
 * Make a rig whose screen shows lines of 32-bit pixels that follow each other
 * in memory.
 */
static void setup_lines(struct rig *rig, uint32_t ctl)
{
	const struct shape shape = { LAYOUT_LINEAR, 832, 4 };

	setup_rig(rig, XENGT_PLATFORM_SKL);
	paint(rig, &shape, 0, 0, to_xrgb8888);
	light(rig, 0, ctl, 13);
}

static const struct {
	enum xengt_platform_id platform;
	struct shape shape;
	uint32_t ctl, stride_field;
	uint32_t (*encode)(uint32_t rgb);
	uint32_t (*want)(uint32_t rgb);
} cases[] = {
	{ XENGT_PLATFORM_SKL, { LAYOUT_LINEAR, 832, 4 }, 0x84000000, 13,
	  to_xrgb8888, exactly },
	{ XENGT_PLATFORM_SKL, { LAYOUT_X, 1024, 4 }, 0x84000400, 2,
	  to_xrgb8888, exactly },
	{ XENGT_PLATFORM_SKL, { LAYOUT_Y, 896, 4 }, 0x84001000, 7,
	  to_xrgb8888, exactly },
	{ XENGT_PLATFORM_SKL, { LAYOUT_Y, 896, 4 }, 0x84101000, 7,
	  to_xbgr8888, exactly },
	{ XENGT_PLATFORM_SKL, { LAYOUT_LINEAR, 448, 2 }, 0x8e000000, 7,
	  to_rgb565, through_565 },
	{ XENGT_PLATFORM_SKL, { LAYOUT_Y, 512, 2 }, 0x8e001000, 4,
	  to_rgb565, through_565 },
	{ XENGT_PLATFORM_SKL, { LAYOUT_X, 1024, 4 }, 0x82000400, 2,
	  to_xrgb2101010, exactly },
	{ XENGT_PLATFORM_SKL, { LAYOUT_LINEAR, 1024, 4 }, 0x82100000, 16,
	  to_xbgr2101010, exactly },
	{ XENGT_PLATFORM_BDW, { LAYOUT_LINEAR, 832, 4 }, 6u << 26 | 1u << 31,
	  832, to_xrgb8888, exactly },
	{ XENGT_PLATFORM_BDW, { LAYOUT_X, 1024, 4 },
	  6u << 26 | 1u << 31 | 1u << 10, 1024, to_xrgb8888, exactly },
	{ XENGT_PLATFORM_BDW, { LAYOUT_X, 1024, 4 },
	  14u << 26 | 1u << 31 | 1u << 10, 1024, to_xbgr8888, exactly },
	{ XENGT_PLATFORM_BDW, { LAYOUT_X, 512, 2 },
	  5u << 26 | 1u << 31 | 1u << 10, 512, to_rgb565, through_565 },
	{ XENGT_PLATFORM_BDW, { LAYOUT_LINEAR, 832, 4 }, 10u << 26 | 1u << 31,
	  832, to_xrgb2101010, exactly },
};

/* The number of pages of a surface that have a visible pixel. */
static uint32_t pages_of(const struct shape *s)
{
	switch (s->layout) {
	case LAYOUT_X:
		return s->stride / 512 * ((HEIGHT + 7) / 8);
	case LAYOUT_Y:
		return s->stride / 128 * ((HEIGHT + 31) / 32);
	default:
		return (s->stride * (HEIGHT - 1) + WIDTH * s->bytes + 4095) / 4096;
	}
}

/* Each format and tiling gives the right picture, and each page of the picture is read once. */
static void every_format(void **state)
{
	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		uint32_t reads;
		struct rig rig;

		setup_rig(&rig, cases[i].platform);
		paint(&rig, &cases[i].shape, 0, 0, cases[i].encode);
		/* bit 0 has no meaning on Broadwell; on Skylake it rotates the picture */
		light(&rig, 0, cases[i].ctl | (cases[i].platform == XENGT_PLATFORM_BDW),
		      cases[i].stride_field);
		reads = xengt_hv_fake_calls(rig.fake, XENGT_HV_FAKE_READ);
		expect(&rig, cases[i].want);
		assert_int_equal(xengt_hv_fake_calls(rig.fake, XENGT_HV_FAKE_READ) - reads,
				 pages_of(&cases[i].shape));
		rig_destroy(&rig);
	}
}

static void other_pipe_and_offset(void **state)
{
	const struct shape shape = { LAYOUT_X, 1536, 4 };
	struct rig rig;

	(void)state;
	setup_rig(&rig, XENGT_PLATFORM_SKL);
	paint(&rig, &shape, 30, 11, to_xrgb8888);
	light(&rig, 2, 0x84000400, 3);
	rig_write(&rig, PIPE_C(REG_PLANE_OFFSET_1), 4, 11u << 16 | 30);
	expect(&rig, exactly);
	rig_destroy(&rig);
}

static void turned(void **state)
{
	const uint8_t *rgb;
	struct rig rig;

	(void)state;
	setup_lines(&rig, 0x84000002);
	rgb = draw(&rig);
	for (uint32_t y = 0; y < HEIGHT; y++)
		for (uint32_t x = 0; x < WIDTH; x++)
			assert_int_equal(shown(rgb, x, y),
					 colour_of(WIDTH - 1 - x,
						   HEIGHT - 1 - y));
	rig_destroy(&rig);
}

/*
 * If the plane is smaller than the screen, the rest of the picture is black. A page of the
 * plane without memory is black, too.
 */
static void black_where_nothing_is(void **state)
{
	const uint8_t *rgb;
	struct rig rig;

	(void)state;
	setup_lines(&rig, 0x84000000);
	rig_write(&rig, REG_PLANE_POS_1, 4, 20u << 16 | 50);
	rig_write(&rig, REG_PLANE_SIZE_1, 4, 39u << 16 | 79);
	/* the entry has the number of a page of the picture, but is not present */
	rig_write(&rig, (uint32_t)(XENGT_MMIO_GGTT_OFF + SURF / 4096 * 8), 8,
		  (uint64_t)frame_of(0) << 12);
	rgb = draw(&rig);
	for (uint32_t y = 0; y < HEIGHT; y++) {
		for (uint32_t x = 0; x < WIDTH; x++) {
			uint32_t sx = x - 50, sy = y - 20;
			bool is_there = sx < 80 && sy < 40 &&
					sy * 832 + sx * 4 >= 4096;

			assert_int_equal(shown(rgb, x, y),
					 is_there ? colour_of(sx, sy) : 0);
		}
	}
	rig_destroy(&rig);
}

static void paint_cursor(struct rig *rig)
{
	for (uint32_t page = 0; page < 4; page++)
		rig_write(rig, (uint32_t)(XENGT_MMIO_GGTT_OFF +
					  (CURSOR / 4096 + page) * 8), 8,
			  (uint64_t)(CURSOR_FRAME + page) << 12 | 1);
	for (uint32_t n = 0; n < 64 * 64; n++) {
		/*
		 * on the left opaque white, in the middle red at half strength, on the
		 * right transparent
		 */
		uint32_t x = n % 64, argb = x < 20 ? 0xffffffff :
			x < 40 ? 0x80800000 : 0;

		for (uint32_t i = 0; i < 4; i++)
			poke_ram(rig, CURSOR_FRAME + n / 1024,
				 n % 1024 * 4 + i, (uint8_t)(argb >> 8 * i));
	}
}

static void check_cursor(const uint8_t *rgb, int32_t at_x, int32_t at_y,
			 int32_t rows)
{
	for (int32_t y = 0; y < (int32_t)HEIGHT; y++) {
		for (int32_t x = 0; x < (int32_t)WIDTH; x++) {
			uint32_t below = colour_of((uint32_t)x, (uint32_t)y);
			uint32_t got = shown(rgb, (uint32_t)x, (uint32_t)y);
			int32_t cx = x - at_x, cy = y - at_y;

			if (cx < 0 || cy < 0 || cx >= 40 || cy >= rows) {
				assert_int_equal(got, below);
			} else if (cx < 20) {
				assert_int_equal(got, 0xffffff);
			} else {
				/*
				 * the pixel must be the mean of red and of the colour
				 * below the cursor
				 */
				assert_in_range((got & 0xff) * 2 + 2,
						below & 0xff,
						(below & 0xff) + 4);
				assert_true(got >> 16 >= 0x80);
			}
		}
	}
}

static void cursor(void **state)
{
	static const struct { int32_t x, y; uint32_t pos; } places[] = {
		{ 60, 25, 25u << 16 | 60 },
		{ -10, -5, 0x8005800a },
		{ 190, 90, 90u << 16 | 190 },
		{ 500, 500, 500u << 16 | 500 },
	};
	struct rig rig;

	(void)state;
	setup_lines(&rig, 0x84000000);
	paint_cursor(&rig);
	rig_write(&rig, REG_CUR_CTL, 4, 0x27);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(places); i++) {
		rig_write(&rig, REG_CUR_POS, 4, places[i].pos);
		rig_write(&rig, REG_CUR_BASE, 4, CURSOR);
		xengt_hv_fake_advance(rig.fake, 20000000);
		check_cursor(draw(&rig), places[i].x, places[i].y, 64);
	}
	/* first a cursor with fewer rows; then no cursor */
	rig_write(&rig, REG_CUR_POS, 4, places[0].pos);
	rig_write(&rig, REG_CUR_FBC_CTL, 4, 0x80000000 | 15);
	check_cursor(draw(&rig), 60, 25, 16);
	rig_write(&rig, REG_CUR_CTL, 4, 0);
	expect(&rig, exactly);
	rig_destroy(&rig);
}

static void refusals(void **state)
{
	/*
	 * formats that the device cannot decode: YUV, P010, float, indexed, 16-bit BGR;
	 * tilings Yf and unknown; rotations by 90 and 270 degrees; compressed surfaces
	 */
	static const uint32_t ctl[] = {
		0x80000000, 0x83000000, 0x86000000, 0x8c000000, 0x8e100000,
		0x84001400, 0x84000800, 0x84000001, 0x84000003, 0x84008000,
	};
	struct rig *rig = *state;

	assert_int_equal(draw_error(rig), -ENODATA);
	light(rig, 0, 0, 13);
	assert_int_equal(draw_error(rig), -ENODATA);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(ctl); i++) {
		rig_write(rig, REG_PLANE_CTL_1, 4, ctl[i]);
		assert_int_equal(draw_error(rig), -EOPNOTSUPP);
	}
	rig_write(rig, REG_PLANE_CTL_1, 4, 0x84000000);
	rig_write(rig, REG_PIPE_SRCSZ, 4, 4096u << 16 | 10);
	assert_int_equal(draw_error(rig), -E2BIG);
	rig_write(rig, REG_PIPE_SRCSZ, 4, 10u << 16 | 10);
	xengt_vgpu_unplug(rig->vgpu);
	assert_int_equal(draw_error(rig), -ENODATA);
}

/* The largest pictures, and pictures that are one pixel larger. */
static void how_large_it_may_be(void **state)
{
	static const struct {
		uint32_t width, height;
	} sizes[] = { { XENGT_PICTURE_MAX_SIDE, 1 }, { 1, XENGT_PICTURE_MAX_SIDE } };
	struct rig *rig = *state;

	light(rig, 0, 0x84000000, 13);
	for (int i = 0; i < 2; i++) {
		uint32_t width, height;

		rig_write(rig, REG_PIPE_SRCSZ, 4,
			  (sizes[i].width - 1) << 16 | (sizes[i].height - 1));
		assert_int_equal(xengt_scanout_draw(rig->vgpu, rgb_buffer(), &width,
						    &height), 0);
		assert_int_equal(width, sizes[i].width);
		assert_int_equal(height, sizes[i].height);
		rig_write(rig, REG_PIPE_SRCSZ, 4,
			  (sizes[i].width - i) << 16 | (sizes[i].height - !i));
		assert_int_equal(draw_error(rig), -E2BIG);
	}
}

static uint32_t seed = 11;

static uint32_t any(void)
{
	seed = seed * 1664525u + 1013904223u;
	return seed ^ seed >> 15;
}

/* Whatever values the registers have, the result is a picture or an error. */
static void nonsense(void **state)
{
	static const uint32_t regs[] = {
		0x70080, 0x70084, 0x70088, 0x700a0, 0x70188, 0x7018c, 0x70190,
		0x7019c, 0x701a4,
	};
	struct rig *rig = *state;
	uint32_t width, height, drawn = 0;

	light(rig, 0, 0x84000000, 13);
	for (int i = 0; i < 1000; i++) {
		for (size_t r = 0; r < XENGT_ARRAY_SIZE(regs); r++)
			rig_write(rig, regs[r], 4, any());
		rig_write(rig, REG_PLANE_CTL_1, 4, 0x80000000 | (any() & 0x0f101c03));
		rig_write(rig, REG_PIPE_SRCSZ, 4, any() & 0x007f003f);
		xengt_hv_fake_advance(rig->fake, 20000000);
		drawn += !xengt_scanout_draw(rig->vgpu, rgb_buffer(), &width,
					     &height);
	}
	assert_in_range(drawn, 10, 999);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_format),
		cmocka_unit_test(other_pipe_and_offset),
		cmocka_unit_test(turned),
		cmocka_unit_test(black_where_nothing_is),
		cmocka_unit_test(cursor),
		rig_test(refusals),
		rig_test(how_large_it_may_be),
		rig_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
