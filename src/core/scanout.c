/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Decodes the guest's scanout (Broadwell and Skylake PRM, volume 2c, PRI_CTL,
 * PLANE_CTL, CUR_CTL; volume 5, tiling): linear, X- and Y-tiled surfaces of 16
 * and 32 bits a pixel, and the cursor over them.
 *
 *   registers --> struct surface --> byte of a pixel --> page of the GGTT
 *             --> guest frame --> a copy of the page --> colour
 *
 * Every page is copied before it is read, and every coordinate is bounded by
 * the picture. So the number of pages that are copied for a picture has a
 * limit, whatever the guest programs: the pages of a square picture with sides
 * of XENGT_PICTURE_MAX_SIDE pixels.
 *
 * Not decoded: YUV, indexed colour, floating point, Yf tiling, compression,
 * rotation by 90 degrees, sprites and other overlays, scaling, gamma and colour
 * correction.
 */
#include "core/scanout.h"
#include "core/display.h"
#include "core/ggtt.h"
#include "core/internal.h"
#include "core/mmio.h"
#include "hw/display.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "xengt/picture.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PIPE_SIZE	0x6001c		/* high half: width - 1; low half:
					 * height - 1 */
#define CUR_POS		0x70088
#define CUR_FBC		0x700a0
#define CUR_SURFLIVE	0x700ac
#define PLANE_STRIDE	0x70188
#define PLANE_POS	0x7018c
#define PLANE_SIZE	0x70190
#define PLANE_OFFSET	0x701a4
#define PLANE_SURFLIVE	0x701ac

#define ENABLE		0x80000000u
#define TURNED		0x8000u		/* rotation by 180 degrees, in the
					 * control registers of Gen8's planes
					 * and of the cursor */

enum tiling {
	LINEAR,
	TILED_X,		/* 512 bytes by 8 rows */
	TILED_Y,		/* 128 bytes by 32 rows, in columns of 16 bytes */
};

/*
 * Position of each colour in a pixel, which is a little-endian number in
 * memory.
 */
struct format {
	uint8_t bytes;
	struct {
		uint8_t shift, bits;
	} red, green, blue;
};

struct surface {
	uint64_t base;			/* graphics address of the first byte */
	uint32_t stride;		/* bytes from one row to the next */
	enum tiling tiling;
	const struct format *format;
	bool is_turned;
	bool is_blended;		/* pixels have alpha in bits 31:24, and
					 * premultiplied colours */
	uint32_t from_x, from_y;	/* position of the first shown pixel
					 * in the surface */
	int32_t x, y;			/* position of the first shown pixel on
					 * the screen */
	uint32_t width, height;
};

/*
 * Copies of the pages that were read last. A page's index in the cache is its
 * number modulo CACHE_PAGES. The cache has room for all pages of a row of
 * tiles.
 */
#define CACHE_PAGES	256

struct reader {
	struct xengt_vgpu *vgpu;
	uint64_t number[CACHE_PAGES];	/* number of the page in page[], plus 1;
					 * 0: no page */
	uint8_t page[CACHE_PAGES][XENGT_PAGE_SIZE];
};

struct picture {
	uint8_t *rgb;
	uint32_t width, height;
};

/* clang-format off */
static const struct format xrgb8888 = { 4, { 16, 8 }, { 8, 8 }, { 0, 8 } };
static const struct format xbgr8888 = { 4, { 0, 8 }, { 8, 8 }, { 16, 8 } };
static const struct format xrgb2101010 = { 4, { 20, 10 }, { 10, 10 }, { 0, 10 } };
static const struct format xbgr2101010 = { 4, { 0, 10 }, { 10, 10 }, { 20, 10 } };
static const struct format rgb565 = { 2, { 11, 5 }, { 5, 6 }, { 0, 5 } };
static const struct format xrgb1555 = { 2, { 10, 5 }, { 5, 5 }, { 0, 5 } };

