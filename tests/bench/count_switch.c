/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what a switch between two guests costs an engine: the commands of the module that
 * the engine runs before the commands of the guest (src/boundary/prelude.c). bench_submit
 * measures what the switch costs the processor (submit_switch).
 */
#include "bench/rig_print.h"
#include "unit/residue_rig.h"

#include <stdio.h>

#include "xengt/types.h"

#define RUNS	16u

static uint64_t commands(const struct court *c, uint32_t engine)
{
	struct xengt_sim_engine_stats stats;

	xengt_sim_engine_stats(c->sim, engine, &stats);
	return stats.commands;
}

/* Runs a context with two no-ops, alternately for each of the two guests. */
static void run(struct court *c, uint32_t engine)
{
	for (uint32_t i = 0; i < RUNS; i++) {
		COURT_EMIT(&c->guests[i % 2], 0, 0, 0);
		court_run(&c->guests[i % 2], 0, engine);
	}
}

static void count(enum xengt_platform_id platform, const char *set,
		  const char *name, uint32_t engine, const char *what)
{
	struct court *c = court_open(platform, 0);
	uint64_t before;

	run(c, engine);
	before = commands(c, engine);
	run(c, engine);
	count_print(set, name, (double)(commands(c, engine) - before) / RUNS - 2,
		    what);
	court_close(c);
}

int main(void)
{
	static const struct {
		enum xengt_platform_id platform;
		const char *set;
	} sets[] = {
		{ XENGT_PLATFORM_BDW, "switch_bdw" },
		{ XENGT_PLATFORM_SKL, "switch_skl" },
	};

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(sets); i++) {
		count(sets[i].platform, sets[i].set, "render_commands", 0,
		      "the module's commands on the render engine at a switch between guests");
		count(sets[i].platform, sets[i].set, "blitter_commands", 3,
		      "the module's commands on the blitter at a switch between guests");
	}
	return 0;
}
