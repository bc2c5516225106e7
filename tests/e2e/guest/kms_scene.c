// SPDX-License-Identifier: GPL-2.0-only
/*
 * Computes kmstest's pictures from a seed: the bytes that they must have in memory, and the
 * pixels that a monitor must show. This file uses no device and nothing of the simulator.
 */
#include "kmstest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct kms_scene scenes[] = {
	{ .name = "dp-linear", .width = 640, .height = 480, .hz = 60, .bpp = 32,
	  .cursor = { 100, 50, 64, 64 } },
	{ .name = "dp-xtiled", .width = 640, .height = 480, .hz = 60, .bpp = 32,
	  .tiling = KMS_TILE_X, .cursor = { -20, -11, 64, 64 } },
	{ .name = "dp-ytiled", .width = 640, .height = 480, .hz = 60, .bpp = 32,
	  .tiling = KMS_TILE_Y, .cursor = { 610, 440, 64, 64 } },
	{ .name = "dp-sprite", .width = 640, .height = 480, .hz = 60, .bpp = 16,
	  .sprite = { 301, 203, 200, 100 }, .cursor = { 280, 180, 128, 128 } },
	{ .name = "dp-16bit", .width = 640, .height = 480, .hz = 60, .bpp = 16,
	  .cursor = { 320, 200, 64, 64 } },
	{ .name = "dp-75", .width = 1024, .height = 768, .hz = 75, .bpp = 32 },
	{ .name = "card", .width = 640, .height = 480, .hz = 60, .bpp = 32,
	  .tiling = KMS_TILE_X, .is_card = true },
	{ .name = "hdmi-linear", .is_hdmi = true, .width = 1920, .height = 1080,
	  .hz = 60, .bpp = 32, .cursor = { 1700, 900, 256, 256 } },
};
/* clang-format on */

const struct kms_scene *kms_scene_at(unsigned int i)
{
	return i < sizeof(scenes) / sizeof(scenes[0]) ? &scenes[i] : NULL;
}

const struct kms_scene *kms_scene_find(const char *name)
{
	const struct kms_scene *s;

	for (unsigned int i = 0; (s = kms_scene_at(i)); i++)
		if (!strcmp(s->name, name))
			return s;
	return NULL;
}

uint64_t kms_tiled(enum kms_tiling tiling, uint32_t pitch, uint32_t x,
		   uint32_t y)
{
	/* a tile is a page: w is the tile's width in bytes, h is the number of rows */
	uint32_t w = tiling == KMS_TILE_Y ? 128 : 512, h = 4096 / w;
	uint64_t tile = (uint64_t)(y / h) * (pitch / w) + x / w;

	if (tiling == KMS_LINEAR)
		return (uint64_t)y * pitch + x;
	x %= w;
	y %= h;
	if (tiling == KMS_TILE_X)
		return tile * 4096 + y * w + x;
	/* a Y tile consists of columns of 16 bytes; memory has one column after another */
	return tile * 4096 + x / 16 * (16 * h) + y * 16 + x % 16;
}

static uint32_t mix(uint32_t v)
{
	v ^= v >> 16;
	v *= 0x7feb352d;
	v ^= v >> 15;
	v *= 0x846ca68b;
	return v ^ v >> 16;
}

/*
 * Returns a pixel of a pattern of blocks of 8 by 8 pixels, each with a gradient of a
 * different colour.
 */
uint32_t kms_pattern(uint32_t seed, uint32_t x, uint32_t y)
{
	uint32_t block = mix(seed ^ mix(x / 8 + y / 8 * 4096));

	return (block + x % 8 * 0x030507 + y % 8 * 0x0b0d11) & 0xffffff;
}

static uint32_t primary_pixel(const struct kms_scene *s, uint32_t seed,
			      uint32_t x, uint32_t y)
{
	return s->is_card ? kms_card_pixel(s, x, y) : kms_pattern(seed, x, y);
}

static uint32_t to_565(uint32_t rgb)
{
	return (rgb >> 8 & 0xf800) | (rgb >> 5 & 0x07e0) | (rgb >> 3 & 0x1f);
}

static uint32_t from_565(uint32_t v)
{
	uint32_t r = v >> 11, g = v >> 5 & 63, b = v & 31;

	return (r << 3 | r >> 2) << 16 | (g << 2 | g >> 4) << 8 |
		(b << 3 | b >> 2);
}

