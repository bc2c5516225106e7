/* SPDX-License-Identifier: GPL-2.0-only */
/* Draws the picture that the guest's monitor shows. */
#ifndef XENGT_SCANOUT_H
#define XENGT_SCANOUT_H

#include "xengt/picture.h"
#include "xengt/types.h"

struct xengt_vgpu;

/*
 * Draw the picture of the first pipe that is on (primary plane and cursor) into
 * rgb, which has XENGT_PICTURE_MAX_BYTES: bytes R, G, B, row by row. The
 * surface is read through the guest's GGTT, each page once; a page that is not
 * present is black. Returns 0; -ENODATA: no pipe is on, or its primary plane is
 * off; -EOPNOTSUPP: a pixel format, tiling or rotation that is not decoded;
 * -E2BIG: more than XENGT_PICTURE_MAX_SIDE; -ENOMEM.
 */
int xengt_scanout_draw(struct xengt_vgpu *vgpu, uint8_t *rgb,
		       uint32_t *ret_width, uint32_t *ret_height);

#endif /* XENGT_SCANOUT_H */
