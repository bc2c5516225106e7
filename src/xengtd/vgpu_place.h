/* SPDX-License-Identifier: GPL-2.0-only */
/* What a worker asks to have placed. */
#ifndef XENGT_BVGPU_PLACE_H
#define XENGT_BVGPU_PLACE_H

#include "common/worker_proto.h"

struct xengt_bvgpu;

/* A PLACE of v's worker, answered with PLACED, at once or within a second. A
 * worker that asks while it is being answered is killed. */
void xengt_bvgpu_place(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg);

#endif /* XENGT_BVGPU_PLACE_H */
