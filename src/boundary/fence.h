/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks the values of fence registers. A fence register makes a range of the
 * aperture show a tiled surface to the CPU as a linear surface (Broadwell PRM,
 * volume 2c: "FENCE_LSB, FENCE_MSB").
 */
#ifndef XENGT_FENCE_H
#define XENGT_FENCE_H

#include "boundary/gtt.h"
#include "hw/facts.h"

/*
 * Checks whether a vGPU with these slices may set this value in a fence
 * register. Returns 0 if the value is allowed, and for each value without the
 * valid bit. -EINVAL: the range is not completely in the vGPU's low slice; or
 * the range does not consist of whole rows of tiles, so an access inside the
 * range could reach memory outside of the range.
 */
int xengt_fence_check(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		      uint64_t value);

#endif /* XENGT_FENCE_H */
