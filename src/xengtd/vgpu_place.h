/* SPDX-License-Identifier: GPL-2.0-only */
/* Carries out a worker's requests to place aperture or RAM. */
#ifndef XENGT_BVGPU_PLACE_H
#define XENGT_BVGPU_PLACE_H

#include "common/worker_proto.h"

struct xengt_bvgpu;

/*
 * Carry out a PLACE message of v's worker, and answer with PLACED. If the
 * worker has used up its share of the broker's time, the broker carries out the
 * request later. A worker that sends a second PLACE before the answer to the
 * first is killed.
 */
void xengt_bvgpu_place(struct xengt_bvgpu *v, const struct xengt_wp_msg *msg);

#endif /* XENGT_BVGPU_PLACE_H */
