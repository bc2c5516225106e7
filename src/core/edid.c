/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the EDID 1.4 of the built-in monitor (VESA E-EDID 1.4, chapter 3;
 * timings: VESA DMT 1.13, and CVT with reduced blanking for 1920x1200).
 */
#include "core/edid.h"
#include "xengt/edid.h"
#include "xengt/types.h"

#include <string.h>

#define AT_SIZE		21	/* offset of the screen's size, in cm */
#define AT_MODES	35	/* offset of the established timings; the
				 * standard timings follow them */
#define AT_BEST		54
#define AT_MAX		98	/* offset of the largest line rate (in kHz) and
				 * of the largest pixel clock (in units of 10
				 * MHz) */
#define CHECKSUM	127

/* clang-format off */
static const uint8_t monitor[CHECKSUM - 1] = {
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
	0x62, 0xf4,			/* manufacturer "XGT" */
	0x01, 0x00,			/* product code */
	0x01, 0x00, 0x00, 0x00,		/* serial number */
	1, 33,				/* week of manufacture, year - 1990 */
	1, 4,				/* version 1.4 */
	0xa5,				/* digital, 8 bits a colour, DisplayPort */
	0, 0, 120,			/* the size in cm comes from the mode;
					 * gamma 2.2 */
	0x06,				/* sRGB; the preferred mode is native */
	0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
	0, 0, 0, 0, 0, 0, 0, 0, 0,	/* computed from the mode */
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	0, 0, 0, 0, 0, 0, 0, 0, 0,	/* computed from the mode */
	0, 0, 0, 0, 0, 0, 0, 0, 0,
	0x00, 0x00, 0x00, 0xfc, 0x00,
	'x', 'e', 'n', 'g', 't', '\n', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
	/*
	 * 50 to 76 Hz, line rate of at least 30 kHz; the maximal line rate and
	 * pixel clock come from the mode
	 */
	0x00, 0x00, 0x00, 0xfd, 0x00,
	50, 76, 30, 0, 0, 0x01, '\n', ' ', ' ', ' ', ' ', ' ', ' ',
	0x00, 0x00, 0x00, 0x10, 0x00,	/* an unused descriptor */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/*
 * A mode that can be the monitor's preferred mode, and the smaller modes that
 * the EDID then also offers.
 */
struct mode {
	uint32_t width, height;
	uint8_t size_cm[2];
	uint8_t modes[9];		/* see AT_MODES */
	uint8_t max[2];			/* see AT_MAX */
	uint8_t timing[18];		/* see the comment before each row:
					 * pixel clock, shown + blank pixels of
					 * a line, shown + blank lines, polarity
					 * of the sync signals, size */
};

#define VGA_TO_XGA	0x21, 0x0a, 0x00	/* 640x480, 800x600, 1024x768 at 60 Hz;
						 * 1024x768 also at 75 Hz */
#define NONE		0x01, 0x01
#define HD		0x81, 0xc0		/* 1280x720 */
#define SXGA		0x81, 0x80		/* 1280x1024 */
#define FULL_HD		0xd1, 0xc0

static const struct mode modes[] = {
	/* 154 MHz, 1920 + 160, 1200 + 35, +hsync -vsync, 518 x 324 mm */
	{ 1920, 1200, { 52, 32 }, { VGA_TO_XGA, HD, SXGA, FULL_HD }, { 83, 17 },
	  { 0x28, 0x3c, 0x80, 0xa0, 0x70, 0xb0, 0x23, 0x40, 0x30,
	    0x20, 0x36, 0x00, 0x06, 0x44, 0x21, 0x00, 0x00, 0x1a } },
	/* 108 MHz, 1280 + 408, 1024 + 42, +hsync +vsync, 376 x 301 mm */
	{ 1280, 1024, { 38, 30 }, { VGA_TO_XGA, HD, SXGA, NONE }, { 64, 11 },
	  { 0x30, 0x2a, 0x00, 0x98, 0x51, 0x00, 0x2a, 0x40, 0x30,
	    0x70, 0x13, 0x00, 0x78, 0x2d, 0x11, 0x00, 0x00, 0x1e } },
	/* 65 MHz, 1024 + 320, 768 + 38, -hsync -vsync, 304 x 228 mm */
	{ 1024, 768, { 30, 23 }, { VGA_TO_XGA, NONE, NONE, NONE }, { 61, 8 },
	  { 0x64, 0x19, 0x00, 0x40, 0x41, 0x00, 0x26, 0x30, 0x18,
	    0x88, 0x36, 0x00, 0x30, 0xe4, 0x10, 0x00, 0x00, 0x18 } },
	/* 25.18 MHz, 640 + 160, 480 + 45, -hsync -vsync, 304 x 228 mm */
	{ 640, 480, { 30, 23 }, { 0x20, 0x00, 0x00, NONE, NONE, NONE }, { 32, 3 },
	  { 0xd6, 0x09, 0x80, 0xa0, 0x20, 0xe0, 0x2d, 0x10, 0x10,
	    0x60, 0xa2, 0x00, 0x30, 0xe4, 0x10, 0x00, 0x00, 0x18 } },
};
/* clang-format on */

static const struct mode *best_mode(uint64_t low_bytes)
{
	const struct mode *m = modes;

	while (m != &modes[XENGT_ARRAY_SIZE(modes) - 1] &&
	       m->width * m->height * 4 > low_bytes / 4 * 3)
		m++;
	return m;
}

uint32_t xengt_edid_default(uint64_t low_bytes,
			    uint8_t ret_edid[XENGT_EDID_MAX_BYTES])
{
	const struct mode *m = best_mode(low_bytes);
	uint8_t sum = 0;

	memset(ret_edid, 0, XENGT_EDID_MAX_BYTES);
	memcpy(ret_edid, monitor, sizeof(monitor));
	memcpy(ret_edid + AT_SIZE, m->size_cm, sizeof(m->size_cm));
	memcpy(ret_edid + AT_MODES, m->modes, sizeof(m->modes));
	memcpy(ret_edid + AT_BEST, m->timing, sizeof(m->timing));
	memcpy(ret_edid + AT_MAX, m->max, sizeof(m->max));
	for (uint32_t i = 0; i < CHECKSUM; i++)
		sum = (uint8_t)(sum + ret_edid[i]);
	ret_edid[CHECKSUM] = (uint8_t)-sum;
	return XENGT_EDID_BLOCK_BYTES;
}
