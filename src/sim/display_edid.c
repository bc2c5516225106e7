// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes the EDIDs of the simulated monitors: EDID 1.4, two detailed timings,
 * and a CTA-861 block, which for the HDMI monitor contains HDMI's vendor block.
 * The preferred mode is 640x480 and not 1920x1080: the guest draws its console
 * through the aperture, dword by dword, and a large console takes so long that
 * the kernel's watchdog reports a stuck CPU.
 */
#include "sim/display.h"

#include <string.h>

/* clang-format off */
static const uint8_t base[126] = {
	0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00,
	0x62, 0xf4,			/* manufacturer "XGT" */
	0x01, 0x00,			/* product code */
	0x01, 0x00, 0x00, 0x00,		/* serial */
	1, 33,				/* week of manufacture, year - 1990 */
	1, 4,				/* version 1.4 */
	0xa5,				/* digital, 8 bits per colour;
					 * sim_edid_make() sets the kind of
					 * interface */
	52, 29, 120,			/* 52 x 29 cm, gamma 2.2 */
	0x06,				/* sRGB, preferred timing is native */
	0xee, 0x91, 0xa3, 0x54, 0x4c, 0x99, 0x26, 0x0f, 0x50, 0x54,
	0x21, 0x0a, 0x00,		/* 640x480, 800x600, 1024x768, at 60;
					 * 1024x768 at 75 */
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01, 0x01,
	/* 25.17 MHz, 640 + 160, 480 + 45, -hsync -vsync, 521 x 293 mm */
	0xd5, 0x09, 0x80, 0xa0, 0x20, 0xe0, 0x2d, 0x10, 0x10,
	0x60, 0xa2, 0x00, 0x09, 0x25, 0x21, 0x00, 0x00, 0x18,
	/* 148.5 MHz, 1920 + 280, 1080 + 45, +hsync +vsync, 521 x 293 mm */
	0x02, 0x3a, 0x80, 0x18, 0x71, 0x38, 0x2d, 0x40, 0x58,
	0x2c, 0x45, 0x00, 0x09, 0x25, 0x21, 0x00, 0x00, 0x1e,
	0x00, 0x00, 0x00, 0xfc, 0x00,
	'x', 'e', 'n', 'g', 't', ' ', 's', 'i', 'm', '\n', ' ', ' ', ' ',
	0x00, 0x00, 0x00, 0xfd, 0x00,
	50, 76, 30, 83, 17, 0x00, '\n', ' ', ' ', ' ', ' ', ' ', ' ',
};

static const uint8_t cta[] = {
	0x02, 0x03, 0, 0x00,			/* the third byte, offset of the
						 * end of the data blocks, is
						 * set later */
	0x43, 0x90, 0x04, 0x03,			/* video modes 16, 4 and 3 of
						 * CTA-861 */
};
static const uint8_t hdmi_vendor[] = { 0x65, 0x03, 0x0c, 0x00, 0x10, 0x00 };
/* clang-format on */

static void seal(uint8_t *block)
{
	uint8_t sum = 0;

	for (int i = 0; i < 127; i++)
		sum = (uint8_t)(sum + block[i]);
	block[127] = (uint8_t)(0x100 - sum);
}

void sim_edid_make(uint8_t edid[SIM_EDID_BYTES], enum sim_sink sink)
{
	memset(edid, 0, SIM_EDID_BYTES);
	memcpy(edid, base, sizeof(base));
	edid[20] = sink == SIM_SINK_HDMI ? 0xa2 : 0xa5;
	edid[10] = (uint8_t)(1 + sink);
	edid[126] = 1;
	seal(edid);
	memcpy(edid + 128, cta, sizeof(cta));
	edid[130] = sizeof(cta);
	if (sink == SIM_SINK_HDMI) {
		memcpy(edid + 136, hdmi_vendor, sizeof(hdmi_vendor));
		edid[130] = sizeof(cta) + sizeof(hdmi_vendor);
	}
	seal(edid + 128);
}
