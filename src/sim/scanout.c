// SPDX-License-Identifier: GPL-2.0-only
/*
 * Draws the picture that a pipe shows: planes from bottom to top, then the
 * cursor.
 *
 * The values of the planes' registers are those that the last vertical blank
 * latched. On Gen8 the primary plane covers the pipe, and the sprite is above
 * the primary plane. On Gen9 all planes are alike; a plane is above the planes
 * with lower numbers. Surfaces are linear, X-tiled or (only on Gen9) Y-tiled.
 * Pixels with 5 to 10 bits per colour are converted to 8 bits per colour.
 * Memory is read as the display reads it, through the GGTT and its TLB, and the
 * judge checks each access.
 *
 * A plane whose format or tiling this file does not support is not drawn: YUV,
 * indexed and floating point pixels, Yf tiles. Not modelled: scaling, rotation,
 * colour keys, gamma, colour correction and range, the border around a picture.
 */
#include "sim/display.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "sim/tile.h"

#include <errno.h>
#include <string.h>

#define PIPESRC		0x6001cU
#define PIPE_STRIDE	0x1000U
#define SIDE_MAX	XENGT_SIM_PICTURE_MAX

#define ENABLE		0x80000000U
#define SURF_ADDR	0xfffff000U
#define CUR_MODE	0x27U
#define CUR_HEIGHT_VALID 0x80000000U

enum pixel { RGB565, XRGB8888, XBGR8888, XRGB2101010, XBGR2101010 };

/*
 * The positions of red, green and blue in a pixel, which is a little-endian
 * number.
 */
struct pixel_desc {
	uint8_t bytes;
	struct {
		uint8_t shift;
		uint8_t bits;
	} ch[3];
};

/* clang-format off */
static const struct pixel_desc pixels[] = {
	[RGB565]      = { 2, { { 11, 5 }, { 5, 6 }, { 0, 5 } } },
	[XRGB8888]    = { 4, { { 16, 8 }, { 8, 8 }, { 0, 8 } } },
	[XBGR8888]    = { 4, { { 0, 8 }, { 8, 8 }, { 16, 8 } } },
	[XRGB2101010] = { 4, { { 20, 10 }, { 10, 10 }, { 0, 10 } } },
	[XBGR2101010] = { 4, { { 0, 10 }, { 10, 10 }, { 20, 10 } } },
};

/* The fields of a plane's control register, for one kind of plane. */
struct plane_kind {
	bool covers_pipe;		/* the plane has no registers for a
					 * position and a size */
	uint32_t format_mask;
	uint32_t alpha_mask;
	uint32_t tiling_mask;
	struct {
		uint32_t code;
		enum pixel pixel;
	} formats[8];
	unsigned int n_formats;
	struct {
		uint32_t code;
		enum sim_tiling tiling;
		uint32_t unit;		/* unit of the stride register, in
					 * bytes */
	} tilings[3];
	unsigned int n_tilings;
};

static const struct plane_kind gen8_primary = {
	.covers_pipe = true, .format_mask = 0xfU << 26, .tiling_mask = 1U << 10,
	.formats = { { 5U << 26, RGB565 }, { 6U << 26, XRGB8888 },
		     { 14U << 26, XBGR8888 }, { 10U << 26, XRGB2101010 },
		     { 8U << 26, XBGR2101010 } },
	.n_formats = 5,
	.tilings = { { 0, SIM_LINEAR, 1 }, { 1U << 10, SIM_TILE_X, 1 } },
	.n_tilings = 2,
};

static const struct plane_kind gen8_sprite = {
	.format_mask = 7U << 25 | 1U << 20, .tiling_mask = 1U << 10,
	.formats = { { 2U << 25, XRGB8888 },
		     { 2U << 25 | 1U << 20, XBGR8888 },
		     { 1U << 25, XRGB2101010 },
		     { 1U << 25 | 1U << 20, XBGR2101010 } },
	.n_formats = 4,
	.tilings = { { 0, SIM_LINEAR, 1 }, { 1U << 10, SIM_TILE_X, 1 } },
	.n_tilings = 2,
};

static const struct plane_kind gen9_plane = {
	.format_mask = 0xfU << 24 | 1U << 20, .alpha_mask = 3U << 4,
	.tiling_mask = 7U << 10,
	.formats = { { 14U << 24, RGB565 }, { 4U << 24, XRGB8888 },
		     { 4U << 24 | 1U << 20, XBGR8888 },
		     { 2U << 24, XRGB2101010 },
		     { 2U << 24 | 1U << 20, XBGR2101010 } },
	.n_formats = 5,
	.tilings = { { 0, SIM_LINEAR, 64 }, { 1U << 10, SIM_TILE_X, 512 },
		     { 4U << 10, SIM_TILE_Y, 128 } },
	.n_tilings = 3,
};

