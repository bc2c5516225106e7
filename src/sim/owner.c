// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls the callbacks for log lines and for the time of the program that runs
 * the simulator.
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <stdarg.h>
#include <stdio.h>

void sim_log(struct xengt_sim *sim, enum xengt_sim_log_level level,
	     const char *fmt, ...)
{
	char line[256];
	va_list ap;

	if (!sim->ops.log)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	sim->ops.log(sim->opaque, level, line);
}

uint64_t sim_now_ns(struct xengt_sim *sim)
{
	if (sim->ops.now_ns)
		return sim->ops.now_ns(sim->opaque);
	return ++sim->fake_clock;
}
