/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Load and save single registers of an image, for lrc.c and image.c. The
 * functions are inline, because a switch of contexts handles a hundred
 * registers. be: the bits that a load writes. A save ignores be: both functions
 * have this argument because they must have the same type.
 */
#ifndef XENGT_SIM_IMAGE_REG_H
#define XENGT_SIM_IMAGE_REG_H

#include "sim/exec.h"
#include "sim/sim_priv.h"

/*
 * General purpose registers are half of all registers in an image, and are
 * plain memory.
 */
static inline bool sim_is_gpr(const struct sim_engine *e, uint32_t off)
{
	return off - e->base - RING_GPR < 0x80;
}

static inline void
sim_image_load_reg(struct xengt_sim *sim, struct sim_engine *e, uint32_t off,
		   uint32_t *val, uint32_t be)
{
	if (sim_is_gpr(e, off) && be == ~0U)
		sim->regs[off / 4] = *val;
	else
		(void)sim_mmio_store(sim, off, *val, be);
	sim_judge_reg_written(sim, off, *val, be);
}

static inline void
sim_image_save_reg(struct xengt_sim *sim, struct sim_engine *e, uint32_t off,
		   uint32_t *val, uint32_t be)
{
	uint32_t now = sim->regs[off / 4];

	(void)be;			/* a save writes all bits */
	sim_judge_reg_read(sim, off);
	*val = now;
	if (!sim_is_gpr(e, off) && sim_mmio_is_masked(sim, off))
		*val |= 0xffff0000U;
}

#endif /* XENGT_SIM_IMAGE_REG_H */
