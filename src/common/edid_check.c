/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks the form of an EDID that an administrator gives (VESA E-EDID 1.4,
 * chapter 3). The EDID's display modes are not checked: the guest's driver must
 * handle unusual modes.
 */
#include "common/edid_check.h"
#include "xengt/edid.h"

#include <string.h>

#define EXTENSIONS	126
#define TIMING		54	/* the first detailed timing: the preferred
				 * mode */

static const uint8_t header[8] = { 0x00, 0xff, 0xff, 0xff,
				   0xff, 0xff, 0xff, 0x00 };

static uint8_t sum_of(const uint8_t *bytes, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum;
}

const char *xengt_edid_error(const uint8_t *edid, size_t len_bytes)
{
	if (len_bytes != XENGT_EDID_BLOCK_BYTES &&
	    len_bytes != XENGT_EDID_MAX_BYTES)
		return "an EDID has 128 or 256 bytes";
	if (memcmp(edid, header, sizeof(header)) != 0)
		return "it does not begin as an EDID does";
	if (edid[EXTENSIONS] != len_bytes / XENGT_EDID_BLOCK_BYTES - 1)
		return "its number of extension blocks does not fit its size";
	for (size_t at = 0; at < len_bytes; at += XENGT_EDID_BLOCK_BYTES) {
		if (sum_of(edid + at, XENGT_EDID_BLOCK_BYTES))
			return "its checksum is wrong";
	}
	if (!edid[TIMING] && !edid[TIMING + 1])
		return "it has no preferred mode";
	return NULL;
}
