/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks fence registers: they are ranges of the aperture in which the CPU sees
 * a tiled surface as a linear one (Broadwell PRM, volume 2c: "FENCE_LSB,
 * FENCE_MSB").
 */
#ifndef XENGT_FENCE_H
#define XENGT_FENCE_H

#include "boundary/gtt.h"
#include "hw/facts.h"

/*
 * Checks whether a vGPU with these slices may set this value in a fence
 * register. Returns 0 if it may, also for every value that is not valid.
 * -EINVAL: the range is not completely in the vGPU's low slice, or does not
 * consist of whole rows of tiles, so that an access inside the range could
 * reach memory outside.
 */
int xengt_fence_check(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		      uint64_t value);

#endif /* XENGT_FENCE_H */