void kms_draw_primary(const struct kms_scene *s, uint32_t seed, uint8_t *map,
		      uint32_t pitch)
{
	uint32_t bytes = s->bpp / 8;

	for (uint32_t y = 0; y < s->height; y++) {
		for (uint32_t x = 0; x < s->width; x++) {
			uint32_t val = primary_pixel(s, seed, x, y);

			if (s->bpp == 16)
				val = to_565(val);
			memcpy(map + kms_tiled(s->tiling, pitch, x * bytes, y),
			       &val, bytes);
		}
	}
}

static uint32_t sprite_pixel(uint32_t seed, uint32_t x, uint32_t y)
{
	return kms_pattern(seed + 1, x, y);
}

void kms_draw_sprite(const struct kms_scene *s, uint32_t seed, uint8_t *map,
		     uint32_t pitch)
{
	for (uint32_t y = 0; y < s->sprite.h; y++) {
		for (uint32_t x = 0; x < s->sprite.w; x++) {
			uint32_t val = sprite_pixel(seed, x, y);

			memcpy(map + y * pitch + 4 * x, &val, 4);
		}
	}
}

/*
 * Returns a pixel of the cursor, which has four columns: opaque, two translucent columns of
 * different alpha, fully transparent.
 */
static uint32_t cursor_pixel(const struct kms_scene *s, uint32_t seed,
			     uint32_t x, uint32_t y)
{
	static const uint32_t alphas[4] = { 255, 128, 51, 0 };
	uint32_t a = alphas[x * 4 / s->cursor.w];
	uint32_t rgb = kms_pattern(seed + 2, x, y), val = a << 24;

	/* the colours are premultiplied by alpha */
	for (int shift = 0; shift < 24; shift += 8)
		val |= (rgb >> shift & 0xff) * a / 255 << shift;
	return val;
}

void kms_draw_cursor(const struct kms_scene *s, uint32_t seed, uint8_t *map)
{
	for (uint32_t y = 0; y < s->cursor.h; y++) {
		for (uint32_t x = 0; x < s->cursor.w; x++) {
			uint32_t val = cursor_pixel(s, seed, x, y);

			memcpy(map + 4 * (y * s->cursor.w + x), &val, 4);
		}
	}
}

static bool is_inside(const struct kms_rect *r, int32_t x, int32_t y)
{
	return x >= r->x && y >= r->y && x < r->x + (int32_t)r->w &&
		y < r->y + (int32_t)r->h;
}

/* Returns the pixel that the monitor must show. */
static uint32_t shown(const struct kms_scene *s, uint32_t seed, int32_t x,
		      int32_t y)
{
	uint32_t rgb = primary_pixel(s, seed, (uint32_t)x, (uint32_t)y);
	uint32_t top, val = 0;

	if (s->bpp == 16)
		rgb = from_565(to_565(rgb));
	if (is_inside(&s->sprite, x, y))
		rgb = sprite_pixel(seed, (uint32_t)(x - s->sprite.x),
				   (uint32_t)(y - s->sprite.y));
	if (!is_inside(&s->cursor, x, y))
		return rgb;
	top = cursor_pixel(s, seed, (uint32_t)(x - s->cursor.x),
			   (uint32_t)(y - s->cursor.y));
	for (int shift = 0; shift < 24; shift += 8) {
		/*
		 * rounded to the nearest number; 255 is odd, so a tie cannot
		 * occur
		 */
		double below = (rgb >> shift & 0xff) *
			(255 - (top >> 24)) / 255.0;
		uint32_t c = (top >> shift & 0xff) + (uint32_t)(below + 0.5);

		val |= (c > 255 ? 255 : c) << shift;
	}
	return val;
}

int kms_write_expected(const struct kms_scene *s, uint32_t seed,
		       const char *path)
{
	FILE *f = fopen(path, "w");

	if (!f)
		return -1;
	fprintf(f, "P6\n%u %u\n255\n", s->width, s->height);
	for (uint32_t y = 0; y < s->height; y++) {
		for (uint32_t x = 0; x < s->width; x++) {
			uint32_t rgb = shown(s, seed, (int32_t)x, (int32_t)y);

			putc(rgb >> 16 & 0xff, f);
			putc(rgb >> 8 & 0xff, f);
			putc(rgb & 0xff, f);
		}
	}
	return fclose(f);
}
