/* SPDX-License-Identifier: GPL-2.0-only */
/* The broker's file with a monitor's EDID. */
#ifndef XENGT_VGPU_EDID_FILE_H
#define XENGT_VGPU_EDID_FILE_H

#include <stdint.h>

#include "xengt/edid.h"

/* Read and check; the file stays the caller's. -EINVAL: it is no EDID. */
int xengt_edid_file_read(int fd, uint8_t ret_edid[XENGT_EDID_MAX_BYTES],
			 uint32_t *ret_bytes);

#endif /* XENGT_VGPU_EDID_FILE_H */
