// SPDX-License-Identifier: GPL-2.0-only
/*
 * The simulated GPU: life, dispatch of BAR accesses, counters.
 *
 * BAR0 is 16 MiB: registers below 2 MiB, nothing up to 8 MiB, then the GGTT's
 * entries.  BAR2 is the 256 MiB aperture.  Hardware has 64-bit BARs; these are
 * 32-bit ones, because QEMU's PCI proxy registers no others.
 */
#include "sim_priv.h"
#include "engine.h"
#include "record.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* From now on its timestamps count. */
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
	int r = sim_dma_set_regions(sim, regions, n);

	/* engines know where pages were in the old ones */
	if (!r)
		sim_engine_tlb_flush(sim, SIM_ENGINE_ALL);
	return r;
}

int sim_idle(struct xengt_sim *sim)
{
	/* the judge first lets the engines have their turn */
	int ms = sim_judge_idle(sim), next;

	sim_display_run(sim);
	next = sim_display_next_ms(sim);
	return ms < 0 || (next >= 0 && next < ms) ? next : ms;
}

/*
 * The aperture is a window on the first 256 MiB of the GGTT.  An access that
 * crosses a page is split as the bus would; one through a fence, where the
 * tile's bytes stop following each other.
 */
static uint64_t aperture_access(struct xengt_sim *sim, uint64_t off,
				unsigned int size, bool write, uint64_t val)
{
	uint8_t *p = (uint8_t *)&val;

	while (size) {
		unsigned int room = XENGT_SIM_PAGE_BYTES -
			(unsigned int)(off % XENGT_SIM_PAGE_BYTES);
		unsigned int n = size < room ? size : room;
		uint64_t ggtt = off;

		if (sim->fences_valid) {
			uint32_t run;

			ggtt = sim_fence_detile(sim, off, &run);
			n = n < run ? n : run;
		}
		/* faults are counted; the CPU gets 0 */
		(void)sim_ggtt_touch(sim, ggtt, p, n, write, SIM_BY_APERTURE);
		off += n;
		p += n;
		size -= n;
	}
	return val;
}

static bool is_bad_access(struct xengt_sim *sim, unsigned int bar, uint64_t off,
			  unsigned int size)
{
	uint64_t len;

	switch (bar) {
	case 0:
		len = XENGT_SIM_BAR0_BYTES;
		break;
	case 2:
		len = XENGT_SIM_BAR2_BYTES;
		break;
	default:
		len = 0;
		break;
	}
	if (size >= 1 && size <= 8 && off < len && size <= len - off)
		return false;
	sim->stats.bad_accesses++;
	return true;
}

/* Part of a BAR0 access that stays inside one of its three areas. */
static uint64_t bar0_read(struct xengt_sim *sim, uint32_t off,
			  unsigned int size)
{
	if (off < XENGT_SIM_REGS_BYTES)
		return sim_mmio_read(sim, off, size);
	if (off >= XENGT_SIM_GGTT_OFF)
		return sim_ggtt_read(sim, off - XENGT_SIM_GGTT_OFF, size);
	return 0;
}

static void bar0_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		       uint64_t val)
{
	if (off < XENGT_SIM_REGS_BYTES)
		sim_mmio_write(sim, off, size, val);
	else if (off >= XENGT_SIM_GGTT_OFF)
		sim_ggtt_write(sim, off - XENGT_SIM_GGTT_OFF, size, val);
}

/* Bytes of an access up to the next boundary of 8, which no area straddles. */
static unsigned int first_part(uint64_t off, unsigned int size)
{
	unsigned int room = 8 - (unsigned int)(off % 8);

	return size < room ? size : room;
}

uint64_t sim_bar_read(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		      unsigned int size)
{
	uint64_t val = 0;
	unsigned int n;

	if (is_bad_access(sim, bar, off, size))
		return ~0ULL & sim_size_mask(size);
	if (bar == 2) {
		sim->stats.aperture_reads++;
		return aperture_access(sim, off, size, false, 0);
	}
	n = first_part(off, size);
	val = bar0_read(sim, (uint32_t)off, n);
	if (n < size)
		val |= bar0_read(sim, (uint32_t)off + n, size - n) << (8 * n);
	return val;
}

void sim_bar_write(struct xengt_sim *sim, unsigned int bar, uint64_t off,
		   unsigned int size, uint64_t val)
{
	unsigned int n;

	if (is_bad_access(sim, bar, off, size))
		return;
	if (bar == 2) {
		sim->stats.aperture_writes++;
		(void)aperture_access(sim, off, size, true, val);
		return;
	}
	n = first_part(off, size);
	bar0_write(sim, (uint32_t)off, n, val & sim_size_mask(n));
	if (n < size)
		bar0_write(sim, (uint32_t)off + n, size - n,
			   (val >> (8 * n)) & sim_size_mask(size - n));
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
