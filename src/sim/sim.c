// SPDX-License-Identifier: GPL-2.0-only
/*
 * Creates, resets and destroys a simulated GPU, does the background work of the
 * GPU, and returns its counters.
 */
#include "sim/sim.h"
#include "sim/display.h"
#include "sim/engine.h"
#include "sim/record.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From now on timestamps count from the present time. */
static void set_born(struct xengt_sim *sim)
{
	if (sim->ops.now_ns)
		sim->born_ns = sim->ops.now_ns(sim->opaque);
}

struct xengt_sim *xengt_sim_create(const struct xengt_sim_config *config)
{
	struct xengt_sim *sim = calloc(1, sizeof(*sim));

	if (!sim)
		return NULL;
	sim->plat = config->platform ? config->platform :
		xengt_sim_platform_at(0);
	if (config->ops)
		sim->ops = *config->ops;
	sim->opaque = config->opaque;

	switch (config->gtt_mib) {
	case 0:
	case 8:
		sim->ggtt_entries = XENGT_SIM_GGTT_ENTRIES;
		break;
	case 2:
	case 4:
		sim->ggtt_entries = config->gtt_mib << 17;
		break;
	default:
		goto fail;
	}
	if (sim_iommu_init(sim))
		goto fail;
	if (sim_mmio_init(sim))
		goto fail;
	if (sim_ggtt_init(sim, !config->no_tlb))
		goto fail;
	if (sim_engine_init(sim))
		goto fail;
	sim_reset(sim);
	sim->stats.resets = 0;
	set_born(sim);
	return sim;
fail:
	xengt_sim_destroy(sim);
	return NULL;
}

void xengt_sim_destroy(struct xengt_sim *sim)
{
	if (!sim)
		return;
	(void)xengt_sim_record_end(sim);
	sim_engine_fini(sim);
	sim_judge_fini(sim);
	sim_ggtt_fini(sim);
	sim_mmio_fini(sim);
	sim_iommu_fini(sim);
	free(sim);
}

void sim_reset(struct xengt_sim *sim)
{
	sim->stats.resets++;
	sim_pci_reset(sim);
	sim_irq_reset(sim);
	sim_mmio_reset(sim);
	sim_fence_reset(sim);
	sim_display_reset(sim);
	sim_ggtt_reset(sim);
	sim_engine_reset(sim, SIM_ENGINE_ALL);
}

void xengt_sim_power_cycle(struct xengt_sim *sim)
{
	(void)xengt_sim_record_end(sim);
	sim->n_regions = 0;
	sim->last_region = 0;
	sim_iommu_forget(sim);
	sim->now = 0;
	sim->fake_clock = 0;
	sim_judge_fini(sim);
	sim_mmio_forget_counts(sim);
	sim_reset(sim);
	sim_engine_power_on(sim);
	set_born(sim);
	memset(&sim->stats, 0, sizeof(sim->stats));
}

int xengt_sim_set_regions(struct xengt_sim *sim,
			  const struct xengt_sim_region *regions, size_t n)
{
	int r = sim_region_set(sim, regions, n);

	/* the engines' TLBs have pointers into the old regions */
	if (!r)
		sim_engine_tlb_flush(sim, SIM_ENGINE_ALL);
	return r;
}

int sim_idle(struct xengt_sim *sim)
{
	int engines = sim_engine_idle(sim), judge = sim_judge_idle(sim);
	int ms = engines >= 0 ? engines : judge, next;

	sim_display_run(sim);
	next = sim_display_next_ms(sim);
	return ms < 0 || (next >= 0 && next < ms) ? next : ms;
}

int xengt_sim_gpu_access(struct xengt_sim *sim, uint64_t ggtt, void *buf,
			 size_t len, bool write)
{
	const uint64_t end = (uint64_t)sim->ggtt_entries *
		XENGT_SIM_PAGE_BYTES;
	uint8_t *p = buf;
	int ret = 0;

	if (ggtt >= end || len > end - ggtt)
		return -EINVAL;
	if (!sim_pci_is_master(sim)) {
		sim->stats.dma_blocked++;
		return -EPERM;
	}
	while (len) {
		size_t room = XENGT_SIM_PAGE_BYTES -
			(size_t)(ggtt % XENGT_SIM_PAGE_BYTES);
		size_t n = len < room ? len : room;
		int r = sim_ggtt_touch(sim, ggtt, p, n, write, SIM_BY_GPU);

		sim->stats.gpu_accesses++;
		if (r)
			ret = r;
		ggtt += n;
		p += n;
		len -= n;
	}
	return ret;
}

void xengt_sim_get_stats(const struct xengt_sim *sim,
			 struct xengt_sim_stats *ret_stats)
{
	*ret_stats = sim->stats;
}
