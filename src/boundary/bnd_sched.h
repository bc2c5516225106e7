/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The scheduler sets up the engines, gives vGPUs turns on the engines, handles
 * interrupts and hangs, and returns events to the caller.
 *
 * An engine has two ports. The context in the first port runs. When this
 * context has no more commands, the hardware at once loads the context in the
 * second port, so the engine need not wait for the module. ports.h gives vGPUs
 * their turns; share.h chooses the next vGPU by the time that each vGPU has
 * had.
 */
#ifndef XENGT_BND_SCHED_H
#define XENGT_BND_SCHED_H

#include "boundary/exec.h"
#include "uapi/xengt.h"

/*
 * Set up the scheduler: allocate the status pages, set the memory types, enable the engines and
 * make the templates (template.h). The engines must be in reset, or idle. The caller must not
 * handle interrupts of the engines during this call. hang_ms is the time after which a context
 * without progress has hung; 0: the default. -ENOMEM; -EIO: an engine does not run a context, and
 * the GPU is stopped. After an error nothing is allocated.
 */
int xengt_sched_init(struct xengt_sched *sched, const struct xengt_hw *hw,
		     struct xengt_space *space, uint32_t hang_ms);
/*
 * Disable the engines. All vGPUs must have been removed by xengt_exec_fini().
 * May be called again.
 */
void xengt_sched_fini(struct xengt_sched *sched);
/*
 * Set up the engines and the templates again after the hardware lost its state.
 * No work may be in flight, and the caller must not handle interrupts of the
 * engines during this call. -EIO: an engine does not run a context, and the GPU
 * is stopped; -ENOMEM: there are no templates, so later submissions fail.
 */
int xengt_sched_resume(struct xengt_sched *sched);

/*
 * Add a vGPU. The caller has zeroed *exec. The function copies *guest. gtt and
 * ppgtt (the vGPU's GGTT and its contexts' page tables) must outlive exec.
 * -ENOSPC: there are XENGT_EXEC_VGPUS_MAX vGPUs, or vgpu_id is not in 1 to
 * XENGT_EXEC_VGPUS_MAX.
 */
int xengt_exec_init(struct xengt_exec *exec, struct xengt_sched *sched,
		    const struct xengt_guest *guest,
		    const struct xengt_gtt *gtt,
		    struct xengt_ppgtt_tables *ppgtt, uint32_t vgpu_id);
/*
 * Remove a vGPU: end its work like xengt_exec_reset(). On return no engine works for the
 * vGPU, the memory of its slots is freed, no cache has data of the vGPU (unless the GPU is
 * lost), and the vGPU has no events and can submit no work. Called with engines_lock()
 * held; the function releases this lock while it waits. May be called again, and for a
 * zeroed exec.
 */
void xengt_exec_fini(struct xengt_exec *exec);

/*
 * Handle an interrupt of an engine. 'bits' is the engine's half of the IIR; 0:
 * only look for new events of the engine.
 */
void xengt_sched_irq(struct xengt_sched *sched, enum xengt_engine_id engine,
		     uint32_t bits);
/*
 * An engine that raised too many interrupts (XENGT_IRQS_MAX) is muted until its
 * window of time is over. This function unmutes each engine whose window is
 * over, and reports to the vGPU on this engine the interrupts that the vGPU may
 * have missed. Returns true if some engines are still muted. After
 * xengt_sched_irq(), call this function until it returns false.
 */
bool xengt_sched_unmute(struct xengt_sched *sched);
/*
 * End turns that are over, and reset hung engines. Call this function at the
 * time that was passed to call_at() of struct xengt_hw_ops; calls at other
 * times do no harm. Returns false if all engines are idle.
 */
bool xengt_sched_tick(struct xengt_sched *sched);

/*
 * Called after a reset of the whole GPU. All work of all vGPUs becomes HUNG, and each vGPU
 * gets events for its work; no vGPU is blamed. xengt_sched_tick() does this, too.
 */
void xengt_sched_drop_all(struct xengt_sched *sched);

/*
 * Charge the vGPU on each engine for a time that the engines lost because of the vGPU, although
 * its work did not run.
 */
void xengt_exec_charge(struct xengt_exec *exec, uint64_t ns);
/* Give the vGPU this share. xengt_share_parse() has filled *share. */
void xengt_exec_set_share(struct xengt_exec *exec,
			  const struct xengt_share *share);
/*
 * Carries out XENGT_VGPU_IOC_ENGINE_RESET. Called with engines_lock() held. The function
 * releases this lock while it waits for a context of another vGPU. -EINVAL: there is no
 * such engine.
 */
int xengt_exec_reset(struct xengt_exec *exec, uint32_t mask);
/* Returns true if the engine runs a context of the vGPU, by its events until now. */
bool xengt_exec_is_first(const struct xengt_exec *exec, enum xengt_engine_id engine);
/*
 * Called if the vGPU's work has not left this engine in time: end the work, count a
 * hang of the vGPU, and give the vGPU the event HUNG. Does nothing if the engine runs
 * no work of the vGPU.
 */
void xengt_exec_overrun(struct xengt_exec *exec, enum xengt_engine_id engine);
/*
 * Get the vGPU's next event; false: there is no event. If the event is
 * XENGT_EVENT_COMPLETE, this function first saves the context's image to the
 * guest, so the caller must be allowed to access guest frames.
 */
bool xengt_exec_next_event(struct xengt_exec *exec,
			   struct xengt_event *ret_event);

/* ---- for submit.c ---- */

/*
 * Put a slot with a built image into the queue for its engine. The slot's turn
 * may begin at once.
 */
void xengt_sched_queue(struct xengt_slot *slot);
/* Called when the ring of a slot in flight has become longer. */
void xengt_sched_more(struct xengt_slot *slot);

#endif /* XENGT_BND_SCHED_H */
