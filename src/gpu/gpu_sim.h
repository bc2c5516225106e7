/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements gpu.h on the simulated GPU of this process. gpu_sim connects the
 * boundary code with the simulator, as the kernel module connects the same
 * boundary code with the hardware. One host has one GPU and its vGPUs. Each
 * vGPU is for one fake domain of the host's machine.
 */
#ifndef XENGT_GPU_SIM_H
#define XENGT_GPU_SIM_H

#include "gpu/gpu.h"
#include "hv/hv_fake.h"
#include "sim/sim.h"
#include "uapi/xengt.h"

struct xengt_gpu_sim_host;

/*
 * The host has an IOMMU: the GPU reaches a machine frame by the bus address of page
 * xengt_gpu_sim_bus_page(mfn), and memory is at no other bus address. So if the boundary
 * used a machine address or a guest's address as bus address, the access would fail.
 * xengt_gpu_sim_mfn() returns the machine frame at a bus address, or in an entry of the GPU.
 */
uint64_t xengt_gpu_sim_bus_page(uint64_t mfn);
uint64_t xengt_gpu_sim_mfn(uint64_t bus);

int xengt_gpu_sim_host_create(struct xengt_fake_machine *machine,
			      enum xengt_platform_id platform,
			      struct xengt_gpu_sim_host **ret_host);
/* Call this only after all vGPUs of the host are destroyed. */
void xengt_gpu_sim_host_destroy(struct xengt_gpu_sim_host *host);
/* Fill *ret_info as XENGT_IOC_INFO does. */
void xengt_gpu_sim_host_info(const struct xengt_gpu_sim_host *host,
			     struct xengt_info *ret_info);
/*
 * Returns the host's simulator, for a test that looks at the hardware or makes
 * accesses as the GPU. xengt_gpu_sim_host_destroy() destroys the simulator.
 */
struct xengt_sim *xengt_gpu_sim_host_sim(struct xengt_gpu_sim_host *host);
/*
 * Unbind the GPU: every vGPU is zapped and gets the event XENGT_EVENT_ZAPPED.
 */
void xengt_gpu_sim_host_unbind(struct xengt_gpu_sim_host *host);

/*
 * Does what XENGT_IOC_CREATE_VGPU does, with the same errors. The domain must
 * live longer than the vGPU.
 */
int xengt_gpu_sim_create(struct xengt_gpu_sim_host *host,
			 struct xengt_hv_fake *domain, uint32_t low_mib,
			 uint32_t high_mib, uint32_t fences,
			 struct xengt_gpu **ret_gpu);
/*
 * Returns the bus address of the page that is the GPU's table with this id, for
 * a test that walks tables; 0 if there is no such table.
 */
uint64_t xengt_gpu_sim_ppgtt_bus(const struct xengt_gpu *gpu, uint32_t id);
/*
 * Pretend that work in flight uses this root (of level 4);
 * xengt_gpu_sim_ppgtt_unpin() ends this.
 */
int xengt_gpu_sim_ppgtt_pin(struct xengt_gpu *gpu, uint32_t id);
void xengt_gpu_sim_ppgtt_unpin(struct xengt_gpu *gpu, uint32_t id);
/*
 * Set the time (in ms of the simulator's clock) after which work that makes no
 * progress on an engine counts as hung, whether another vGPU waits or not; 0:
 * the defaults.
 */
void xengt_gpu_sim_host_hang_bound(struct xengt_gpu_sim_host *host,
				   uint32_t ms);
/* The next attempt to hold frames fails with this error. */
void xengt_gpu_sim_inject(struct xengt_gpu *gpu, int error);

/*
 * Returns the machine frame of the vGPU's scratch page, for a test and for the
 * judge; 0 if the vGPU has no scratch page any more.
 */
uint64_t xengt_gpu_sim_scratch_mfn(const struct xengt_gpu *gpu);

/*
 * Check the isolation of vGPUs: each entry of each vGPU, in the GGTT and in
 * page tables, must point to the vGPU's own scratch page or to a frame that the
 * vGPU's domain owns. Returns the number of wrong entries: those that point to
 * another frame. The function reads the same tables as the GPU, not records of
 * what was written to the tables.
 */
uint32_t xengt_gpu_sim_host_wrong_entries(struct xengt_gpu_sim_host *host);

#endif /* XENGT_GPU_SIM_H */
