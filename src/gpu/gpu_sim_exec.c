// SPDX-License-Identifier: GPL-2.0-only
/*
 * Runs submissions on the simulated GPU, by the same boundary code as the
 * module. There is no thread in the background: each call of next_event lets
 * the engines work for a while, and then handles their interrupts as the
 * module's handler would.
 */
#include "boundary/area.h"
#include "boundary/bnd_sched.h"
#include "boundary/engine.h"
#include "boundary/share.h"
#include "gpu/gpu_sim_priv.h"
#include "hw/platform.h"
#include "sim/sim.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

/* Bounds of one call of next_event. */
#define PUMP_TURNS	64u
#define PUMP_NS		1000000u	/* ns by which the clock advances if no
					 * engine works */

int xengt_gpu_sim_exec_host_init(struct xengt_gpu_sim_host *host)
{
	int r = xengt_space_init(&host->space, &host->hw,
				 XENGT_SIM_GGTT_ENTRIES - XENGT_SPACE_PAGES);

	if (r)
		return r;
	host->call_at = XENGT_NEVER;
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
	host->timeout_ns = (ms ? ms : XENGT_SHARE_TIMEOUT_MS) * UINT64_C(1000000);
	for (uint32_t i = 0; i < GPU_SIM_VGPUS_MAX; i++)
		if (host->vgpus[i])
			host->vgpus[i]->v.exec.share.timeout_ns =
				host->timeout_ns;
}

static bool is_called(const struct xengt_gpu_sim_host *host)
{
	return xengt_sim_time(host->sim) >= host->call_at;
}

static bool tick(struct xengt_gpu_sim_host *host)
{
	host->call_at = XENGT_NEVER;
	return xengt_sched_tick(&host->sched);
}

/*
 * Let the engines work for a while, and handle their interrupts and the tick
 * that is due. Returns false if there was nothing to do.
 */
static bool turn(struct xengt_gpu_sim_host *host)
{
	uint32_t bits[XENGT_ENGINES] = { 0 };
	bool more = xengt_sim_run(host->sim);

	more |= xengt_engine_irqs_take(&host->sched, bits);
	for (uint32_t e = 0; e < XENGT_ENGINES; e++)
		if (bits[e])
			xengt_sched_irq(&host->sched, (enum xengt_engine_id)e,
					bits[e]);
	if (!is_called(host))
		return more;
	tick(host);
	return true;
}

/* Advance the clock to the next tick, but at most by PUMP_NS. */
static void let_time_pass(struct xengt_gpu_sim_host *host)
{
	uint64_t now = xengt_sim_time(host->sim);
	bool is_soon = host->call_at > now && host->call_at - now < PUMP_NS;

	xengt_sim_advance(host->sim, is_soon ? host->call_at - now : PUMP_NS);
}

void xengt_gpu_sim_exec_step(struct xengt_gpu_sim_host *host)
{
	bool did = turn(host);

	xengt_sched_unmute(&host->sched);
	if (!did)
		let_time_pass(host);
}

void xengt_gpu_sim_exec_pump(struct xengt_gpu_sim_host *host)
{
	uint32_t i = 0;

	while (i < PUMP_TURNS && turn(host))
		i++;
	xengt_sched_unmute(&host->sched);
	if (tick(host) && i < PUMP_TURNS)
		let_time_pass(host);
}
