/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The engines' time: who has it, and what comes of it.
 *
 * An engine has two ports. The first runs; the second is loaded the moment the
 * first has run dry, so that the engine need not wait for us. vGPUs take turns
 * (ports.h) by what they have had of the engine's time (share.h).
 */
#ifndef XENGT_BND_SCHED_H
#define XENGT_BND_SCHED_H

#include "exec.h"

/*
 * Status pages made, engines enabled: they are in reset, or idle. Templates made
 * (template.h), so no interrupt of engines is taken meanwhile. hang_ms 0: the
 * default. -ENOMEM; -EIO: an engine does not run a context, and the GPU is stopped;
 * on error nothing is left.
 */
int xengt_sched_init(struct xengt_sched *sched, const struct xengt_hw *hw,
		     struct xengt_space *space, uint32_t hang_ms);
/* All vGPUs are gone. The engines do nothing any more. Idempotent. */
void xengt_sched_fini(struct xengt_sched *sched);
/*
 * After the hardware lost its state; nothing is in flight, and no interrupt of engines
 * is taken. Templates are made anew. -EIO: an engine does not run a context, and the GPU
 * is stopped; -ENOMEM: without templates no context is taken.
 */
int xengt_sched_resume(struct xengt_sched *sched);

/*
 * A vGPU comes. -ENOSPC: XENGT_EXEC_VGPUS_MAX are there. exec is zeroed; *guest
 * is copied; gtt and ppgtt, the vGPU's graphics memory and the spaces of its
 * contexts, outlive it.
 */
int xengt_exec_init(struct xengt_exec *exec, struct xengt_sched *sched,
		    const struct xengt_guest *guest,
		    const struct xengt_gtt *gtt,
		    struct xengt_ppgtt_tables *ppgtt, uint32_t vgpu_id);
/*
 * Its end: no engine works for it on return, its memory is given back, it has
 * no events, and takes no work. Idempotent, fine for a zeroed one.
 */
void xengt_exec_fini(struct xengt_exec *exec);

/* The engine's half of its IIR; may be 0, to look whether something is done. */
void xengt_sched_irq(struct xengt_sched *sched, enum xengt_engine_id engine,
		     uint32_t bits);
/*
 * Ends the silence of engines that raised too many interrupts (XENGT_IRQS_MAX) and
 * whose window is over, and tells whoever is on them of what they may have raised
 * meanwhile. True: some are still muted, so it is to be called again. To be called
 * after xengt_sched_irq(), and then until it says false.
 */
bool xengt_sched_unmute(struct xengt_sched *sched);
/*
 * When struct xengt_hw_ops.call_at() said, or at any other time: turns that are over,
 * hung engines. Returns false when all are idle.
 */
bool xengt_sched_tick(struct xengt_sched *sched);

/* From now on the vGPU has this share, as xengt_share_parse() made it. */
void xengt_exec_set_share(struct xengt_exec *exec,
			  const struct xengt_share *share);
/* XENGT_VGPU_IOC_ENGINE_RESET; -EINVAL: no such engine. */
int xengt_exec_reset(struct xengt_exec *exec, uint32_t mask);
/*
 * The next event, if there is one. A context that ran dry is saved to the guest
 * here: the caller may touch guest frames.
 */
bool xengt_exec_next_event(struct xengt_exec *exec,
			   struct xengt_event *ret_event);

/* ---- for submit.c ---- */

/* A slot that was loaded waits for its turn; it may begin at once. */
void xengt_sched_queue(struct xengt_slot *slot);
/* A slot in flight has got more ring. */
void xengt_sched_more(struct xengt_slot *slot);

#endif /* XENGT_BND_SCHED_H */
