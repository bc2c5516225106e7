/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A rig for the fuzz targets of the device model: two guests with vGPUs of one simulated
 * GPU. The rig is made once and used for every input. After each input it checks the
 * guests; a check that fails aborts.
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

/* Returns the rig. The first call makes the rig, which exists until the program ends. */
struct fuzz_rig *fuzz_rig(void);

/*
 * Put both guests into the state after power-on, with all their RAM and with
 * the BARs in place.
 */
void fuzz_restart(struct fuzz_rig *rig);

/*
 * Make a vCPU's request, which must be answered exactly once. Returns the
 * answer.
 */
uint64_t fuzz_ask(struct fuzz_guest *guest, const struct xengt_req *req);

/* Make a store of 'size' bytes to the configuration space of the vGPU. */
void fuzz_cfg_write(struct fuzz_guest *guest, uint32_t reg, uint32_t size,
		    uint32_t val);

/*
 * Do what firmware does: put the BARs in place, then switch memory decode on.
 */
void fuzz_decode(struct fuzz_guest *guest);

/*
 * Check the GGTT: entries in a guest's slices may point only to scratch and to frames of
 * that guest; all other entries may point to no frame of a guest. Each call checks the
 * borders of the slices and a sample of the entries; one call of 4096 checks all entries.
 */
void fuzz_judge(struct fuzz_rig *rig);

#endif /* XENGT_RIG_GUESTS_H */
