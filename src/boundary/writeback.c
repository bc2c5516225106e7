// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: data in the L3 cache
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 7 ("L3 Cache") and Vol 2a
 * (PIPE_CONTROL): data that the render engine wrote may stay in its L3 cache until a
 * command flushes the L3 cache, even after the context was saved. Linux 6.1 ends each
 * request with a flush of the L3 cache (gt/gen8_engine_cs.c), and releases pages only after
 * the end of the requests that used these pages. A guest may omit the flushes; then the
 * cache could write its data to a frame that already has a new owner.
 *
 * The module's commands at each load of a context flush L3 (prelude.c). So if another
 * context was loaded after the vGPU's last one, the module waits only until these commands
 * were run. If the engine has begun the context in the second port and then returns to the
 * context in the first port, only the commands at this return count, because the second
 * context may have left data in L3. If the engine is idle, a context of the module flushes
 * L3. While a context of the vGPU itself is on the engine, frames are kept (hold.c). The
 * module numbers the loads at which its commands run ('loads' in struct xengt_sched). A
 * kept frame is released when the module has ordered such a load after the frame was kept,
 * and this load has run the commands. If no other context is loaded for XENGT_RELOAD_MS,
 * the vGPU's own context is loaded anew (ports.c).
 *
 * The other engines write directly to memory, without the L3 cache.
 */
#include "boundary/writeback.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/exec.h"
#include "boundary/lane.h"
#include "boundary/ports.h"
#include "boundary/prelude.h"
#include "boundary/share.h"
#include "boundary/template.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * Flags of PIPE_CONTROL: flush the L3 cache (bit 27), data (bit 5), render targets
 * (bit 12) and depth (bit 0), stall (bit 20), and write a qword (bit 14) by index into
 * the status page (bit 21).
 */
#define PIPE_CONTROL_FLUSH	0x08305021u
#define STATUS_INDEX		0xff8u
#define RING_DWORDS		10u

int xengt_write_back_init(struct xengt_sched *sched)
{
	struct xengt_slot *own = &sched->flusher;
	uint32_t *dw;
	int r;

	xengt_own_free(sched, own);
	r = xengt_own_make(sched, own, XENGT_ENGINE_RCS);
	if (r) {
		xengt_own_free(sched, own);
		return r;
	}
	dw = own->ring.mem;
	/*
	 * set L3SQCREG4 first: it decides how the L3 cache is flushed, and on
	 * Gen9 user batches may write this register (FORCE_TO_NONPRIV,
	 * hw/platform.h)
	 */
	dw[0] = XENGT_MI_LRI_OF(1);
	dw[1] = XENGT_L3SQCREG4;
	dw[2] = sched->l3sqcreg4;
	dw[4] = XENGT_PIPE_CONTROL;
	dw[5] = PIPE_CONTROL_FLUSH;
	dw[6] = STATUS_INDEX;
	return 0;
}

void xengt_write_back_fini(struct xengt_sched *sched)
{
	xengt_own_free(sched, &sched->flusher);
}

static bool is_on_engine(const struct xengt_exec *exec)
{
	return xengt_lane_is_on_hw(&exec->lanes[XENGT_ENGINE_RCS]);
}

/*
 * Run the flusher, the context of the module that flushes the L3 cache, and charge the vGPU
 * for its time. The render engine must be idle.
 */
static int flush(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;
	struct xengt_engine *engine = &sched->engines[XENGT_ENGINE_RCS];
	uint64_t begin = xengt_bnd_now_ns(sched->hw), end;
	int r;

	sched->flusher.is_fresh = true;
	r = xengt_own_run(sched, &sched->flusher, RING_DWORDS, false);
	xengt_prelude_forget(engine);
	end = xengt_bnd_now_ns(sched->hw);
	/* (the engine needs at most this time; in a longer time dom0 stood still) */
	if (end - begin > XENGT_TEMPLATE_MS * XENGT_NS_PER_MS)
		begin = end - XENGT_TEMPLATE_MS * XENGT_NS_PER_MS;
#ifndef XENGT_FAULT_FREE_FLUSHES
	xengt_queue_charge(&engine->queue,
			   &exec->lanes[XENGT_ENGINE_RCS].account, end - begin,
			   end);
#endif
	return r;
}

/*
 * Returns 0: the L3 cache was flushed after the vGPU's last context; 1: not
 * yet; -EIO.
 */
