/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the render engine write data that contexts left in its L3 cache to
 * memory, before the contexts' frames are released.
 */
#ifndef XENGT_WRITEBACK_H
#define XENGT_WRITEBACK_H

#include "boundary/exec.h"

/* Make the context of the module that flushes the L3 cache, and replace an older context
 * of this kind. The engines must be enabled and idle. -ENOMEM; -EIO: the GPU is lost.
 * After an error the module has no context that flushes the L3 cache. */
int xengt_write_back_init(struct xengt_sched *sched);
/* Free the context that flushes the L3 cache. May be called again. */
void xengt_write_back_fini(struct xengt_sched *sched);

/*
 * Write back the data of the vGPU's contexts if this is possible now. Returns 0: no cache
 * has data that the vGPU's contexts wrote. Returns 1: a cache may have data of the vGPU's
 * contexts, because one of these contexts is on the render engine, or because the reset of
 * the whole GPU has not ended. -EIO: the GPU did not
 * write the data back, and was stopped (bnd_hw.h). May sleep, and may start work of other
 * vGPUs. Call this function and the following functions with engines_lock() held. Call
 * the following functions only after this function has returned 1.
 */
int xengt_write_back(struct xengt_exec *exec);
/*
 * Request that all data that a cache has now is written back. Returns a mark for
 * xengt_write_back_is_past(). When xengt_write_back_is_past() becomes true for this mark,
 * the vGPU gets an event.
 */
uint64_t xengt_write_back_mark(struct xengt_exec *exec);
/*
 * Returns true if all data that a cache had when the mark was made was written
 * back.
 */
bool xengt_write_back_is_past(const struct xengt_exec *exec, uint64_t mark);
/*
 * Make the engine load the vGPU's context again as soon as the engine can leave
 * the context.
 */
void xengt_write_back_hurry(struct xengt_exec *exec);
/* Forget the vGPU's mark, because no frame waits for the mark any more. */
void xengt_write_back_unmark(struct xengt_exec *exec);

#endif /* XENGT_WRITEBACK_H */