/* Index: bits 29:26 of PRI_CTL. */
static const struct format *const gen8_formats[16] = {
	[3] = &xrgb1555, [4] = &xrgb1555, [5] = &rgb565, [6] = &xrgb8888,
	[7] = &xrgb8888, [8] = &xbgr2101010, [9] = &xbgr2101010,
	[10] = &xrgb2101010, [11] = &xrgb2101010, [14] = &xbgr8888,
	[15] = &xbgr8888,
};

/*
 * Index: the order of colours (bit 20 of PLANE_CTL), and then bits 27:24 of
 * PLANE_CTL.
 */
static const struct format *const gen9_formats[2][16] = {
	{ [2] = &xrgb2101010, [4] = &xrgb8888, [14] = &rgb565 },
	{ [2] = &xbgr2101010, [4] = &xbgr8888 },
};
/* clang-format on */

/* ---- reading ---- */

/*
 * Returns a copy of the graphics page with this number, or NULL if the number
 * is beyond the GGTT. If the page cannot be read, the copy is all 0.
 */
static const uint8_t *page_at(struct reader *reader, uint64_t number)
{
	const uint64_t frames = ((uint64_t)1 << 39) - XENGT_PAGE_SIZE;
	struct xengt_vgpu *vgpu = reader->vgpu;
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint32_t slot = (uint32_t)number % CACHE_PAGES;
	uint8_t *page = reader->page[slot];
	uint64_t entry;

	if (number >= XENGT_GGTT_ENTRIES)
		return NULL;
	if (reader->number[slot] == number + 1)
		return page;
	entry = xengt_ggtt_read(vgpu, (uint32_t)number * 8, 8);
	reader->number[slot] = number + 1;
	if (!(entry & XENGT_PTE_PRESENT) ||
	    hv->ops->read_guest(hv, gpa(entry & frames), page,
				XENGT_PAGE_SIZE))
		memset(page, 0, XENGT_PAGE_SIZE);
	return page;
}

/* Returns the offset of a byte in a tiled or linear surface. */
static uint64_t byte_offset(const struct surface *s, uint32_t x_bytes,
			    uint32_t y)
{
	uint64_t tiles, in_tile;

	switch (s->tiling) {
	case TILED_X:
		tiles = (uint64_t)(y / 8) * (s->stride / 512) + x_bytes / 512;
		in_tile = y % 8 * 512 + x_bytes % 512;
		break;
	case TILED_Y:
		tiles = (uint64_t)(y / 32) * (s->stride / 128) + x_bytes / 128;
		in_tile = x_bytes % 128 / 16 * 512 + y % 32 * 16 + x_bytes % 16;
		break;
	default:
		return (uint64_t)y * s->stride + x_bytes;
	}
	return tiles * XENGT_PAGE_SIZE + in_tile;
}

/*
 * Returns the value of a pixel in the surface's format. x and y are relative to
 * the surface's first visible pixel.
 */
static uint32_t pixel_at(struct reader *reader, const struct surface *s,
			 uint32_t x, uint32_t y)
{
	uint32_t bytes = s->format->bytes;
	const uint8_t *page;
	uint32_t val = 0;
	uint64_t at;

	if (s->is_turned) {
		x = s->width - 1 - x;
		y = s->height - 1 - y;
	}
	at = s->base + byte_offset(s, (s->from_x + x) * bytes, s->from_y + y);
	page = page_at(reader, at / XENGT_PAGE_SIZE);
	if (!page)
		return 0;
	/*
	 * On hardware a stride is a whole number of pixels, so no pixel crosses
	 * a page. A guest may program any stride: align the offset, so that the
	 * pixel lies in the page.
	 */
	at = at % XENGT_PAGE_SIZE & ~(uint64_t)(bytes - 1);
	memcpy(&val, page + at, bytes);
	return val;
}

/* ---- drawing ---- */

static uint8_t colour(uint32_t pixel, uint32_t shift, uint32_t bits)
{
	uint32_t val = pixel >> shift & ((1u << bits) - 1);

	return (uint8_t)(bits >= 8 ? val >> (bits - 8) :
				     val << (8 - bits) | val >> (2 * bits - 8));
}

static uint8_t over(uint8_t above, uint8_t below, uint32_t alpha)
{
	uint32_t sum = above + (below * (255 - alpha) + 127) / 255;

	return (uint8_t)(sum < 255 ? sum : 255);
}

