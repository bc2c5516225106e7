/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Wraps the guest's operations for GGTT and page tables: a frame is released
 * only when the caches have written back the data of the vGPU's contexts.
 */
#ifndef XENGT_HOLD_H
#define XENGT_HOLD_H

#include "bnd_guest.h"
#include "exec.h"

/* The ctx of the guest that xengt_hold_guest() returns. */
struct xengt_hold {
	struct xengt_guest guest;	/* the guest of the vGPU's owner */
	const struct xengt_hw *hw;
	struct xengt_exec *exec;
};

/* Returns a copy of *guest, but with a frames_put() that calls
 * xengt_write_back() first and releases nothing if the GPU is lost. *hold must
 * outlive the returned guest. */
struct xengt_guest xengt_hold_guest(struct xengt_hold *hold,
				    const struct xengt_hw *hw,
				    const struct xengt_guest *guest,
				    struct xengt_exec *exec);

#endif /* XENGT_HOLD_H */
