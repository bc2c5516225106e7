// SPDX-License-Identifier: GPL-2.0-only
/*
 * Submission on the simulated GPU: the same boundary code as the module's.
 * Nothing happens by itself: each call of next_event lets the engines work for
 * a while, and then handles their interrupts as the module's handler would.
 */
#include "gpu/gpu_sim_priv.h"

#include "boundary/engine.h"
#include "boundary/bnd_sched.h"
#include "hw/platform.h"

/* Bounds of one call of next_event. */
#define PUMP_TURNS	64u
#define PUMP_NS		1000000u	/* time that passes if no engine
					 * works */

int xengt_gpu_sim_exec_host_init(struct xengt_gpu_sim_host *host)
{
	int r = xengt_space_init(&host->space, &host->hw,
				 XENGT_SIM_GGTT_ENTRIES - XENGT_SPACE_PAGES);

	if (r)
		return r;
	r = xengt_sched_init(&host->sched, &host->hw, &host->space, 0);
	if (r)
		return r;
	xengt_engine_irqs_enable(&host->sched);
	return 0;
}

void xengt_gpu_sim_exec_host_fini(struct xengt_gpu_sim_host *host)
{
	xengt_sched_fini(&host->sched);
}

void xengt_gpu_sim_host_hang_bound(struct xengt_gpu_sim_host *host, uint32_t ms)
{
	host->sched.hang_ns = (ms ? ms : XENGT_HANG_MS) * UINT64_C(1000000);
}

void xengt_gpu_sim_exec_pump(struct xengt_gpu_sim_host *host)
{
	for (uint32_t i = 0; i < PUMP_TURNS; i++) {
		uint32_t bits[XENGT_ENGINES] = { 0 };
		bool more = xengt_sim_run(host->sim);

		if (!xengt_engine_irqs_take(&host->sched, bits) && !more)
			break;
		for (uint32_t e = 0; e < XENGT_ENGINES; e++)
			if (bits[e])
				xengt_sched_irq(&host->sched,
						(enum xengt_engine_id)e,
						bits[e]);
	}
	xengt_sched_unmute(&host->sched);
	if (xengt_sched_tick(&host->sched))
		xengt_sim_advance(host->sim, PUMP_NS);
}
