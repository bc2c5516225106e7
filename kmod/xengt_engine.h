/* SPDX-License-Identifier: GPL-2.0-only */
/* The engines of the bound GPU: contexts of the module, the timer, the interrupts. */
#ifndef XENGT_KMOD_ENGINE_H
#define XENGT_KMOD_ENGINE_H

#include <linux/types.h>

#include "xengt_gpu.h"

/*
 * The engines must be in reset or idle, all GGTT entries must point to scratch,
 * and the GPU must be bus master, because this function runs contexts of the
 * module. Returns 0; -ENOMEM; -EIO: an engine does not run its context.
 */
int xengt_engine_init(struct xengt_gpu *gpu);
/* Call this when no vGPU lives and no interrupt comes any more. */
void xengt_engine_fini(struct xengt_gpu *gpu);
/*
 * Call this after a suspend, in the state that xengt_engine_init() needs.
 * Returns 0; -ENOMEM or -EIO: the engines take no work.
 */
int xengt_engine_resume(struct xengt_gpu *gpu);
/*
 * Let the timer look at turns and hangs at this time of ktime_get_ns(). A later
 * call replaces an earlier one.
 */
void xengt_engine_call_at(struct xengt_gpu *gpu, u64 ns);
/*
 * Call this in the interrupt handler. Returns true if engines raised the
 * interrupt, and the handler's thread must run.
 */
bool xengt_engine_irq(struct xengt_gpu *gpu);
void xengt_engine_irq_thread(struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_ENGINE_H */
