// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: engines
 *
 * src/boundary gives contexts their turns on the engines. This file calls the
 * boundary when there are interrupts and when a requested time has come. The
 * interrupt handler only acknowledges interrupts and stores their bits. The
 * interrupt's thread lets the boundary handle the engines' events, because this
 * needs exec_lock, a mutex. A timer expires when the boundary has requested a
 * call: at the end of a turn, and at regular intervals to find engines that
 * hang.
 */
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/version.h>

#include "boundary/area.h"
#include "boundary/bnd_sched.h"
#include "boundary/engine.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"

static unsigned int hang_ms = XENGT_HANG_MS;
module_param(hang_ms, uint, 0444);
MODULE_PARM_DESC(hang_ms,
		 "reset an engine that makes no progress for this many milliseconds while only one vGPU needs it (default 10000)");

/* ---- time ---- */

/*
 * Linux 6.13 added hrtimer_setup(), and a later version removed hrtimer_init().
 */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
static void hrtimer_setup(struct hrtimer *timer,
			  enum hrtimer_restart (*function)(struct hrtimer *),
			  clockid_t clock, enum hrtimer_mode mode)
{
	hrtimer_init(timer, clock, mode);
	timer->function = function;
}
#endif

void xengt_engine_call_at(struct xengt_gpu *gpu, u64 ns)
{
	hrtimer_start(&gpu->timer, ns_to_ktime(ns), HRTIMER_MODE_ABS);
}

void xengt_engine_kick(struct xengt_gpu *gpu)
{
	/*
	 * use the queue with high priority, because a guest may be waiting for
	 * the end of a turn
	 */
	queue_work(system_highpri_wq, &gpu->tick);
}

static enum hrtimer_restart time_has_come(struct hrtimer *timer)
{
	xengt_engine_kick(container_of(timer, struct xengt_gpu, timer));
	return HRTIMER_NORESTART;
}

static void tick(struct work_struct *work)
{
	struct xengt_gpu *gpu = container_of(work, struct xengt_gpu, tick);

	mutex_lock(&gpu->exec_lock);
	xengt_sched_tick(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
}

/*
 * Stop the timer and its work. Call this function only if no work is in flight.
 */
static void stop_time(struct xengt_gpu *gpu)
{
	hrtimer_cancel(&gpu->timer);
	cancel_work_sync(&gpu->tick);
}

/* ---- interrupts ---- */

bool xengt_engine_irq(struct xengt_gpu *gpu)
{
	u32 bits[XENGT_ENGINES] = { 0 };
	int i;

	if (!xengt_engine_irqs_take(gpu->sched, bits))
		return false;
	for (i = 0; i < XENGT_ENGINES; i++)
		atomic_or(bits[i], &gpu->irq_bits[i]);
	return true;
}

/*
 * Unmute engines whose window is over, and try again later if engines are still
 * muted. Call this function with exec_lock held.
 */
static void end_silence(struct xengt_gpu *gpu)
{
	if (xengt_sched_unmute(gpu->sched))
		queue_delayed_work(system_wq, &gpu->unmute, 1);
}

static void unmute(struct work_struct *work)
{
	struct xengt_gpu *gpu = container_of(to_delayed_work(work),
					     struct xengt_gpu, unmute);

	mutex_lock(&gpu->exec_lock);
	end_silence(gpu);
	mutex_unlock(&gpu->exec_lock);
}

void xengt_engine_irq_thread(struct xengt_gpu *gpu)
{
	u32 bits;
	int i;

	mutex_lock(&gpu->exec_lock);
	for (i = 0; i < XENGT_ENGINES; i++) {
		bits = atomic_xchg(&gpu->irq_bits[i], 0);
		if (bits)
			xengt_sched_irq(gpu->sched, i, bits);
	}
	end_silence(gpu);
	mutex_unlock(&gpu->exec_lock);
}

/* ---- set-up and shutdown ---- */

int xengt_engine_init(struct xengt_gpu *gpu)
{
	int r;

	mutex_init(&gpu->exec_lock);
	hrtimer_setup(&gpu->timer, time_has_come, CLOCK_MONOTONIC,
		      HRTIMER_MODE_ABS);
	INIT_WORK(&gpu->tick, tick);
	INIT_DELAYED_WORK(&gpu->unmute, unmute);
	gpu->sched = kvzalloc(sizeof(*gpu->sched), GFP_KERNEL);
	if (!gpu->sched)
		return -ENOMEM;
	r = xengt_space_init(&gpu->space, &gpu->hw, gpu->space_first);
	if (r)
		goto free_sched;
	r = xengt_sched_init(gpu->sched, &gpu->hw, &gpu->space, hang_ms);
	if (r)
		goto free_sched;
	xengt_engine_irqs_enable(gpu->sched);
	return 0;

free_sched:
	stop_time(gpu);
	kvfree(gpu->sched);
	return r;
}

void xengt_engine_fini(struct xengt_gpu *gpu)
{
	cancel_delayed_work_sync(&gpu->unmute);
	mutex_lock(&gpu->exec_lock);
	xengt_sched_fini(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
	stop_time(gpu);
	kvfree(gpu->sched);
}

int xengt_engine_resume(struct xengt_gpu *gpu)
{
	int r;

	mutex_lock(&gpu->exec_lock);
	r = xengt_sched_resume(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
	if (!r)
		xengt_engine_irqs_enable(gpu->sched);
	return r;
}
