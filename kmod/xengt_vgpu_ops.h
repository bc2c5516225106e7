/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A vGPU: what the module adds to the boundary's object, and the functions by
 * which the boundary accesses the guest.
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
	struct list_head link;		/* in xengt_gpu.vgpus, by its lock */
	struct xengt_gpu *gpu;		/* owns a reference */
	struct mutex lock;		/* guards the members below, except
					 * wait */
	struct xengt_bnd_vgpu bnd;	/* xengt_gpu.exec_lock also guards its
					 * member exec */
	struct xengt_frames frames;
	wait_queue_head_t wait;		/* readers that wait for events; the
					 * queue has its own lock */
};

/* ctx is the struct xengt_kvgpu. */
extern const struct xengt_guest_ops xengt_kvgpu_ops;

#endif /* XENGT_KMOD_VGPU_OPS_H */
