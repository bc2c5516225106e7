// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates the engines, and chooses the engine that works next.
 *
 * Time is virtual: each command takes a number of nanoseconds. The engine with
 * the earliest time always works next, so that the engines seem to work in
 * parallel. One call executes a bounded number of commands; a batch that loops
 * cannot keep the other engines from working.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define WORK_PER_CALL	4096U
#define POLL_NS		500U
#define LATE_NS		1000000U
#define SHARE		8U
#define ROW_BYTES	(256U << 10)

static const uint32_t bases[SIM_ENGINES] = {
	[SIM_RCS] = 0x2000, [SIM_VCS] = 0x12000, [SIM_VECS] = 0x1a000,
	[SIM_BCS] = 0x22000,
};

static const struct xengt_sim_exec_opts default_opts = {
	.cost_percent = 100, .strict = XENGT_SIM_STRICT_IMAGES,
};

void sim_engine_power_on(struct xengt_sim *sim)
{
	sim->exec->opts = default_opts;
	sim->exec->n_lines = 0;
	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		e->time = 0;
		e->threads_token = 0;
		memset(&e->stats, 0, sizeof(e->stats));
	}
}

int sim_engine_init(struct xengt_sim *sim)
{
	struct sim_exec *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	sim->exec = x;
	if (sim_lines_init(x))
		return -ENOMEM;
	for (int i = 0; i < 2; i++) {
		x->row[i] = malloc(ROW_BYTES);
		if (!x->row[i])
			return -ENOMEM;
	}
	for (int i = 0; i < SIM_ENGINES; i++) {
		x->engine[i].id = (enum sim_engine_id)i;
		x->engine[i].base = bases[i];
		if (sim_vm_init(&x->engine[i]) ||
		    sim_image_init(sim, &x->engine[i]))
			return -ENOMEM;
	}
	sim_cmd_index(x, sim->plat->gen);
	sim_engine_power_on(sim);
	return 0;
}

void sim_engine_fini(struct xengt_sim *sim)
{
	if (!sim->exec)
		return;
	for (int i = 0; i < SIM_ENGINES; i++) {
		sim_vm_fini(&sim->exec->engine[i]);
		sim_image_fini(&sim->exec->engine[i]);
	}
	sim_lines_fini(sim->exec);
	free(sim->exec->row[0]);
	free(sim->exec->row[1]);
	free(sim->exec);
	sim->exec = NULL;
}

/*
 * Returns the engine in mask that works next: the engine with the earliest
 * time, because on hardware engines work at the same time. If the simulation of
 * an engine takes longer than the time that is simulated, the engine's time
 * falls further and further behind sim->now. An engine that falls behind gets
 * at most SHARE steps for each step of another engine in this call, so that the
 * other engines can work.
 */
static struct sim_engine *next_engine(struct xengt_sim *sim, unsigned int mask,
				      const unsigned int steps[SIM_ENGINES])
{
	struct sim_engine *best = NULL, *least = NULL;

	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		if (!(mask & SIM_ENGINE_BIT(i)))
			continue;
		if (!best || e->time < best->time)
			best = e;
		if (!least || steps[i] < steps[least->id])
			least = e;
	}
	if (best && best->time + LATE_NS < sim->now &&
	    steps[best->id] / SHARE > steps[least->id])
		return least;
	return best;
}

bool sim_engine_run(struct xengt_sim *sim)
{
	struct sim_exec *x = sim->exec;
	unsigned int runnable = SIM_ENGINE_ALL, waiting = 0;
	unsigned int steps[SIM_ENGINES] = { 0 };
	unsigned int work = x->opts.work_per_call ?
		x->opts.work_per_call : WORK_PER_CALL;

	if (x->current)
		return false;
	sim_csb_time_passes(sim, false);
	while (work--) {
		struct sim_engine *e = next_engine(sim, runnable & ~waiting,
						   steps);
		bool did;

		if (!e)
			break;
		steps[e->id]++;
		x->current = e;
		e->is_waiting = false;
		did = sim_exec_step(sim, e);
		x->current = NULL;
		if (e->is_waiting) {
			e->time += POLL_NS;
			waiting |= SIM_ENGINE_BIT(e->id);
		} else if (!did) {
			runnable &= ~SIM_ENGINE_BIT(e->id);
		} else {
			/*
			 * another engine may have waited for the effect of this
			 * step
			 */
			waiting = 0;
		}
		if (did && e->time > sim->now)
			sim->now = e->time;
	}
	return runnable & ~waiting;
}

int sim_engine_idle(struct xengt_sim *sim)
{
	sim_csb_time_passes(sim, true);
	if (sim_engine_run(sim))
		return 0;
	for (int i = 0; i < SIM_ENGINES; i++)
		if (sim->exec->engine[i].is_waiting)
			return 1;
	return -1;
}

bool xengt_sim_is_switching(struct xengt_sim *sim)
{
	for (int i = 0; i < SIM_ENGINES; i++)
		if (sim_exec_is_switching(sim, &sim->exec->engine[i]))
			return true;
	return false;
}

uint64_t xengt_sim_time(const struct xengt_sim *sim)
{
	return sim->now;
}

void xengt_sim_get_exec(const struct xengt_sim *sim,
			struct xengt_sim_exec_opts *ret_opts)
{
	*ret_opts = sim->exec->opts;
}

void xengt_sim_set_exec(struct xengt_sim *sim,
			const struct xengt_sim_exec_opts *opts)
{
	sim->exec->opts = *opts;
}

void xengt_sim_engine_stats(const struct xengt_sim *sim, unsigned int engine,
			    struct xengt_sim_engine_stats *ret_stats)
{
	memset(ret_stats, 0, sizeof(*ret_stats));
	if (engine < SIM_ENGINES)
		*ret_stats = sim->exec->engine[engine].stats;
}