static int step(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;
	const struct xengt_slot *first;

	first = xengt_lane_first(&sched->engines[XENGT_ENGINE_RCS]);
	if (!first)
		return flush(exec);
	if (first->has_flushed || !*xengt_prelude_done(first))
		return 0;
	/* read the engine's events: the engine may have become idle */
	xengt_sched_irq(sched, XENGT_ENGINE_RCS, 0);
	return 1;
}

struct flush_wait {
	struct xengt_exec *exec;
	const struct xengt_slot *first;	/* the context that the engine ran */
};

#define ANEW	2			/* the engine runs another context now */

/*
 * As step(), but also returns 0 if a context of the vGPU is on the engine again, and ANEW if
 * the engine has loaded another context, whose time begins now.
 */
static int look(void *arg)
{
	struct flush_wait *wait = arg;
	struct xengt_exec *exec = wait->exec;
	const struct xengt_slot *first;
	int r = step(exec);

	if (r != 1)
		return r;
	if (is_on_engine(exec))
		return 0;
	first = xengt_lane_first(&exec->sched->engines[XENGT_ENGINE_RCS]);
	if (first == wait->first)
		return 1;
	wait->first = first;
	return ANEW;
}

/*
 * Repeat step() until it returns 0, or a context of the vGPU is on the engine
 * again. Returns 1: neither has happened although the engine has run the same context
 * for XENGT_TEMPLATE_MS.
 */
static int flush_or_wait(struct xengt_exec *exec)
{
	struct flush_wait wait = { exec, NULL };
	int r;

	do {
		r = xengt_hw_poll(exec->sched->hw,
				  XENGT_TEMPLATE_MS * XENGT_NS_PER_MS, look,
				  &wait);
	} while (r == ANEW);
	return r;
}

/*
 * A loaded context runs the prelude before a guest's commands, so the wait is short. If
 * the wait is too long, the loaded context has hung: its work is ended, and the hang is
 * counted for its vGPU.
 */
static int insist(struct xengt_exec *exec)
{
	const struct xengt_slot *first;
	int r = flush_or_wait(exec);

	if (r <= 0)
		return r;
	first = xengt_lane_first(&exec->sched->engines[XENGT_ENGINE_RCS]);
	if (first)
		xengt_exec_overrun(first->exec, XENGT_ENGINE_RCS);
	/* the whole GPU may have been reset, which has emptied the caches */
	if (exec->sched->hw->health->is_stopped)
		return 0;
	return flush_or_wait(exec) ? -EIO : 0;
}

int xengt_write_back(struct xengt_exec *exec)
{
	const struct xengt_hw *hw;
	int r;

#ifdef XENGT_FAULT_NO_WRITE_BACK
	return 0;
#endif
	if (!exec->sched || !exec->has_lines)
		return 0;
	hw = exec->sched->hw;
	/*
	 * the reset of the whole GPU has emptied its caches, when it has ended; sync: read
	 * is_resetting after is_stopped, as xengt_hw_full_reset() writes them
	 */
	if (hw->health->is_stopped) {
		hw->ops->sync(hw->ctx);
#ifdef XENGT_FAULT_TRUST_RESET
		return 0;
#endif
		return hw->health->is_resetting;
	}
	if (is_on_engine(exec))
		return 1;
	/* the GPU's driver has flushed the caches at the end of each part */
	if (hw->is_shared) {
		exec->has_lines = false;
		return 0;
	}
	xengt_bnd_wake(hw);
	r = insist(exec);
	xengt_bnd_sleep(hw);
	if (r) {
		hw->health->flushes_failed++;
		xengt_hw_full_reset(hw);
		xengt_sched_drop_all(exec->sched);
		return r;
	}
	exec->has_lines = is_on_engine(exec);
	return exec->has_lines;
}

/* ---- marks, while a context of the vGPU is on the engine ---- */

uint64_t xengt_write_back_mark(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;

	exec->kept_mark = sched->loads;
	exec->kept_since = xengt_bnd_now_ns(sched->hw);
	xengt_ports_dispatch(sched, &sched->engines[XENGT_ENGINE_RCS]);
	return exec->kept_mark;
}

void xengt_write_back_unmark(struct xengt_exec *exec)
{
	exec->kept_since = 0;
}

bool xengt_write_back_is_past(const struct xengt_exec *exec, uint64_t mark)
{
	return exec->sched->flushed > mark;
}

void xengt_write_back_hurry(struct xengt_exec *exec)
{
	exec->kept_since = 1;
	xengt_sched_irq(exec->sched, XENGT_ENGINE_RCS, 0);
}
