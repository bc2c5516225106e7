// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: lines in L3
 *
 * Gen8 and Gen9, Intel PRM Broadwell and Skylake, Vol 7 ("L3 Cache") and Vol 2a
 * (PIPE_CONTROL): data that the render engine wrote may stay in its L3 cache until a
 * command flushes L3, even after the context was saved. Linux 6.1 ends each request with
 * such a flush (gt/gen8_engine_cs.c), and releases pages only after the requests' end. If a
 * guest does not do so, the cache could write to a frame that has a new owner.
 *
 * The module's commands at each load of a context flush L3 (prelude.c). So if another
 * context was loaded after the vGPU's last one, the module waits only until these commands
 * were run. If the engine is idle, a context of the module flushes L3. While a context of
 * the vGPU itself is on the engine, frames are kept (hold.c): the module numbers the loads
 * at which its commands run, and a frame may go when such a load, ordered after the frame
 * was kept, has run them. If the engine began another context behind the one that is on it
 * now, only the load after that counts. If no other context is loaded for
 * XENGT_RELOAD_MS, the vGPU's own context is loaded anew (ports.c).
 *
 * The other engines write directly to memory.
 */
#include "boundary/writeback.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_sched.h"
#include "boundary/exec.h"
#include "boundary/lane.h"
#include "boundary/ports.h"
#include "boundary/prelude.h"
#include "boundary/template.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/*
 * Flushes of L3 (bit 27), of data (5), of render targets (12) and of depth (0), with a
 * stall (20) and a write by index (21) of a qword (14).
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
	memset(dw, 0, 4 * RING_DWORDS);
	/*
	 * L3SQCREG4 says how L3 is flushed, and on Gen9 user batches may write it
	 * (FORCE_TO_NONPRIV, hw/platform.h)
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
	const struct xengt_lane *lane = &exec->lanes[XENGT_ENGINE_RCS];
	uint32_t i;

	for (i = 0; i < XENGT_EXEC_SLOTS; i++) {
		if (lane->slots[i].state == XENGT_SLOT_ON_HW)
			return true;
	}
	return false;
}

/* Flush L3 by a context of the module. The engine must be idle. */
static int flush(struct xengt_sched *sched)
{
	struct xengt_engine *engine = &sched->engines[XENGT_ENGINE_RCS];
	int r;

	sched->flusher.is_fresh = true;
	r = xengt_own_run(sched, &sched->flusher, RING_DWORDS, false);
	xengt_prelude_forget(engine);
	return r;
}

/* Returns 0: done; 1: not yet. */
static int step(struct xengt_exec *exec)
{
	struct xengt_sched *sched = exec->sched;
	const struct xengt_slot *first;

	first = xengt_lane_first(&sched->engines[XENGT_ENGINE_RCS]);
	if (!first)
		return flush(sched);
	if (first->has_flushed || !*xengt_prelude_done(first))
		return 0;
	/* the engine's next event may say that it has become idle */
	xengt_sched_irq(sched, XENGT_ENGINE_RCS, 0);
	return 1;
}

/*
 * Repeat step() until it is done, or the vGPU is on the engine again. Returns
 * 1: neither came in time.
 */
static int flush_or_wait(struct xengt_exec *exec)
{
	const struct xengt_hw *hw = exec->sched->hw;
	uint64_t end = xengt_bnd_now_ns(hw) +
		       XENGT_TEMPLATE_MS * XENGT_NS_PER_MS;
	int r;

	while ((r = step(exec)) == 1) {
		if (is_on_engine(exec))
			return 0;
		if (xengt_bnd_now_ns(hw) >= end)
			return 1;
		hw->ops->wait_us(hw->ctx, 20);
	}
	return r;
}

/*
 * A loaded context runs the module's commands before a guest's commands, so the wait is
 * short. If it is not, the context has hung, and its vGPU is blamed.
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
	/* the reset of the whole GPU has emptied its caches */
	if (hw->health->is_stopped)
		return 0;
	if (is_on_engine(exec))
		return 1;
	xengt_bnd_wake(hw);
	r = insist(exec);
	xengt_bnd_sleep(hw);
	if (r) {
		hw->health->flushes_failed++;
		xengt_hw_full_reset(hw);
		return r;
	}
	exec->has_lines = is_on_engine(exec);
	return exec->has_lines;
}

/* ---- while a context of the vGPU is on the engine ---- */

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
