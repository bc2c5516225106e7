/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What contexts wrote reaches memory before the frames that they wrote to are
 * released.
 */
#ifndef XENGT_WRITEBACK_H
#define XENGT_WRITEBACK_H

#include "exec.h"

/* The module's context for it; what there was is replaced. The engines are enabled and idle.
 * -ENOMEM, -EIO: the GPU is lost. On an error nothing is left. */
int xengt_write_back_init(struct xengt_sched *sched);
/* Idempotent. */
void xengt_write_back_fini(struct xengt_sched *sched);

/*
 * On return no cache has anything that the vGPU's contexts wrote, unless one of them is on
 * the render engine: then nothing is done, see docs/threat-model.md. With engines_lock()
 * held; may sleep, and dispatches work of others. -EIO: the GPU did not do it, and has been
 * stopped (bnd_hw.h).
 */
int xengt_write_back(struct xengt_exec *exec);

#endif /* XENGT_WRITEBACK_H */
