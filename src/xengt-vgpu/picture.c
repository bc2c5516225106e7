/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Draws a screenshot into the broker's file: maps the file, draws, unmaps it.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "xengt-vgpu/picture.h"
#include "core/scanout.h"
#include "xengt/picture.h"

int xengt_picture_draw(struct xengt_vgpu *vgpu, int fd,
		       struct xengt_wp_picture *ret_picture)
{
	struct stat st;
	void *rgb;
	int r;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (st.st_size < XENGT_PICTURE_MAX_BYTES)
		return -EINVAL;
	rgb = mmap(NULL, XENGT_PICTURE_MAX_BYTES, PROT_READ | PROT_WRITE,
		   MAP_SHARED, fd, 0);
	if (rgb == MAP_FAILED)
		return -errno;
	r = xengt_scanout_draw(vgpu, rgb, &ret_picture->width,
			       &ret_picture->height);
	munmap(rgb, XENGT_PICTURE_MAX_BYTES);
	return r;
}
