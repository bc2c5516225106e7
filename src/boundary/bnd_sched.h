/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler of the engines: sets them up, gives vGPUs their turns, handles
 * interrupts and hangs, and hands out events.
 *
 * An engine has two ports. The context in the first port runs. When it has no
 * more commands, the hardware at once loads the context in the second port, so
 * the engine need not wait for the module. vGPUs take turns (ports.h) according
 * to the time that they have had (share.h).
 */
#ifndef XENGT_BND_SCHED_H
#define XENGT_BND_SCHED_H

#include "boundary/exec.h"
#include "uapi/xengt.h"

/*
 * Make the status pages, set the memory types, enable the engines (which are in
 * reset, or idle) and make the templates (template.h). No interrupt of the engines may be handled
 * meanwhile. hang_ms 0: the default. -ENOMEM; -EIO: an engine does not run a
 * context, and the GPU is stopped. After an error nothing is left.
 */
int xengt_sched_init(struct xengt_sched *sched, const struct xengt_hw *hw,
		     struct xengt_space *space, uint32_t hang_ms);
/* Disable the engines. All vGPUs must be gone. May be called again. */
void xengt_sched_fini(struct xengt_sched *sched);
/*
 * Set up the engines and the templates again after the hardware lost its state.
 * Nothing may be in flight, and no interrupt of the engines may be handled
 * meanwhile. -EIO: an engine does not run a context, and the GPU is stopped;
 * -ENOMEM: there are no templates, so no context will be taken.
 */
int xengt_sched_resume(struct xengt_sched *sched);

/*
 * Add a vGPU. exec is zeroed; *guest is copied. gtt and ppgtt (the vGPU's
 * graphics memory and its contexts' page tables) must outlive exec. -ENOSPC:
 * there are XENGT_EXEC_VGPUS_MAX vGPUs.
 */
int xengt_exec_init(struct xengt_exec *exec, struct xengt_sched *sched,
		    const struct xengt_guest *guest,
		    const struct xengt_gtt *gtt,
		    struct xengt_ppgtt_tables *ppgtt, uint32_t vgpu_id);
/*
 * End the vGPU's work, as xengt_exec_reset(): no engine works for it on return, its memory
 * is given back, it has no events and takes no work. May be called again, and for a
 * zeroed exec.
 */
void xengt_exec_fini(struct xengt_exec *exec);

/*
 * Handle an engine's interrupt. 'bits' is the engine's half of its IIR; 0: only
 * look for events.
 */
void xengt_sched_irq(struct xengt_sched *sched, enum xengt_engine_id engine,
		     uint32_t bits);
/*
 * An engine that raised too many interrupts (XENGT_IRQS_MAX) is muted until its
 * window of time is over. Unmute the engines whose window is over, and report to
 * the vGPU on each the interrupts that it may have missed. Returns true if some
 * engines are still muted. Call this after xengt_sched_irq(), until it returns
 * false.
 */
bool xengt_sched_unmute(struct xengt_sched *sched);
/*
 * End turns that are over, and reset hung engines. Call it at the time that
 * struct xengt_hw_ops.call_at() was told; other times do no harm. Returns false
 * if all engines are idle.
 */
bool xengt_sched_tick(struct xengt_sched *sched);

/* Give the vGPU this share, which xengt_share_parse() made. */
void xengt_exec_set_share(struct xengt_exec *exec,
			  const struct xengt_share *share);
/*
 * XENGT_VGPU_IOC_ENGINE_RESET. Called with engines_lock() held, which it releases while it
 * waits for a context of another vGPU. -EINVAL: there is no such engine.
 */
int xengt_exec_reset(struct xengt_exec *exec, uint32_t mask);
/*
 * The vGPU's work has not left this engine in time: end the work, and blame the vGPU,
 * which gets the event HUNG. Does nothing if the engine runs no such work.
 */
void xengt_exec_overrun(struct xengt_exec *exec, enum xengt_engine_id engine);
/*
 * The next event; false: there is none. If it is the end of a context, the
 * context's image is saved to the guest, so the caller must be in a context in
 * which it may access guest frames.
 */
bool xengt_exec_next_event(struct xengt_exec *exec,
			   struct xengt_event *ret_event);

/* ---- for submit.c ---- */

/*
 * Put a loaded slot into the queue for its engine. Its turn may begin at once.
 */
void xengt_sched_queue(struct xengt_slot *slot);
/* Call this when the ring of a slot in flight has become longer. */
void xengt_sched_more(struct xengt_slot *slot);

#endif /* XENGT_BND_SCHED_H */
