// SPDX-License-Identifier: GPL-2.0-only
/*
 * Enters and leaves batches. A command streamer fetches its commands from the
 * ring, a batch, or a workaround batch.
 */
#include "sim/exec.h"

void sim_level_enter(struct sim_engine *e, enum sim_level level, uint64_t addr,
		     bool is_ppgtt)
{
	unsigned int n = level == SIM_BATCH2;

	e->stats.batches++;
	e->bb[n].addr = addr & 0xfffffffffffcULL;
	e->bb[n].is_ppgtt = is_ppgtt;
	e->level = level;
}

void sim_level_leave_wa(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t per_ctx = *sim_ring_reg(sim, e, RING_BB_PER_CTX);

	if (e->level == SIM_INDIRECT_CTX && (per_ctx & 1)) {
		e->level = SIM_PER_CTX;
		e->wa_addr = per_ctx & 0xfffff000U;
	} else {
		e->level = e->resume;
	}
}

void sim_level_return(struct xengt_sim *sim, struct sim_engine *e)
{
	switch (e->level) {
	case SIM_BATCH2:
		e->level = SIM_BATCH;
		break;
	case SIM_BATCH:
		e->level = SIM_RING;
		break;
	case SIM_INDIRECT_CTX:
	case SIM_PER_CTX:
		sim_level_leave_wa(sim, e);
		break;
	case SIM_RING:
		break;
	}
}
