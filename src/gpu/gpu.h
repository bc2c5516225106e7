/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interface by which the device model uses the hardware, for one vGPU.
 *
 * There are two implementations: gpu_kmod.c (the module, by the fd of a vGPU of
 * /dev/xengt) and gpu_sim.c (the simulated GPU in this process, guarded by the
 * same boundary code that the module is built from). One conformance suite runs
 * on both implementations. All calls come from the thread that owns the vGPU.
 * Each op returns 0 or -errno, unless its comment says otherwise.
 */
#ifndef XENGT_GPU_H
#define XENGT_GPU_H

#include "uapi/xengt.h"
#include "xengt/types.h"

struct xengt_gpu;

/* The members have the meaning that they have in struct xengt_event. */
struct xengt_gpu_event {
	enum xengt_event_type type;
	uint32_t value;
	enum xengt_engine_id engine;
	uint64_t seqno;
};

struct xengt_gpu_ops {
	/*
	 * Get the vGPU's id, domain, slices and counters; see struct
	 * xengt_vgpu_info in uapi/xengt.h.
	 */
	int (*info)(struct xengt_gpu *gpu, struct xengt_vgpu_info *ret_info);
	/*
	 * Put guest entries into the GGTT, from graphics page 'first' on; see
	 * XENGT_VGPU_IOC_GGTT_WRITE for meaning and errors. ret_scratched NULL:
	 * the caller does not need the number.
	 */
	int (*ggtt_write)(struct xengt_gpu *gpu, uint32_t first,
			  const uint64_t *entries, uint32_t count,
			  uint32_t *ret_scratched);
	/* See XENGT_VGPU_IOC_REVALIDATE. */
	int (*revalidate)(struct xengt_gpu *gpu);
	/* See XENGT_VGPU_IOC_PPGTT_CREATE, _DESTROY and _WRITE; ret_scratched
	 * NULL: the caller does not need the number. */
	int (*ppgtt_create)(struct xengt_gpu *gpu, uint32_t level,
			    uint32_t flags, uint32_t *ret_id);
	int (*ppgtt_destroy)(struct xengt_gpu *gpu, uint32_t id);
	int (*ppgtt_write)(struct xengt_gpu *gpu, uint32_t id, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *ret_scratched);
	/* See XENGT_VGPU_IOC_SUBMIT; the op fills the out fields of *work. */
	int (*submit)(struct xengt_gpu *gpu, struct xengt_vgpu_submit *work);
	/* See XENGT_VGPU_IOC_ENGINE_RESET. */
	int (*engine_reset)(struct xengt_gpu *gpu, uint32_t mask);
	/* See XENGT_VGPU_IOC_TIMESTAMP. */
	int (*timestamp)(struct xengt_gpu *gpu, uint64_t *ret_ticks);
	/* See XENGT_VGPU_IOC_OWN_FRAMES. */
	int (*own_frames)(struct xengt_gpu *gpu, gfn_t first, uint32_t count);
	/* See XENGT_VGPU_IOC_FENCE. */
	int (*fence_write)(struct xengt_gpu *gpu, uint32_t index,
			   uint64_t value);
	/* See XENGT_VGPU_IOC_APERTURE; the out fields of *access are filled. */
	int (*aperture)(struct xengt_gpu *gpu,
			struct xengt_vgpu_aperture *access);
	/* See XENGT_VGPU_IOC_ZAP. */
	int (*zap)(struct xengt_gpu *gpu);
	/*
	 * Returns 1: *ret_ev is the next event; 0: no event waits. Never
	 * blocks.
	 */
	int (*next_event)(struct xengt_gpu *gpu,
			  struct xengt_gpu_event *ret_ev);
	/*
	 * A descriptor that polls readable while an event waits, or -1 if there
	 * is no such descriptor.
	 */
	int (*event_fd)(struct xengt_gpu *gpu);
	void (*destroy)(struct xengt_gpu *gpu);
};

struct xengt_gpu {
	const struct xengt_gpu_ops *ops;
};

/*
 * Make the object for the fd of a vGPU. The object owns vgpu_fd. If this
 * function fails, it has closed vgpu_fd.
 */
int xengt_gpu_kmod_create(int vgpu_fd, struct xengt_gpu **ret_gpu);

#endif /* XENGT_GPU_H */