static void put_pixel(const struct surface *s, uint32_t pixel, uint8_t *rgb)
{
	const struct format *f = s->format;
	const uint8_t val[3] = {
		colour(pixel, f->red.shift, f->red.bits),
		colour(pixel, f->green.shift, f->green.bits),
		colour(pixel, f->blue.shift, f->blue.bits),
	};

	for (int i = 0; i < 3; i++)
		rgb[i] = s->is_blended ? over(val[i], rgb[i], pixel >> 24) :
					 val[i];
}

/*
 * Computes the part [*ret_first, *ret_last) of [at, at + len) that lies in [0,
 * end). Both results are 0 if no part lies in [0, end).
 */
static void clip(int32_t at, uint32_t len, uint32_t end, uint32_t *ret_first,
		 uint32_t *ret_last)
{
	int64_t first = at > 0 ? at : 0;
	int64_t last = (int64_t)at + len;

	if (last > end)
		last = end;
	*ret_first = (uint32_t)(first < last ? first : 0);
	*ret_last = (uint32_t)(first < last ? last : 0);
}

static void draw(struct reader *reader, const struct surface *s,
		 const struct picture *picture)
{
	uint32_t x0, x1, y0, y1;

	clip(s->x, s->width, picture->width, &x0, &x1);
	clip(s->y, s->height, picture->height, &y0, &y1);
	for (uint32_t y = y0; y < y1; y++) {
		uint8_t *rgb = picture->rgb +
			       3 * ((size_t)y * picture->width + x0);

		for (uint32_t x = x0; x < x1; x++, rgb += 3)
			put_pixel(s, pixel_at(reader, s,
					      (uint32_t)((int64_t)x - s->x),
					      (uint32_t)((int64_t)y - s->y)),
				  rgb);
	}
}

/* ---- registers ---- */

static int decode_gen8(uint32_t ctl, uint32_t stride, struct surface *s)
{
	s->format = gen8_formats[ctl >> 26 & 0xf];
	s->tiling = ctl & 0x400 ? TILED_X : LINEAR;
	s->stride = stride & 0x1ffff;
	s->is_turned = ctl & TURNED;
	return s->format ? 0 : -EOPNOTSUPP;
}

static int decode_gen9(uint32_t ctl, uint32_t stride, struct surface *s)
{
	/*
	 * Index: PLANE_CTL's tiling field. unit: the unit of the stride
	 * register, in bytes; 0: the tiling is not decoded.
	 */
	static const struct { enum tiling tiling; uint32_t unit; } tilings[8] = {
		[0] = { LINEAR, 64 }, [1] = { TILED_X, 512 },
		[4] = { TILED_Y, 128 },
	};
	uint32_t tiling = ctl >> 10 & 7, turn = ctl & 3;

	s->format = gen9_formats[ctl >> 20 & 1][ctl >> 24 & 0xf];
	s->tiling = tilings[tiling].tiling;
	s->stride = (stride & 0x3ff) * tilings[tiling].unit;
	s->is_turned = turn == 2;
	/* bit 15: compressed */
	if (!s->format || !tilings[tiling].unit || turn & 1 || ctl & 0x8000)
		return -EOPNOTSUPP;
	return 0;
}

static int decode_plane(const struct xengt_vgpu *vgpu, uint32_t pipe,
			const struct picture *picture, struct surface *s)
{
	uint32_t at = pipe * XENGT_PIPE_STRIDE;
	uint32_t ctl = xengt_mmio_peek(vgpu, at + XENGT_PLANE_CTL);
	uint32_t stride = xengt_mmio_peek(vgpu, at + PLANE_STRIDE);
	uint32_t offset = xengt_mmio_peek(vgpu, at + PLANE_OFFSET);
	uint32_t pos, size;

	memset(s, 0, sizeof(*s));
	if (!(ctl & ENABLE))
		return -ENODATA;
	s->base = xengt_mmio_peek(vgpu, at + PLANE_SURFLIVE) & ~0xfffu;
	s->from_x = offset & 0x1fff;
	s->from_y = offset >> 16 & 0x1fff;
	s->width = picture->width;
	s->height = picture->height;
	if (vgpu->platform->gen == XENGT_GEN8)
		return decode_gen8(ctl, stride, s);
	pos = xengt_mmio_peek(vgpu, at + PLANE_POS);
	size = xengt_mmio_peek(vgpu, at + PLANE_SIZE);
	s->x = (int32_t)(pos & 0x1fff);
	s->y = (int32_t)(pos >> 16 & 0x1fff);
	s->width = (size & 0x1fff) + 1;
	s->height = (size >> 16 & 0x1fff) + 1;
	return decode_gen9(ctl, stride, s);
}

