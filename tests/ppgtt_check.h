/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Checks that the GPU's page tables mean the same as the guest's, for the unit
 * test and the fuzzer of page tables. The check walks both tables side by side in
 * the memory of the fake machine, as the hardware would. The check uses no state
 * of the device model or the boundary.
 */
#ifndef XENGT_PPGTT_CHECK_H
#define XENGT_PPGTT_CHECK_H

#include "gpu/gpu_sim.h"

#define CHECK_MEMO	4096u

struct ppgtt_check {
	struct xengt_fake_machine *machine;
	struct xengt_hv_fake *guest;
	uint64_t scratch_mfn;
	bool has_64k;			/* true: the guest has enabled pages of 64
					 * KiB */
	/* pairs of tables that were compared already */
	struct { uint64_t gfn, bus; uint32_t level; } memo[CHECK_MEMO];
	uint32_t memos;
};

/*
 * Returns entry i of the table in this frame of the guest, or 0 if the frame is
 * not RAM.
 */
uint64_t check_guest_entry(const struct ppgtt_check *c, uint64_t frame,
			   uint32_t i);

/*
 * Returns entry i of the GPU's table at this bus address, or 0 if there is no
 * memory.
 */
uint64_t check_gpu_entry(const struct ppgtt_check *c, uint64_t bus, uint32_t i);

/*
 * Do the GPU's table and all tables below it have the same meaning as the
 * guest's? 'frame' is the frame of the guest's table of that level, 'gpu' is the
 * GPU's entry that points to the corresponding table. Prints a difference.
 */
bool check_table(struct ppgtt_check *c, uint64_t frame, uint32_t level,
		 uint64_t gpu);

#endif /* XENGT_PPGTT_CHECK_H */
