// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: engines
 *
 * src/boundary decides which context has a turn on which engine; this file
 * gives it interrupts and time. The interrupt handler only acknowledges and
 * remembers. The thread behind it looks at what the engines did, because that
 * needs the lock that submissions take. While there is work, a timer looks for
 * engines that hang.
 */
#include <linux/module.h>
#include <linux/slab.h>

#include "bnd_sched.h"
#include "engine.h"
#include "xengt_priv.h"

static unsigned int hang_ms = XENGT_HANG_MS;
module_param(hang_ms, uint, 0444);
MODULE_PARM_DESC(hang_ms,
		 "an engine without progress for so long is reset (10000)");

#define TICK_MAX	HZ

/* ---- time ---- */

static unsigned long tick_interval(void)
{
	return clamp_t(unsigned long, msecs_to_jiffies(hang_ms) / 4, 1,
		       TICK_MAX);
}

void xengt_engine_watch(struct xengt_gpu *gpu)
{
	queue_delayed_work(system_wq, &gpu->tick, tick_interval());
}

static void tick(struct work_struct *work)
{
	struct xengt_gpu *gpu = container_of(to_delayed_work(work),
					     struct xengt_gpu, tick);

	mutex_lock(&gpu->exec_lock);
	if (xengt_sched_tick(gpu->sched))
		xengt_engine_watch(gpu);
	mutex_unlock(&gpu->exec_lock);
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

/* Call it with exec_lock. */
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

/* ---- life ---- */

int xengt_engine_init(struct xengt_gpu *gpu)
{
	int r;

	mutex_init(&gpu->exec_lock);
	INIT_DELAYED_WORK(&gpu->tick, tick);
	INIT_DELAYED_WORK(&gpu->unmute, unmute);
	gpu->sched = kvzalloc(sizeof(*gpu->sched), GFP_KERNEL);
	if (!gpu->sched)
		return -ENOMEM;
	r = xengt_space_init(&gpu->space, &gpu->hw,
			     gpu->ggtt_entries - XENGT_SPACE_PAGES);
	if (r)
		goto free_sched;
	r = xengt_sched_init(gpu->sched, &gpu->hw, &gpu->space, hang_ms);
	if (r)
		goto free_sched;
	xengt_engine_irqs_enable(gpu->sched);
	return 0;

free_sched:
	cancel_delayed_work_sync(&gpu->tick);
	kvfree(gpu->sched);
	return r;
}

void xengt_engine_fini(struct xengt_gpu *gpu)
{
	cancel_delayed_work_sync(&gpu->unmute);
	mutex_lock(&gpu->exec_lock);
	xengt_sched_fini(gpu->sched);
	mutex_unlock(&gpu->exec_lock);
	cancel_delayed_work_sync(&gpu->tick);
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
