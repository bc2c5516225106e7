// SPDX-License-Identifier: GPL-2.0-only
/*
 * Computes kmstest's test card, a picture for a person to look at. The card has a one-pixel
 * frame on all four edges, the guest's name, the mode, this run's nonce in large digits, bars
 * of the full colours, ramps of each colour through all 256 levels, and lines of one pixel's
 * width. A person sees at once if pitch, tiling, format or offset is wrong. Each pixel depends
 * only on the texts and on its position, so every pixel can be compared.
 */
#include "kmstest.h"

#include <stdio.h>
#include <string.h>

#define TEXT_MAX	16
#define GLYPH_W		5
#define GLYPH_H		7
#define ADVANCE		(GLYPH_W + 1)

/* Each text: the row at which it begins, and the side of a dot, in pixels. */
#define NAME_Y		24
#define NAME_SCALE	10
#define MODE_Y		116
#define MODE_SCALE	5
#define NONCE_Y		180
#define NONCE_SCALE	8

#define WHITE		0xffffff
#define PAPER		0x202830
#define GRID		0x303c48
#define INK		0xffd040
#define FRAME		0xff2020

/* clang-format off */
static const struct glyph {
	char c;
	uint8_t rows[GLYPH_H];		/* bit 4 is the left column */
} glyphs[] = {
	{ '0', { 0x0e, 0x11, 0x13, 0x15, 0x19, 0x11, 0x0e } },
	{ '1', { 0x04, 0x0c, 0x04, 0x04, 0x04, 0x04, 0x0e } },
	{ '2', { 0x0e, 0x11, 0x01, 0x06, 0x08, 0x10, 0x1f } },
	{ '3', { 0x1e, 0x01, 0x01, 0x0e, 0x01, 0x01, 0x1e } },
	{ '4', { 0x02, 0x06, 0x0a, 0x12, 0x1f, 0x02, 0x02 } },
	{ '5', { 0x1f, 0x10, 0x1e, 0x01, 0x01, 0x11, 0x0e } },
	{ '6', { 0x06, 0x08, 0x10, 0x1e, 0x11, 0x11, 0x0e } },
	{ '7', { 0x1f, 0x01, 0x02, 0x04, 0x08, 0x08, 0x08 } },
	{ '8', { 0x0e, 0x11, 0x11, 0x0e, 0x11, 0x11, 0x0e } },
	{ '9', { 0x0e, 0x11, 0x11, 0x0f, 0x01, 0x02, 0x0c } },
	{ 'A', { 0x0e, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11 } },
	{ 'B', { 0x1e, 0x11, 0x11, 0x1e, 0x11, 0x11, 0x1e } },
	{ 'C', { 0x0f, 0x10, 0x10, 0x10, 0x10, 0x10, 0x0f } },
	{ 'D', { 0x1e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x1e } },
	{ 'E', { 0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x1f } },
	{ 'F', { 0x1f, 0x10, 0x10, 0x1e, 0x10, 0x10, 0x10 } },
	{ 'G', { 0x0f, 0x10, 0x10, 0x13, 0x11, 0x11, 0x0f } },
	{ 'H', { 0x11, 0x11, 0x11, 0x1f, 0x11, 0x11, 0x11 } },
	{ 'I', { 0x0e, 0x04, 0x04, 0x04, 0x04, 0x04, 0x0e } },
	{ 'J', { 0x07, 0x02, 0x02, 0x02, 0x02, 0x12, 0x0c } },
	{ 'K', { 0x11, 0x12, 0x14, 0x18, 0x14, 0x12, 0x11 } },
	{ 'L', { 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x1f } },
	{ 'M', { 0x11, 0x1b, 0x15, 0x15, 0x11, 0x11, 0x11 } },
	{ 'N', { 0x11, 0x19, 0x15, 0x13, 0x11, 0x11, 0x11 } },
	{ 'O', { 0x0e, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e } },
	{ 'P', { 0x1e, 0x11, 0x11, 0x1e, 0x10, 0x10, 0x10 } },
	{ 'Q', { 0x0e, 0x11, 0x11, 0x11, 0x15, 0x12, 0x0d } },
	{ 'R', { 0x1e, 0x11, 0x11, 0x1e, 0x14, 0x12, 0x11 } },
	{ 'S', { 0x0f, 0x10, 0x10, 0x0e, 0x01, 0x01, 0x1e } },
	{ 'T', { 0x1f, 0x04, 0x04, 0x04, 0x04, 0x04, 0x04 } },
	{ 'U', { 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x0e } },
	{ 'V', { 0x11, 0x11, 0x11, 0x11, 0x11, 0x0a, 0x04 } },
	{ 'W', { 0x11, 0x11, 0x11, 0x15, 0x15, 0x1b, 0x11 } },
	{ 'X', { 0x11, 0x0a, 0x04, 0x04, 0x04, 0x0a, 0x11 } },
	{ 'Y', { 0x11, 0x0a, 0x04, 0x04, 0x04, 0x04, 0x04 } },
	{ 'Z', { 0x1f, 0x01, 0x02, 0x04, 0x08, 0x10, 0x1f } },
	{ '-', { 0x00, 0x00, 0x00, 0x1f, 0x00, 0x00, 0x00 } },
	{ '.', { 0x00, 0x00, 0x00, 0x00, 0x00, 0x0c, 0x0c } },
};
/* clang-format on */

