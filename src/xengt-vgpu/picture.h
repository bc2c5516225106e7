/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws a screenshot into the broker's file. */
#ifndef XENGT_VGPU_PICTURE_H
#define XENGT_VGPU_PICTURE_H

#include "common/worker_proto.h"
#include "core/vgpu.h"

/*
 * Draw into the file fd, which the caller owns. 0, or -errno as
 * xengt_scanout_draw() returns it; -EINVAL: the file is too short.
 */
int xengt_picture_draw(struct xengt_vgpu *vgpu, int fd,
		       struct xengt_wp_picture *ret_picture);

#endif /* XENGT_VGPU_PICTURE_H */
