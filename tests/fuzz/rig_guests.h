/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzz targets of the device model share: two guests with vGPUs of one
 * simulated GPU, made once, and what must hold after any input. A broken
 * promise aborts.
 */
#ifndef XENGT_RIG_GUESTS_H
#define XENGT_RIG_GUESTS_H

#include "core/vgpu.h"
#include "fuzz/rig_input.h"
#include "gpu/gpu_sim.h"

#define FUZZ_BAR0	0xe0000000u
#define FUZZ_BAR2	0xd0000000u
#define FUZZ_RAM	64u
#define FUZZ_VCPUS	2u

struct fuzz_guest {
	struct xengt_hv_fake *fake;
	struct xengt_hv *hv;
	struct xengt_gpu *gpu;
	struct xengt_vgpu *vgpu;
	struct xengt_vgpu_info info;
};

struct fuzz_rig {
	struct xengt_fake_machine *machine;
	struct xengt_gpu_sim_host *host;
	struct fuzz_guest guests[2];
	uint64_t scratch_pte;
};

/* The rig, made at the first call. It stays for ever. */
struct fuzz_rig *fuzz_rig(void);

/* Both guests as after power-on, with all their RAM and with the BARs in place. */
void fuzz_restart(struct fuzz_rig *rig);

/* A vCPU's request, which must be answered exactly once: the answer. */
uint64_t fuzz_ask(struct fuzz_guest *guest, const struct xengt_req *req);

/* A store of 'size' bytes to the configuration space of the vGPU. */
void fuzz_cfg_write(struct fuzz_guest *guest, uint32_t reg, uint32_t size,
		    uint32_t val);

/* What firmware does: BARs in place, then memory decode on. */
void fuzz_decode(struct fuzz_guest *guest);

/*
 * What the GGTT must hold after any input: in a guest's slices only scratch and frames
 * of that guest, anywhere else no frame of a guest. Each call looks at the borders of
 * the slices and at a sample of the entries, one call of 4096 at all entries.
 */
void fuzz_judge(struct fuzz_rig *rig);

#endif /* XENGT_RIG_GUESTS_H */
