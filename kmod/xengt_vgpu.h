/* SPDX-License-Identifier: GPL-2.0-only */
/* The functions that create and end a vGPU, and the functions for its ioctls. */
#ifndef XENGT_KMOD_VGPU_H
#define XENGT_KMOD_VGPU_H

#include <linux/types.h>

#include "uapi/xengt.h"
#include "xengt_gpu.h"
#include "xengt_vgpu_ops.h"

/*
 * Carries out XENGT_IOC_CREATE_VGPU. The caller has checked all arguments
 * except the sizes.
 */
int xengt_kvgpu_create(struct xengt_gpu *gpu,
		       const struct xengt_create_vgpu *args,
		       struct xengt_kvgpu **ret_vgpu);
/* Carries out XENGT_IOC_SET_SHARE. */
int xengt_kvgpu_set_share(struct xengt_gpu *gpu,
			  const struct xengt_set_share *wish);
/* Zaps the vGPU if it is live, and frees it. vgpu may be NULL. */
void xengt_kvgpu_destroy(struct xengt_kvgpu *vgpu);
/* Zaps the vGPU. If the vGPU is zapped already, its state is not changed. */
void xengt_kvgpu_zap(struct xengt_kvgpu *vgpu, enum xengt_vgpu_state cause);
void xengt_kvgpu_info(struct xengt_kvgpu *vgpu, struct xengt_vgpu_info *ret_info);
/*
 * Like xengt_kvgpu_info(), but takes no lock, so each number may be of another moment. The
 * caller holds xengt_gpu.lock.
 */
void xengt_kvgpu_peek(const struct xengt_kvgpu *vgpu,
		      struct xengt_vgpu_info *ret_info);
/*
 * Returns true until the vGPU has ended and has released everything. Takes no lock; the
 * caller holds xengt_gpu.lock.
 */
bool xengt_kvgpu_is_live(const struct xengt_kvgpu *vgpu);
int xengt_kvgpu_write(struct xengt_kvgpu *vgpu, u32 first, const u64 *entries,
		      u32 count, u32 *ret_scratched);
int xengt_kvgpu_revalidate(struct xengt_kvgpu *vgpu, u64 *ret_dropped,
			   u64 *ret_resolved);
int xengt_kvgpu_own_frames(struct xengt_kvgpu *vgpu, u64 first, u32 count);
int xengt_kvgpu_fence(struct xengt_kvgpu *vgpu, u32 index, u64 value);
int xengt_kvgpu_aperture(struct xengt_kvgpu *vgpu,
			 struct xengt_vgpu_aperture *access);

int xengt_kvgpu_ppgtt_create(struct xengt_kvgpu *vgpu, u32 level, u32 flags,
			     u32 *ret_id);
int xengt_kvgpu_ppgtt_destroy(struct xengt_kvgpu *vgpu, u32 id);
int xengt_kvgpu_ppgtt_write(struct xengt_kvgpu *vgpu, u32 id, u32 first,
			    const u64 *entries, u32 count, u32 *ret_scratched);
int xengt_kvgpu_submit(struct xengt_kvgpu *vgpu, struct xengt_vgpu_submit *work);
int xengt_kvgpu_engine_reset(struct xengt_kvgpu *vgpu, u32 mask);
int xengt_kvgpu_timestamp(struct xengt_kvgpu *vgpu, u64 *ret_ticks);
/*
 * Removes at most 'max' events of the vGPU, stores them in ret_events, and
 * returns their number.
 */
u32 xengt_kvgpu_take_events(struct xengt_kvgpu *vgpu,
			    struct xengt_event *ret_events, u32 max);
/*
 * Returns true if the vGPU has an event. The function takes no lock, so it may
 * return true although another reader has just removed the last event.
 */
bool xengt_kvgpu_has_events(struct xengt_kvgpu *vgpu);

#endif /* XENGT_KMOD_VGPU_H */
