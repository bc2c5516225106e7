/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the data of contexts from the caches to memory, before the contexts'
 * frames are released.
 */
#ifndef XENGT_WRITEBACK_H
#define XENGT_WRITEBACK_H

#include "boundary/exec.h"

/* Make the module's context that flushes, and replace an older one. The engines must be
 * enabled and idle. -ENOMEM; -EIO: the GPU is lost. After an error there is no context. */
int xengt_write_back_init(struct xengt_sched *sched);
/* May be called again. */
void xengt_write_back_fini(struct xengt_sched *sched);

/*
 * Returns 0: no cache has data that the vGPU's contexts wrote. Returns 1: a cache may have
 * some, because one of these contexts is on the render engine. -EIO: the GPU did not write
 * the data back, and has been stopped (bnd_hw.h). May sleep, and may start work of other
 * vGPUs. Call this and the following functions with engines_lock() held, and these only
 * after a 1.
 */
int xengt_write_back(struct xengt_exec *exec);
/*
 * Order that everything is written back that a cache has now. Returns a mark for
 * xengt_write_back_is_past(). When that becomes true, the vGPU is told that it has an event.
 */
uint64_t xengt_write_back_mark(struct xengt_exec *exec);
/* Was everything written back that a cache had when the mark was made? */
bool xengt_write_back_is_past(const struct xengt_exec *exec, uint64_t mark);
/* Load the vGPU's context anew as soon as the engine can leave it. */
void xengt_write_back_hurry(struct xengt_exec *exec);
/* Forget the mark for which the vGPU waits. */
void xengt_write_back_unmark(struct xengt_exec *exec);

#endif /* XENGT_WRITEBACK_H */
