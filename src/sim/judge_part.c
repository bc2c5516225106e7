// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: the commands of dom0's own driver in contexts that
 * work for guests.
 *
 * If dom0's driver owns the GPU, it runs a part of a guest's work in a context of
 * its own, between commands of its own: it stores the number of the request that has
 * begun or ended (breadcrumb) in the page of the context's timeline, and waits for
 * a semaphore in the engine's status page. dom0 says where in the ring the
 * guest's commands are, and which pages these two are (struct xengt_judge_part).
 * So a command is the driver's because of its place, and may reach only these
 * pages; the kind of the command does not matter. A command of a batch is never
 * the driver's.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

/*
 * Copies the engine's element. Returns false if dom0 changes the element now; dom0
 * changes it only while the engine runs no part.
 */
static bool read_part(const struct sim_judge *j, enum sim_engine_id engine,
		      struct xengt_judge_part *ret_part)
{
	const struct xengt_judge_part *from = &j->parts[engine];
	uint64_t seq = IN(from->seq);

	if (seq & 1)
		return false;
	*ret_part = *from;
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return IN(from->seq) == seq;
}

/* Returns true if the offset in the ring is outside of the guest's commands. */
static bool is_outside(const struct xengt_judge_part *p, uint64_t off)
{
	if (p->begin <= p->end)
		return off < p->begin || off >= p->end;
	return off < p->begin && off >= p->end;
}

bool sim_judge_is_drivers(const struct sim_judge *j, const struct sim_actor *a,
			  uint32_t index)
{
	uint64_t page = (uint64_t)index * XENGT_SIM_PAGE_BYTES;
	struct xengt_judge_part p;

	return a->in_ring && read_part(j, a->engine, &p) && p.image &&
		p.image == DESC_LRCA(a->desc) &&
		a->command_addr >= p.ring &&
		a->command_addr < p.ring + p.ring_bytes &&
		is_outside(&p, a->command_addr - p.ring) &&
		(page == p.timeline || page == p.status);
}