static const struct {
	uint32_t mode;
	unsigned int side;
} cursors[] = {
	{ 0x27, 64 }, { 0x22, 128 }, { 0x23, 256 },	/* all with 32-bit pixels and alpha */
};
/* clang-format on */

enum alpha {
	ALPHA_NONE = 0U << 4,		/* the values are those of Gen9's
					 * PLANE_CTL */
	ALPHA_PREMULTIPLIED = 2U << 4,
	ALPHA_COVERAGE = 3U << 4,
};

/* A plane or the cursor, with decoded registers. */
struct layer {
	uint64_t addr;
	uint32_t pitch;
	enum sim_tiling tiling;
	const struct pixel_desc *pixel;
	enum alpha alpha;
	int32_t x, y;			/* position of the layer in the
					 * picture */
	int32_t width, height;
	uint32_t src_x, src_y;		/* position of the layer's first pixel
					 * in the surface, in pixels and rows */
};

static bool set_format(struct layer *l, const struct plane_kind *kind,
		       const struct sim_plane *p)
{
	l->pixel = NULL;
	for (unsigned int i = 0; i < kind->n_formats; i++)
		if ((p->ctl & kind->format_mask) == kind->formats[i].code)
			l->pixel = &pixels[kind->formats[i].pixel];
	if (!l->pixel)
		return false;
	l->alpha = l->pixel->ch[0].bits == 8 ?
		(enum alpha)(p->ctl & kind->alpha_mask) : ALPHA_NONE;
	for (unsigned int i = 0; i < kind->n_tilings; i++) {
		if ((p->ctl & kind->tiling_mask) != kind->tilings[i].code)
			continue;
		l->tiling = kind->tilings[i].tiling;
		/*
		 * the unit of the stride register is a byte on Gen8, and
		 * tilings[].unit bytes on Gen9
		 */
		l->pitch = (p->stride & (kind->tilings[i].unit == 1 ? 0xffffU :
					 0xfffU)) * kind->tilings[i].unit;
		return true;
	}
	return false;
}

static bool set_plane(const struct xengt_sim *sim, unsigned int pipe,
		      unsigned int index, unsigned int width,
		      unsigned int height, struct layer *l)
{
	const struct sim_plane *p = &sim->display.pipe[pipe].plane[index];
	const struct plane_kind *kind = &gen9_plane;

	if (sim->plat->gen == SIM_GEN8) {
		if (index > 1)
			return false;
		kind = index ? &gen8_sprite : &gen8_primary;
	}
	if (!(p->ctl & ENABLE) || !set_format(l, kind, p))
		return false;
	l->addr = p->surf & SURF_ADDR;
	l->src_x = p->offset & 0xffff;
	l->src_y = p->offset >> 16;
	l->x = kind->covers_pipe ? 0 : (int32_t)(p->pos & 0xffff);
	l->y = kind->covers_pipe ? 0 : (int32_t)(p->pos >> 16);
	l->width = kind->covers_pipe ? (int32_t)width :
		(int32_t)(p->size & 0xffff) + 1;
	l->height = kind->covers_pipe ? (int32_t)height :
		(int32_t)(p->size >> 16) + 1;
	return true;
}

/*
 * Decode one half of the cursor's position register: a sign, and a magnitude of
 * 15 bits.
 */
static int32_t cursor_pos(uint32_t half)
{
	int32_t val = (int32_t)(half & 0x7fff);

	return half & 0x8000 ? -val : val;
}

static bool set_cursor(const struct xengt_sim *sim, unsigned int pipe,
		       struct layer *l)
{
	const struct sim_plane *p = &sim->display.pipe[pipe].plane[SIM_CURSOR];

	for (size_t i = 0; i < sizeof(cursors) / sizeof(cursors[0]); i++) {
		if ((p->ctl & CUR_MODE) != cursors[i].mode)
			continue;
		l->width = (int32_t)cursors[i].side;
		l->height = p->size & CUR_HEIGHT_VALID ?
			(int32_t)(p->size & 0xff) + 1 : l->width;
		l->addr = p->surf & SURF_ADDR;
		l->pitch = cursors[i].side * 4;
		l->tiling = SIM_LINEAR;
		l->pixel = &pixels[XRGB8888];
		l->alpha = ALPHA_PREMULTIPLIED;
		l->x = cursor_pos(p->pos);
		l->y = cursor_pos(p->pos >> 16);
		l->src_x = 0;
		l->src_y = 0;
		return true;
	}
	return false;
}

