/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads a monitor's EDID from a file of the broker. */
#ifndef XENGT_VGPU_EDID_FILE_H
#define XENGT_VGPU_EDID_FILE_H

#include <stdint.h>

#include "xengt/edid.h"

/*
 * Read and check an EDID; the caller owns the file. Returns 0; -EINVAL: the
 * file has no valid EDID; or another -errno.
 */
int xengt_edid_file_read(int fd, uint8_t ret_edid[XENGT_EDID_MAX_BYTES],
			 uint32_t *ret_bytes);

#endif /* XENGT_VGPU_EDID_FILE_H */
