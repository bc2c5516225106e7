/* SPDX-License-Identifier: GPL-2.0-only */
/* Checks whether bytes are an EDID that a virtual monitor can have. */
#ifndef XENGT_EDID_CHECK_H
#define XENGT_EDID_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "xengt/edid.h"

/*
 * Returns NULL if the EDID is good: it has 128 or 256 bytes, the header, the
 * right number of extension blocks, right checksums, and a preferred mode.
 * Otherwise returns a text that tells the administrator what is wrong.
 */
const char *xengt_edid_error(const uint8_t *edid, size_t len_bytes);

#endif /* XENGT_EDID_CHECK_H */
