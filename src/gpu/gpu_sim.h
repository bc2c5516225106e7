/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gpu.h on the simulated GPU of this process: what the kernel module is to the
 * hardware, built from the same boundary code. One host has one GPU and its
 * vGPUs, each for one fake domain of the host's machine.
 */
#ifndef XENGT_GPU_SIM_H
#define XENGT_GPU_SIM_H

#include "gpu/gpu.h"
#include "hv/hv_fake.h"
#include "sim/sim.h"

struct xengt_gpu_sim_host;

int xengt_gpu_sim_host_create(struct xengt_fake_machine *machine,
			      enum xengt_platform_id platform,
			      struct xengt_gpu_sim_host **ret_host);
/* The vGPUs are destroyed before. */
void xengt_gpu_sim_host_destroy(struct xengt_gpu_sim_host *host);
/* As XENGT_IOC_INFO. */
void xengt_gpu_sim_host_info(const struct xengt_gpu_sim_host *host,
			     struct xengt_info *ret_info);
/* The hardware itself, to look at and to drive as the GPU would; borrowed. */
struct xengt_sim *xengt_gpu_sim_host_sim(struct xengt_gpu_sim_host *host);
/* The GPU is unbound: every vGPU is zapped, and told so. */
void xengt_gpu_sim_host_unbind(struct xengt_gpu_sim_host *host);

/* As XENGT_IOC_CREATE_VGPU; same errors. The domain outlives the vGPU. */
int xengt_gpu_sim_create(struct xengt_gpu_sim_host *host,
			 struct xengt_hv_fake *domain, uint32_t low_mib,
			 uint32_t high_mib, uint32_t fences,
			 struct xengt_gpu **ret_gpu);
/* Where the GPU's page of this table is, for a test that walks; 0: nowhere. */
uint64_t xengt_gpu_sim_ppgtt_bus(const struct xengt_gpu *gpu, uint32_t id);
/* Work in flight that uses the (level 4) root, and its end. */
int xengt_gpu_sim_ppgtt_pin(struct xengt_gpu *gpu, uint32_t id);
void xengt_gpu_sim_ppgtt_unpin(struct xengt_gpu *gpu, uint32_t id);
/* What is on an engine without progress for so long has hung, whoever waits; 0: the
 * defaults. */
void xengt_gpu_sim_host_hang_bound(struct xengt_gpu_sim_host *host,
				   uint32_t ms);
/* The next taking of frames fails with this error. */
void xengt_gpu_sim_inject(struct xengt_gpu *gpu, int error);

/*
 * Does what the GPU sees agree with the law? Every page of every vGPU, by GGTT
 * and by page table, is scratch or a frame that the domain owns. Returns how
 * many entries are neither. Reads the GPU's tables, not what this code believes
 * it wrote there.
 */
uint32_t xengt_gpu_sim_host_audit(struct xengt_gpu_sim_host *host);

#endif /* XENGT_GPU_SIM_H */
