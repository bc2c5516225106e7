// SPDX-License-Identifier: GPL-2.0-only
/* What the simulated hardware side stores to the simulator for all its parts. */
#include "gpu/gpu_sim_priv.h"

#define GFX_FLSH_CNTL	0x101008

void xengt_gpu_sim_store_pte(struct xengt_gpu_sim_host *host, uint32_t index,
			     uint64_t pte)
{
	xengt_sim_bar_write(host->sim, 0,
			    XENGT_SIM_GGTT_OFF + (uint64_t)index * 8, 8, pte);
}

void xengt_gpu_sim_flush(struct xengt_gpu_sim_host *host)
{
	xengt_sim_bar_write(host->sim, 0, GFX_FLSH_CNTL, 4, 1);
}
