// SPDX-License-Identifier: GPL-2.0-only
/*
 * Keeps the regions of machine memory to which the program that runs the
 * simulator gave pointers.
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <string.h>

int sim_region_set(struct xengt_sim *sim,
			const struct xengt_sim_region *regions, size_t n)
{
	if (n > XENGT_SIM_REGIONS_MAX)
		return -E2BIG;
	for (size_t i = 0; i < n; i++)
		if ((regions[i].bus | regions[i].len |
		     (uintptr_t)regions[i].host) % XENGT_SIM_PAGE_BYTES)
			return -EINVAL;
	if (n)
		memcpy(sim->regions, regions, n * sizeof(*regions));
	sim->n_regions = n;
	sim->last_region = 0;
	return 0;
}

/*
 * Regions are whole pages, so the returned pointer is valid up to the end of
 * the page.
 */
void *sim_region_at(struct xengt_sim *sim, uint64_t bus)
{
	size_t i = sim->last_region;

	for (size_t left = sim->n_regions; left; left--) {
		const struct xengt_sim_region *r = &sim->regions[i];

		if (bus >= r->bus && bus - r->bus < r->len) {
			sim->last_region = i;
			return (uint8_t *)r->host + (bus - r->bus);
		}
		i = i + 1 < sim->n_regions ? i + 1 : 0;
	}
	return NULL;
}
