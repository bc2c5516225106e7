// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps a list of the pages with lines in the render engine's L3 cache that
 * have not been written back yet (XENGT_SIM_STRICT_CACHES).
 *
 * Commands that write memory leave lines in L3. PIPE_CONTROL writes these lines
 * back, by bit 5 (DC flush) or bit 27 (L3 flush) together with bit 20 (CS
 * stall). i915 sends a PIPE_CONTROL with bit 5 before the GPU reports that a
 * request is done. Neither a context's save nor a reset writes lines back.
 *
 * In the simulator a write reaches memory at once, so software sees no
 * difference. But the judge checks a page again when the page's lines are
 * written back: the page must then still belong to the domain of the context
 * that wrote to it.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "xengt/judge_abi.h"

#include <errno.h>
#include <stdlib.h>

/*
 * Maximal number of pages in the list. If lines of another page appear, all
 * lines are written back first.
 */
#define PAGES_MAX	4096U

struct sim_line {
	uint64_t bus;			/* number of the page in bus addresses,
					 * which the entries of the GPU have */
	uint64_t mfn;			/* machine frame to which the lines are
					 * written back */
	struct sim_actor actor;		/* the engine and the command that wrote
					 * to the page last */
	unsigned int slot;		/* slot + 1 of the vGPU whose context
					 * wrote to the page */
	uint16_t domid;
};

int sim_lines_init(struct sim_exec *x)
{
	x->lines = calloc(PAGES_MAX, sizeof(*x->lines));
	return x->lines ? 0 : -ENOMEM;
}

void sim_lines_fini(struct sim_exec *x)
{
	free(x->lines);
	x->lines = NULL;
}

/*
 * Returns true if the page belongs to the domain of the context that wrote to
 * it, or is a scratch page that this context may reach.
 */
static bool is_its(const struct sim_judge *j, const struct sim_line *line,
		   const struct sim_judge_frame *f)
{

	if (f->owner)
		return XENGT_JUDGE_OWNER_DOMID(f->owner) == line->domid;
	return line->domid == j->domid[line->slot] &&
		(j->scratch[line->slot] ?
		 sim_judge_is_own_scratch(j, line->slot, f) :
		 sim_judge_is_host_scratch(j, f));
}

void sim_lines_wrote(struct xengt_sim *sim, uint64_t bus)
{
	struct sim_exec *x = sim->exec;
	struct sim_line line = { .bus = bus / XENGT_SIM_PAGE_BYTES };
	struct sim_judge_frame f;
	uint32_t i = 0;

	if (!sim->judge.hdr || !sim_is_strict(sim, XENGT_SIM_STRICT_CACHES) ||
	    !sim_engine_actor(sim, &line.actor) ||
	    line.actor.engine != SIM_RCS || !line.actor.by_command)
		return;
	sim_judge_sync(sim);
	line.slot = sim_judge_slot_of(sim, line.actor.desc);
	line.domid = sim->judge.domid[line.slot];
	/*
	 * a write to a page of the host, such as the context's status page, is
	 * not tracked
	 */
	if (!line.slot || !sim_judge_frame_at(sim, bus, true, &f) ||
	    !is_its(&sim->judge, &line, &f))
		return;
	line.mfn = f.mfn;
	while (i < x->n_lines && (x->lines[i].mfn != line.mfn ||
				  x->lines[i].slot != line.slot))
		i++;
	if (i == PAGES_MAX) {
		sim_lines_write_back(sim);
		i = 0;
	}
	x->lines[i] = line;
	if (i == x->n_lines)
		x->n_lines++;
}

void sim_lines_write_back(struct xengt_sim *sim)
{
	struct sim_exec *x = sim->exec;
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation v;

	if (j->hdr && x->n_lines)
		sim_judge_sync(sim);
	for (uint32_t i = 0; j->hdr && i < x->n_lines; i++) {
		const struct sim_line *line = &x->lines[i];

		struct sim_judge_frame f = {
			.bus = line->bus,
			.mfn = line->mfn,
		};

		sim_judge_find_owner(sim, &f);
		COUNT(j->hdr->accesses);
		if (is_its(j, line, &f))
			continue;
		sim_judge_start(sim, &v, line->slot, &f,
				XENGT_JUDGE_V_WRITE | XENGT_JUDGE_V_LATE);
		sim_judge_record(sim, &line->actor, &v);
	}
	x->n_lines = 0;
}

void xengt_sim_write_back(struct xengt_sim *sim)
{
	sim_lines_write_back(sim);
}
