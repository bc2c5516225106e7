/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Internals of gpu_sim.c: the structs of the host and its vGPUs, and the
 * functions of gpu_sim_exec.c (work) and gpu_sim_hw.c (hardware, memory) that
 * gpu_sim.c calls.
 */
#ifndef XENGT_GPU_SIM_PRIV_H
#define XENGT_GPU_SIM_PRIV_H

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/bnd_types.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/exec.h"
#include "boundary/gtt.h"
#include "boundary/part.h"
#include "gpu/gpu.h"
#include "gpu/gpu_sim.h"
#include "hw/platform.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define GPU_SIM_VGPUS_MAX	XENGT_EXEC_VGPUS_MAX
#define GPU_SIM_HOST_DOMID	0

struct table;

struct gpu_sim_hold {
	xengt_mfn_t mfn;
	uint32_t count;
};

struct gpu_sim {
	struct xengt_gpu gpu;
	struct xengt_gpu_sim_host *host;
	struct xengt_hv_fake *domain;
	struct xengt_bnd_vgpu v;
	struct gpu_sim_hold *holds;		/* one element for each guest
						 * frame */
	uint64_t own_first;		/* first frame of the range that op
					 * own_frames set: the GPU must not
					 * reach these frames */
	uint32_t own_count;
	int inject;
	xengt_mfn_t kept[XENGT_KEPT_FRAMES_MAX + XENGT_GTT_BATCH];
	uint32_t n_kept;		/* number of frames in kept[], which
					 * frames_keep() has put there, oldest
					 * first */
	uint64_t frames_held;
	uint64_t frames_mapped;
	uint64_t frames_released;
};

struct xengt_gpu_sim_host {
	struct xengt_fake_machine *machine;
	struct xengt_sim *sim;
	struct xengt_part part;
	struct gpu_sim *vgpus[GPU_SIM_VGPUS_MAX];
	const struct xengt_platform *platform;
	xengt_mfn_t scratch_mfn;
	bool has_scratch;
	struct xengt_hw hw;
	struct xengt_hw_health health;
	uint32_t wakes;			/* calls of power() that wake the GPU,
					 * minus calls that let the GPU sleep */
	struct xengt_space space;
	struct xengt_sched sched;
	uint64_t call_at;		/* virtual time at which
					 * xengt_sched_tick() is due */
	uint64_t timeout_ns;		/* timeout of vGPUs made from now on; 0:
					 * the default */
	struct table *tables;		/* gpu_sim_hw.c: page tables that are in use */
};

static inline struct gpu_sim *to_sim(struct xengt_gpu *gpu)
{
	return (struct gpu_sim *)gpu;
}

/* Returns the bus address of a machine frame. No other code makes bus addresses. */
static inline xengt_bus_t bus_of(xengt_mfn_t mfn)
{
	return xengt_bus_of_page(xengt_gpu_sim_bus_page(xengt_mfn_x(mfn)));
}

static inline xengt_mfn_t mfn_of(xengt_bus_t bus)
{
	return xengt_mfn(xengt_gpu_sim_mfn(xengt_bus_x(bus)));
}

/*
 * gpu_sim_hw.c: fills host->hw. The simulator and the scratch page must exist
 * already.
 */
void xengt_gpu_sim_hw_init(struct xengt_gpu_sim_host *host);
/*
 * Frees the page tables that could not be released because the GPU was lost.
 * Call this before the machine is destroyed.
 */
void xengt_gpu_sim_hw_fini(struct xengt_gpu_sim_host *host);

/* gpu_sim_exec.c */
int xengt_gpu_sim_exec_host_init(struct xengt_gpu_sim_host *host);
void xengt_gpu_sim_exec_host_fini(struct xengt_gpu_sim_host *host);
/* Lets the engines work and handles their interrupts, for a bounded time. */
void xengt_gpu_sim_exec_pump(struct xengt_gpu_sim_host *host);
/*
 * Lets the engines work for one call (struct xengt_sim_exec_opts.work_per_call)
 * and handles their interrupts; if there is nothing to do, advances the clock.
 */
void xengt_gpu_sim_exec_step(struct xengt_gpu_sim_host *host);

#endif /* XENGT_GPU_SIM_PRIV_H */