static int32_t sign_and_value(uint32_t pos)
{
	int32_t val = (int32_t)(pos & 0x7fff);

	return pos & 0x8000 ? -val : val;
}

/*
 * Returns false if the cursor is off, or its format is not 32 bits with alpha.
 */
static bool decode_cursor(const struct xengt_vgpu *vgpu, uint32_t pipe,
			  struct surface *s)
{
	static const uint16_t sides[8] = { [2] = 128, [3] = 256, [7] = 64 };
	uint32_t at = pipe * XENGT_PIPE_STRIDE;
	uint32_t ctl = xengt_mmio_peek(vgpu, at + XENGT_CUR_CTL);
	uint32_t pos = xengt_mmio_peek(vgpu, at + CUR_POS);
	uint32_t fbc = xengt_mmio_peek(vgpu, at + CUR_FBC);
	uint32_t side = sides[ctl & 7];

	if (!(ctl & 0x20) || !side)
		return false;
	*s = (struct surface){
		.base = xengt_mmio_peek(vgpu, at + CUR_SURFLIVE) & ~0xfffu,
		.stride = side * 4,
		.format = &xrgb8888,
		.is_turned = ctl & TURNED,
		.is_blended = true,
		.x = sign_and_value(pos),
		.y = sign_and_value(pos >> 16),
		.width = side,
		.height = side,
	};
	/*
	 * With CUR_FBC_CTL a guest can show a cursor with fewer rows than
	 * columns.
	 */
	if (fbc & ENABLE && (fbc & 0xff) < side)
		s->height = (fbc & 0xff) + 1;
	return true;
}

static int find_pipe(const struct xengt_vgpu *vgpu, uint32_t *ret_pipe)
{
	for (uint32_t n = 0; n < XENGT_PIPES; n++) {
		if (!vgpu->display.pipe[n].is_on)
			continue;
		*ret_pipe = n;
		return 0;
	}
	return -ENODATA;
}

int xengt_scanout_draw(struct xengt_vgpu *vgpu, uint8_t *rgb,
		       uint32_t *ret_width, uint32_t *ret_height)
{
	struct picture picture = { .rgb = rgb };
	struct surface plane, cursor;
	struct reader *reader;
	uint32_t pipe, size;
	int r;

	r = xengt_vgpu_is_live(vgpu) ? find_pipe(vgpu, &pipe) : -ENODATA;
	if (r)
		return r;
	xengt_display_sync(vgpu);
	size = xengt_mmio_peek(vgpu, PIPE_SIZE + pipe * XENGT_PIPE_STRIDE);
	picture.width = (size >> 16) + 1;
	picture.height = (size & 0xffff) + 1;
	if (picture.width > XENGT_PICTURE_MAX_SIDE ||
	    picture.height > XENGT_PICTURE_MAX_SIDE)
		return -E2BIG;
	r = decode_plane(vgpu, pipe, &picture, &plane);
	if (r)
		return r;
	reader = calloc(1, sizeof(*reader));
	if (!reader)
		return -ENOMEM;
	reader->vgpu = vgpu;
	memset(rgb, 0, 3 * (size_t)picture.width * picture.height);
	draw(reader, &plane, &picture);
	if (decode_cursor(vgpu, pipe, &cursor))
		draw(reader, &cursor, &picture);
	free(reader);
	*ret_width = picture.width;
	*ret_height = picture.height;
	return 0;
}
