/* SPDX-License-Identifier: GPL-2.0-only */
/* Is this an EDID that a virtual monitor can have? */
#ifndef XENGT_EDID_CHECK_H
#define XENGT_EDID_CHECK_H

#include <stddef.h>
#include <stdint.h>

#include "xengt/edid.h"

/*
 * What is wrong with an EDID, in words for an administrator, or NULL: it has 128
 * or 256 bytes, the header, as many extensions as blocks, right checksums, and
 * a preferred mode.
 */
const char *xengt_edid_error(const uint8_t *edid, size_t len_bytes);

#endif /* XENGT_EDID_CHECK_H */
