/* SPDX-License-Identifier: GPL-2.0-only */
/* The engines of the bound GPU: contexts of the module, the timer, the interrupts. */
#ifndef XENGT_KMOD_ENGINE_H
#define XENGT_KMOD_ENGINE_H

#include <linux/types.h>

#include "xengt_gpu.h"

/*
 * Set up the engines. Before the call, the engines must be in reset or idle,
 * all GGTT entries must point to scratch, and the GPU must be bus master,
 * because this function runs contexts of the module. Returns 0; -ENOMEM; -EIO:
 * an engine does not run a context.
 */
int xengt_engine_init(struct xengt_gpu *gpu);
/*
 * Shut down the engines. Call this function when no vGPU is live and no
 * interrupt comes any more.
 */
void xengt_engine_fini(struct xengt_gpu *gpu);
/*
 * Set up the engines again after a suspend. The GPU must be in the state that
 * xengt_engine_init() needs. Returns 0; -ENOMEM or -EIO: later submissions
 * fail.
 */
int xengt_engine_resume(struct xengt_gpu *gpu);
/*
 * Request a call of xengt_sched_tick() when ktime_get_ns() reaches 'ns'. A
 * later request replaces an earlier one.
 */
void xengt_engine_call_at(struct xengt_gpu *gpu, u64 ns);
/*
 * Let a thread of the kernel call xengt_sched_tick() soon. May be called in an
 * atomic context.
 */
void xengt_engine_kick(struct xengt_gpu *gpu);
/*
 * Called by the interrupt handler. Returns true if engines raised the
 * interrupt; then the interrupt's thread must run.
 */
bool xengt_engine_irq(struct xengt_gpu *gpu);
void xengt_engine_irq_thread(struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_ENGINE_H */
