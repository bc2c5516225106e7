// SPDX-License-Identifier: GPL-2.0-only
/*
 * Engine resets of the simulated GPU.  GDRST (0x941c) names domains and is over
 * before the write returns: reads give 0.  RESET_CTL of each engine asks for
 * readiness first (bit 0) and is told so (bit 1).
 */
#include "sim_priv.h"
#include "engine.h"

#define GDRST_FULL	0x01U
#define GDRST_RENDER	0x02U
#define GDRST_MEDIA	0x04U
#define GDRST_BLITTER	0x08U
#define GDRST_VECS	0x10U

#define RESET_REQUEST	0x1U
#define RESET_READY	0x2U

#define REG(sim, off) ((sim)->regs[(off) / 4])

static const uint32_t engine_base[SIM_ENGINES] = {
	[SIM_RCS] = 0x2000, [SIM_VCS] = 0x12000, [SIM_VECS] = 0x1a000,
	[SIM_BCS] = 0x22000,
};

void sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off, uint32_t val,
			   uint32_t be)
{
	unsigned int mask = 0;

	val &= be;
	if (val & GDRST_FULL)
		mask = SIM_ENGINE_ALL;
	if (val & GDRST_RENDER)
		mask |= SIM_ENGINE_BIT(SIM_RCS);
	if (val & GDRST_MEDIA)
		mask |= SIM_ENGINE_BIT(SIM_VCS);
	if (val & GDRST_BLITTER)
		mask |= SIM_ENGINE_BIT(SIM_BCS);
	if (val & GDRST_VECS)
		mask |= SIM_ENGINE_BIT(SIM_VECS);
	if (mask)
		sim_engine_reset(sim, mask);
	for (unsigned int i = 0; i < SIM_ENGINES; i++)
		if (mask & SIM_ENGINE_BIT(i))
			REG(sim, engine_base[i] + 0xd0) = 0;
	REG(sim, off) = 0;
}

/* Masked; ready follows request. */
void sim_reset_write_ctl(struct xengt_sim *sim, uint32_t off, uint32_t val,
			 uint32_t be)
{
	uint32_t mask = (val & be) >> 16;
	uint32_t ctl = (REG(sim, off) & ~mask) | (val & mask & 0xffff);

	ctl &= RESET_REQUEST;
	if (ctl)
		ctl |= RESET_READY;
	REG(sim, off) = ctl;
}