/* Read len bytes of a row. Bytes that cannot be read are 0. */
static void fetch(struct xengt_sim *sim, const struct layer *l, uint32_t x,
		  uint32_t y, uint8_t *buf, uint32_t len)
{
	memset(buf, 0, len);
	while (len) {
		uint32_t run;
		uint64_t at = l->addr +
			sim_tile_place(l->tiling, l->pitch, x, y, &run);

		if (run > len)
			run = len;
		(void)xengt_sim_gpu_access(sim, at, buf, run, false);
		x += run;
		buf += run;
		len -= run;
	}
}

/* Convert one colour of a pixel to eight bits. */
static uint32_t colour(const struct pixel_desc *d, uint32_t raw, int ch)
{
	unsigned int bits = d->ch[ch].bits;
	uint32_t val = raw >> d->ch[ch].shift & ((1U << bits) - 1);

	if (bits >= 8)
		return val >> (bits - 8);
	return val << (8 - bits) | val >> (2 * bits - 8);
}

/* Multiply two numbers from 0 to 1; 1 is stored as 255. */
static uint32_t times(uint32_t a, uint32_t b)
{
	return (a * b + 127) / 255;
}

static void put_pixel(const struct layer *l, uint32_t raw, uint8_t *rgb)
{
	uint32_t a = l->alpha == ALPHA_NONE ? 255 : raw >> 24;

	for (int ch = 0; ch < 3; ch++) {
		uint32_t val = colour(l->pixel, raw, ch);

		if (l->alpha == ALPHA_COVERAGE)
			val = times(val, a);
		val += times(rgb[ch], 255 - a);
		rgb[ch] = (uint8_t)(val > 255 ? 255 : val);
	}
}

static void draw_row(struct xengt_sim *sim, const struct layer *l,
		     unsigned int width, unsigned int y, uint8_t *rgb)
{
	uint8_t buf[SIDE_MAX * 4];
	int32_t row = (int32_t)y - l->y;
	int32_t from = l->x < 0 ? 0 : l->x;
	int32_t to = l->x + l->width;
	uint32_t bytes = l->pixel->bytes;

	if (to > (int32_t)width)
		to = (int32_t)width;
	if (row < 0 || row >= l->height || from >= to)
		return;
	fetch(sim, l, (l->src_x + (uint32_t)(from - l->x)) * bytes,
	      l->src_y + (uint32_t)row, buf, (uint32_t)(to - from) * bytes);
	for (int32_t x = from; x < to; x++) {
		uint32_t raw = 0;

		memcpy(&raw, buf + (uint32_t)(x - from) * bytes, bytes);
		put_pixel(l, raw, rgb + 3 * x);
	}
}

int xengt_sim_picture_size(const struct xengt_sim *sim, unsigned int pipe,
			   unsigned int *ret_width, unsigned int *ret_height)
{
	unsigned int width, height;
	uint32_t src;

	if (pipe >= SIM_PIPES)
		return -EINVAL;
	if (!sim->display.pipe[pipe].is_on ||
	    !sim->display.pipe[pipe].frame_ns)
		return -ENODEV;
	src = sim->regs[(PIPESRC + pipe * PIPE_STRIDE) / 4];
	width = (src >> 16) + 1;
	height = (src & 0xffff) + 1;
	if (width > SIDE_MAX || height > SIDE_MAX)
		return -E2BIG;
	*ret_width = width;
	*ret_height = height;
	return 0;
}

int xengt_sim_picture(struct xengt_sim *sim, unsigned int pipe, uint8_t *rgb,
		      size_t bytes)
{
	struct layer layer[SIM_PLANES + 1];
	unsigned int width, height, n = 0;
	int r = xengt_sim_picture_size(sim, pipe, &width, &height);

	if (r)
		return r;
	if (bytes < 3ULL * width * height)
		return -ENOSPC;
	for (unsigned int i = 0; i < SIM_PLANES; i++)
		n += set_plane(sim, pipe, i, width, height, &layer[n]);
	n += set_cursor(sim, pipe, &layer[n]);
	memset(rgb, 0, 3ULL * width * height);
	for (unsigned int y = 0; y < height; y++)
		for (unsigned int i = 0; i < n; i++)
			draw_row(sim, &layer[i], width, y,
				 rgb + 3ULL * y * width);
	return 0;
}
