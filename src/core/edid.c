/* SPDX-License-Identifier: GPL-2.0-only */
/* EDID 1.4 of the built-in monitor (VESA E-EDID 1.4, chapter 3). */
#include "core/edid.h"

#include <string.h>

#define CHECKSUM	127

/* clang-format off */
static const uint8_t monitor[CHECKSUM - 1] = {
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
	0x62, 0xf4,			/* "XGT" */
	0x01, 0x00,			/* product */
	0x01, 0x00, 0x00, 0x00,		/* serial number */
	1, 33,				/* week, year - 1990 */
	1, 4,				/* EDID 1.4 */
	0xa5,				/* digital, 8 bits a colour, DisplayPort */
	52, 32, 120,			/* cm, cm, gamma 2.2 */
	0x06,				/* sRGB; the preferred mode is native */
	0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
	0x21, 0x0a, 0x00,		/* 640x480, 800x600, 1024x768 at 60 Hz; the last at 75, too */
	0x81, 0xc0,			/* 1280x720 */
	0x81, 0x80,			/* 1280x1024 */
	0xd1, 0xc0,			/* 1920x1080 */
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	/* 154 MHz, 1920 + 160, 1200 + 35, +hsync -vsync, 518 x 324 mm */
	0x28, 0x3c, 0x80, 0xa0, 0x70, 0xb0, 0x23, 0x40, 0x30,
	0x20, 0x36, 0x00, 0x06, 0x44, 0x21, 0x00, 0x00, 0x1a,
	0x00, 0x00, 0x00, 0xfc, 0x00,
	'x', 'e', 'n', 'g', 't', '\n', ' ', ' ', ' ', ' ', ' ', ' ', ' ',
	/* 50-76 Hz, 30-83 kHz, up to 170 MHz */
	0x00, 0x00, 0x00, 0xfd, 0x00,
	50, 76, 30, 83, 17, 0x01, '\n', ' ', ' ', ' ', ' ', ' ', ' ',
	0x00, 0x00, 0x00, 0x10, 0x00,	/* unused */
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};
/* clang-format on */

uint32_t xengt_edid_default(uint8_t ret_edid[XENGT_EDID_MAX_BYTES])
{
	uint8_t sum = 0;

	memset(ret_edid, 0, XENGT_EDID_MAX_BYTES);
	memcpy(ret_edid, monitor, sizeof(monitor));
	for (uint32_t i = 0; i < CHECKSUM; i++)
		sum = (uint8_t)(sum + ret_edid[i]);
	ret_edid[CHECKSUM] = (uint8_t)-sum;
	return XENGT_EDID_BLOCK_BYTES;
}
