/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The module's object of a vGPU, which contains the boundary's object, and the
 * functions by which the boundary accesses the guest.
 */
#ifndef XENGT_KMOD_VGPU_OPS_H
#define XENGT_KMOD_VGPU_OPS_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/wait.h>

#include "boundary/bnd_guest.h"
#include "boundary/bnd_vgpu.h"
#include "xengt_frames.h"
#include "xengt_gpu.h"

struct xengt_kvgpu {
	struct list_head link;		/* element of xengt_gpu.vgpus;
					 * xengt_gpu.lock guards it */
	struct xengt_gpu *gpu;		/* the vGPU has a reference to the
					 * GPU */
	struct mutex lock;		/* guards the members below, except
					 * wait */
	struct xengt_bnd_vgpu bnd;	/* the boundary's object;
					 * xengt_gpu.exec_lock also guards
					 * bnd.exec */
	struct xengt_frames frames;
	wait_queue_head_t wait;		/* queue of the readers that wait for
					 * events; it has its own lock */
};

/* The ctx of these operations is the struct xengt_kvgpu. */
extern const struct xengt_guest_ops xengt_kvgpu_ops;

#endif /* XENGT_KMOD_VGPU_OPS_H */
