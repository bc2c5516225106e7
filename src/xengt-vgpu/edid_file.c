/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads a monitor's EDID from the broker's file. The broker has checked the
 * EDID; the worker checks it again.
 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "xengt-vgpu/edid_file.h"
#include "common/edid_check.h"
#include "xengt/edid.h"

int xengt_edid_file_read(int fd, uint8_t ret_edid[XENGT_EDID_MAX_BYTES],
			 uint32_t *ret_bytes)
{
	uint8_t buf[XENGT_EDID_MAX_BYTES + 1];
	ssize_t n = read(fd, buf, sizeof(buf));

	if (n < 0)
		return -errno;
	if (xengt_edid_error(buf, n))
		return -EINVAL;
	memcpy(ret_edid, buf, n);
	*ret_bytes = n;
	return 0;
}
