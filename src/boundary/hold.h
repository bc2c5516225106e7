/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The guest of a vGPU as its GGTT and its page tables know it: a frame is released only
 * when the caches have written back what the vGPU's contexts wrote.
 */
#ifndef XENGT_HOLD_H
#define XENGT_HOLD_H

#include "bnd_guest.h"
#include "exec.h"

/* Zeroed before hold_guest() and until the vGPU's exec is there. */
struct xengt_hold {
	struct xengt_guest guest;	/* the owner's */
	const struct xengt_hw *hw;
	struct xengt_exec *exec;
};

/* All is as guest says but for frames_put(), before which xengt_write_back() is called;
 * what that does not promise stays held if the GPU is lost. hold outlives what it returns. */
struct xengt_guest xengt_hold_guest(struct xengt_hold *hold,
				    const struct xengt_hw *hw,
				    const struct xengt_guest *guest,
				    struct xengt_exec *exec);

#endif /* XENGT_HOLD_H */
