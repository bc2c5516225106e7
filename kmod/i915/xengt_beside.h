/* SPDX-License-Identifier: GPL-2.0-only */
/* The GPU that i915 drives, with guests beside i915's own work. */
#ifndef XENGT_KMOD_BESIDE_H
#define XENGT_KMOD_BESIDE_H

#include <linux/kernel.h>

#include "boundary/engine.h"
#include "boundary/exec.h"
#include "uapi/xengt.h"
#include "xengt_gpu.h"
#include "xengt_i915.h"

/*
 * The part of a guest's context that the boundary has given to an engine.
 * gpu.exec_lock guards the struct.
 */
struct xengt_beside_engine {
	struct xengt_i915_ctx *ctx;	/* NULL: none was made yet */
	struct xengt_slot *slot;	/* the part belongs to this slot's
					 * context; NULL: there is no part */
	bool is_acked;			/* the boundary knows that the engine has
					 * the part */
	bool is_due;			/* i915 has not taken the part yet */
};

struct xengt_beside {
	struct xengt_gpu gpu;		/* must be first: xengt_gpu_make()
					 * allocates the whole struct */
	struct xengt_i915 *i915;
	u64 low_at, low_bytes;		/* the ranges of the GGTT that i915
					 * lent, in bytes */
	u64 high_at, high_bytes;
	u32 fences;			/* bit n is set: i915 lent fence register n
					 * to the guests */
	struct xengt_beside_engine engines[XENGT_ENGINES];
	u32 powers;			/* number of vGPUs that need power;
					 * gpu.exec_lock guards it */
};

static inline struct xengt_beside *xengt_beside_of(struct xengt_gpu *gpu)
{
	return container_of(gpu, struct xengt_beside, gpu);
}

/* The engines' operations, by means of i915's contexts. (xengt_i915_engine.c) */
extern const struct xengt_engine_ops xengt_engine_i915;
/*
 * Free the contexts of all engines that have no part, so that the GPU can go to
 * runtime sleep. gpu.exec_lock is held. May sleep. (xengt_i915_engine.c)
 */
void xengt_beside_rest(struct xengt_beside *b);

/*
 * Make a GPU of a device that i915 drives: borrow what the guests get, and make
 * the engines ready. 'way' says how guests' frames are held. Returns the GPU
 * with one reference, which xengt_beside_down() drops; ERR_PTR(-errno) after
 * the function has logged the reason. May sleep. (xengt_beside.c)
 */
struct xengt_beside *xengt_beside_up(struct drm_i915_private *i915,
				     enum xengt_way way);
/*
 * Zap all vGPUs, give everything back to i915, and drop the reference. No
 * further vGPU may be created. May sleep.
 */
void xengt_beside_down(struct xengt_beside *b);

#endif /* XENGT_KMOD_BESIDE_H */
