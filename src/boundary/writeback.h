/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes the data of contexts from the caches to memory, before the contexts'
 * frames are released.
 */
#ifndef XENGT_WRITEBACK_H
#define XENGT_WRITEBACK_H

#include "exec.h"

/* Make the module's context that flushes, and replace an older one. The engines must be
 * enabled and idle. -ENOMEM; -EIO: the GPU is lost. After an error there is no context. */
int xengt_write_back_init(struct xengt_sched *sched);
/* May be called again. */
void xengt_write_back_fini(struct xengt_sched *sched);

/*
 * On return no cache has data that the vGPU's contexts wrote. If one of its contexts is on
 * the render engine, this function does nothing (docs/threat-model.md). Call it with
 * engines_lock() held. May sleep, and may start work of other vGPUs. -EIO: the GPU did not
 * write the data back, and has been stopped (bnd_hw.h).
 */
int xengt_write_back(struct xengt_exec *exec);

#endif /* XENGT_WRITEBACK_H */