static char card_name[TEXT_MAX + 1] = "GUEST";
static char card_nonce[TEXT_MAX + 1] = "0";

static const struct glyph *glyph_of(char c)
{
	for (size_t i = 0; i < sizeof(glyphs) / sizeof(glyphs[0]); i++)
		if (glyphs[i].c == c)
			return &glyphs[i];
	return NULL;
}

/*
 * Copies the text in capitals, at most TEXT_MAX characters. A character without a glyph
 * becomes a gap.
 */
static void set_text(char *to, const char *from)
{
	size_t i;

	for (i = 0; from[i] && i < TEXT_MAX; i++)
		to[i] = from[i] >= 'a' && from[i] <= 'z' ?
			(char)(from[i] - 'a' + 'A') : from[i];
	to[i] = '\0';
}

void kms_card_set_name(const char *name)
{
	set_text(card_name, name);
}

void kms_card_set_nonce(const char *nonce)
{
	set_text(card_nonce, nonce);
}

/* Is there ink at x, y of a line of text whose top left corner is 0, 0? */
static bool is_ink(const char *text, uint32_t scale, int32_t x, int32_t y)
{
	const struct glyph *g;
	uint32_t col, row, at;

	if (x < 0 || y < 0)
		return false;
	col = (uint32_t)x / scale;
	row = (uint32_t)y / scale;
	at = col / ADVANCE;
	if (row >= GLYPH_H || at >= strlen(text) || col % ADVANCE == GLYPH_W)
		return false;
	g = glyph_of(text[at]);
	return g && g->rows[row] >> (GLYPH_W - 1 - col % ADVANCE) & 1;
}

/* Does row y belong to the line of text that begins at row y0? */
static bool is_row(uint32_t y, uint32_t y0, uint32_t scale)
{
	return y >= y0 && y < y0 + GLYPH_H * scale;
}

/*
 * Is there ink at x, y of the card, in a line of text that is centred and whose top is at y0?
 */
static bool is_line(const struct kms_scene *s, const char *text,
		    uint32_t scale, uint32_t y0, uint32_t x, uint32_t y)
{
	int32_t w = (int32_t)(strlen(text) * ADVANCE * scale);

	return is_row(y, y0, scale) &&
		is_ink(text, scale, (int32_t)x - ((int32_t)s->width - w) / 2,
		       (int32_t)(y - y0));
}

static bool is_mode(const struct kms_scene *s, uint32_t x, uint32_t y)
{
	char mode[40];

	/*
	 * look for ink only in the rows of the text, because the guest's processor is slow
	 */
	if (!is_row(y, MODE_Y, MODE_SCALE))
		return false;
	snprintf(mode, sizeof(mode), "%uX%u %uHZ", s->width, s->height, s->hz);
	return is_line(s, mode, MODE_SCALE, MODE_Y, x, y);
}

/*
 * Returns a pixel of the pattern below the texts: bars, then ramps, then lines. y counts from
 * the first bar.
 */
static uint32_t pattern_row(uint32_t w, uint32_t x, uint32_t y)
{
	static const uint32_t bars[8] = {
		0xffffff, 0xffff00, 0x00ffff, 0x00ff00,
		0xff00ff, 0xff0000, 0x0000ff, 0x000000,
	};
	static const uint32_t ramps[4] = { 0xff0000, 0x00ff00, 0x0000ff, 0xffffff };
	uint32_t level = x * 256 / w;

	if (y < 64)
		return bars[x * 8 / w];
	if (y < 160)
		return ramps[(y - 64) / 24] & level * 0x010101;
	switch (x * 4 / w) {
	case 0:				/* columns of one pixel */
		return x & 1 ? WHITE : 0;
	case 1:				/* rows of one pixel */
		return y & 1 ? WHITE : 0;
	case 2:				/* a chequerboard of single pixels */
		return (x ^ y) & 1 ? WHITE : 0;
	default:			/* diagonals */
		return (x + y) % 8 ? 0 : WHITE;
	}
}

/*
 * Is the pixel on an edge? The picture has a white edge of one pixel on each side, and a red
 * edge inside the white edge.
 */
static bool is_edge(const struct kms_scene *s, uint32_t in, uint32_t x, uint32_t y)
{
	return x == in || y == in || x == s->width - 1 - in ||
		y == s->height - 1 - in;
}

/*
 * Returns a pixel of the test card. The card needs a mode of at least 640x480. In a larger
 * mode the edges and the pattern rows are larger, the texts have the same size, and the rest
 * is background.
 */
uint32_t kms_card_pixel(const struct kms_scene *s, uint32_t x, uint32_t y)
{
	const uint32_t left = 16, top = 264, bottom = 464;

	if (is_edge(s, 0, x, y))
		return WHITE;
	if (is_edge(s, 2, x, y))
		return FRAME;
	if (x >= left && x < s->width - left && y >= top && y < bottom)
		return pattern_row(s->width - 2 * left, x - left, y - top);
	if (is_line(s, card_name, NAME_SCALE, NAME_Y, x, y) || is_mode(s, x, y))
		return WHITE;
	if (is_line(s, card_nonce, NONCE_SCALE, NONCE_Y, x, y))
		return INK;
	return x % 32 && y % 32 ? PAPER : GRID;
}
