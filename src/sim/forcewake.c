// SPDX-License-Identifier: GPL-2.0-only
/*
 * Forcewake and the render power states of the simulated GPU: each power domain
 * has a masked request register; a second register acknowledges a request by
 * showing the same bits. The simulator never switches power off. The render
 * clock always has the frequency that was requested last.
 */
#include "sim/sim_priv.h"

#define REG(sim, off) ((sim)->regs[(off) / 4])

void sim_forcewake_write(struct xengt_sim *sim, uint32_t off, uint32_t val,
			 uint32_t be)
{
	uint32_t ack = off == 0xa188 ? 0x130044 :
		       off == 0xa278 ? 0xd84 : 0xd88;
	uint32_t mask = (val & be) >> 16;

	REG(sim, off) = (REG(sim, off) & ~mask & 0xffff) |
		(val & mask & 0xffff);
	REG(sim, ack) = REG(sim, off);
}

/*
 * Returns RPSTAT1, the actual ratio of the render clock, which is the ratio
 * that RPNSWREQ (0xa008) requests.
 */
uint32_t sim_forcewake_read_rpstat(const struct xengt_sim *sim, uint32_t off)
{
	uint32_t req = REG(sim, 0xa008);

	(void)off;
	if (sim->plat->gen == SIM_GEN9)
		return req & 0xff800000U;
	return (req >> 25) << 7;
}
