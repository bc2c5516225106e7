/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws a screenshot into the broker's file. */
#ifndef XENGT_VGPU_PICTURE_H
#define XENGT_VGPU_PICTURE_H

#include "common/worker_proto.h"
#include "core/vgpu.h"

/*
 * Draw into the file fd, which the caller owns. Returns 0; -EINVAL: the file is
 * too short; -errno of fstat() or mmap(); or an error of xengt_scanout_draw().
 */
int xengt_picture_draw(struct xengt_vgpu *vgpu, int fd,
		       struct xengt_wp_picture *ret_picture);

#endif /* XENGT_VGPU_PICTURE_H */
