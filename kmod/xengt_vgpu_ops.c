// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the boundary's operations on a guest
 *
 * The module's implementation of struct xengt_guest_ops. The operations use
 * xengt_frames.c and the queue of readers that wait for events. All operations
 * except op_event() are called with vgpu->lock held.
 */
#include "boundary/bnd_guest.h"
#include "xengt_frames.h"
#include "xengt_vgpu_ops.h"

static int op_frames_get(void *ctx, const xengt_gfn_t *gfns, u32 count,
			 xengt_bus_t *ret_bus)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_get(&vgpu->frames, gfns, count, ret_bus);
}

static u32 op_frames_put(void *ctx, const xengt_gfn_t *gfns, u32 count)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_put(&vgpu->frames, gfns, count);
}

static u32 op_frames_keep(void *ctx, const xengt_gfn_t *gfns, u32 count)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_keep(&vgpu->frames, gfns, count);
}

static void op_frames_release(void *ctx, u32 count)
{
	struct xengt_kvgpu *vgpu = ctx;

	xengt_frames_release(&vgpu->frames, count);
}

static bool op_frame_has_moved(void *ctx, xengt_gfn_t gfn)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_has_moved(&vgpu->frames, gfn);
}

static bool op_frames_look(void *ctx)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_look(&vgpu->frames);
}

static void *op_frame_at(void *ctx, xengt_gfn_t gfn)
{
	struct xengt_kvgpu *vgpu = ctx;

	return xengt_frames_at(&vgpu->frames, gfn);
}

/*
 * Called with or without vgpu->lock: the interrupt's thread calls this
 * operation, too.
 */
static void op_event(void *ctx)
{
	struct xengt_kvgpu *vgpu = ctx;

	wake_up_interruptible_all(&vgpu->wait);
}

static void op_frames_fini(void *ctx)
{
	struct xengt_kvgpu *vgpu = ctx;

	xengt_frames_fini(&vgpu->frames);
}

const struct xengt_guest_ops xengt_kvgpu_ops = {
	.frames_get = op_frames_get,
	.frames_put = op_frames_put,
	.frames_keep = op_frames_keep,
	.frames_release = op_frames_release,
	.frame_has_moved = op_frame_has_moved,
	.frames_look = op_frames_look,
	.frame_at = op_frame_at,
	.frames_fini = op_frames_fini,
	.event = op_event,
};
