// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates execlist ports: the contexts that an engine holds, and the choice
 * of the context that runs next.
 *
 *            ELSP write                     arbitration point
 *   [idle] ------------> queued, 0x1 -> [active] ---------------> queued,
 *      ^                                  |  |     0x2 preempted, or
 *      |  0x18 last one complete          |  |     0x8002 lite restore
 *      +----------------------------------+  |
 *                        0x14 complete, second port takes over
 *
 * If XENGT_SIM_STRICT_IDLE is on, an idle engine whose registers still have the
 * values of a context does not load this context again: the engine reads only
 * the tail from the image, unless the descriptor forces a restore.
 *
 * If XENGT_SIM_STRICT_TORN is on, a save and a load each take SWITCH_RUNS steps
 * of the engine, and the event comes after the save; a reset during that time
 * tears the image (tear.c).
 *
 * Not modelled: synchronous context switches while a context waits for an event
 * or semaphore (drivers inhibit them); changes of the run list mode while the
 * engine holds contexts.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"

#define SWITCH_NS	1000U
#define SWITCH_RUNS	2U

static void take_queue(struct sim_engine *e)
{
	e->port[0] = e->queued[0];
	e->port[1] = e->queued[1];
	e->has_queued = false;
}

/*
 * Begin a switch that takes time. Returns false if the switch takes no time;
 * then the caller carries the switch out at once.
 */
static bool begin_switch(struct xengt_sim *sim, struct sim_engine *e,
			 enum sim_switch what)
{
	if (!sim_is_strict(sim, XENGT_SIM_STRICT_TORN))
		return false;
	e->switching = what;
	e->switch_runs = SWITCH_RUNS;
	return true;
}

static void load_context(struct xengt_sim *sim, struct sim_engine *e)
{
	const struct xengt_sim_exec_opts *opts = &sim->exec->opts;

	e->time += opts->switch_ns ? opts->switch_ns :
		SWITCH_NS * (uint64_t)opts->cost_percent / 100;
	e->resident = e->port[0];
	sim_lrc_restore(sim, e);
	begin_switch(sim, e, SIM_SWITCH_LOADING);
}

static bool is_same_context(uint64_t a, uint64_t b)
{
	return DESC_LRCA(a) == DESC_LRCA(b) && a >> 32 == b >> 32;
}

/* Start the first context on an idle engine. */
static void begin_context(struct xengt_sim *sim, struct sim_engine *e)
{
	if (sim_is_strict(sim, XENGT_SIM_STRICT_IDLE) &&
	    is_same_context(e->resident, e->port[0]) &&
	    !(e->port[0] & DESC_FORCE_RESTORE))
		sim_lrc_continue(sim, e);
	else
		load_context(sim, e);
}

static bool may_preempt(struct xengt_sim *sim, const struct sim_engine *e)
{
	if (sim_engine_is_ring_empty(sim, e))
		return true;
	return !e->arb_off && e->level <= SIM_BATCH2 &&
		!(sim->exec->opts.ignore_preempt & SIM_ENGINE_BIT(e->id));
}

/*
 * Save the running context, and replace the contexts in the ports by the queued
 * contexts.
 */
static void preempt(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t complete = sim_engine_is_ring_empty(sim, e) ? CSB_COMPLETE : 0;
	uint64_t old = e->port[0];

	e->stats.preemptions++;
	if (complete)
		e->stats.completions++;
	sim_lrc_save(sim, e);
	sim_csb_put(sim, e, CSB_PREEMPTED | complete, old);
	take_queue(e);
	if (e->port[0])
		load_context(sim, e);
}

bool sim_ports_arbitrate(struct xengt_sim *sim, struct sim_engine *e)
{
	uint64_t old = e->port[0];

	if (!e->has_queued)
		return false;
	if (!old) {
		take_queue(e);
		if (!e->port[0])
			return false;
		sim_csb_put(sim, e, CSB_IDLE_ACTIVE, e->port[0]);
		begin_context(sim, e);
		return true;
	}
	if (!may_preempt(sim, e))
		return false;
	if (is_same_context(old, e->queued[0]) &&
	    !(e->queued[0] & DESC_FORCE_RESTORE)) {
		take_queue(e);
		sim_lrc_resample(sim, e);
		e->stats.lite_restores++;
		sim_csb_put(sim, e, CSB_PREEMPTED | CSB_LITE_RESTORE, old);
		return false;
	}
	if (begin_switch(sim, e, SIM_SWITCH_SAVING))
		return false;
	preempt(sim, e);
	return true;
}

static void complete(struct xengt_sim *sim, struct sim_engine *e)
{
	uint64_t old = e->port[0];

	e->stats.completions++;
	sim_lrc_save(sim, e);
	if (e->port[1]) {
		sim_csb_put(sim, e, CSB_COMPLETE | CSB_ELEMENT_SWITCH, old);
		e->port[0] = e->port[1];
		e->port[1] = 0;
		load_context(sim, e);
	} else {
		e->port[0] = 0;
		sim_csb_put(sim, e, CSB_COMPLETE | CSB_ACTIVE_IDLE, old);
	}
}

void sim_ports_complete(struct xengt_sim *sim, struct sim_engine *e)
{
	if (!begin_switch(sim, e, SIM_SWITCH_SAVING))
		complete(sim, e);
}

void sim_ports_switch(struct xengt_sim *sim, struct sim_engine *e)
{
	enum sim_switch what = e->switching;

	if (e->switch_runs) {
		e->switch_runs--;
		e->is_waiting = true;
		return;
	}
	e->switching = SIM_SWITCH_NONE;
	if (what != SIM_SWITCH_SAVING)
		return;
	if (e->has_queued)
		preempt(sim, e);
	else
		complete(sim, e);
}
