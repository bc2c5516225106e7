/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks whether a virtual monitor can have this EDID. */
#ifndef XENGT_EDID_CHECK_H
#define XENGT_EDID_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "xengt/edid.h"

/*
 * Returns NULL if the EDID is good: it has 128 or 256 bytes, the header, the
 * right number of extension blocks, right checksums, and a preferred mode.
 * Otherwise a text for the administrator that says what is wrong.
 */
const char *xengt_edid_error(const uint8_t *edid, size_t len_bytes);

#endif /* XENGT_EDID_CHECK_H */
