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

/* Masked registers other than those that all engines have. */
static const uint32_t sim_masked_regs[] = {
	0x20d8, 0x2580, 0x5588, 0x7000, 0x7004, 0x7008, 0x7010, 0x7014, 0x7018, 0x7300,
	0x7304, 0xe100, 0xe180, 0xe184, 0xe188, 0xe194, 0xe4f0, 0xe4f4, 0x22200,
};

/*
 * General purpose registers are half of all registers in an image, and are
 * plain memory.
 */
static inline bool sim_is_gpr(const struct sim_engine *e, uint32_t off)
{
	return off - e->base - RING_GPR < 0x80;
}

static inline bool sim_is_masked(const struct sim_engine *e, uint32_t off)
{
	for (size_t i = 0; i < sizeof(sim_masked_regs) /
	     sizeof(sim_masked_regs[0]); i++)
		if (sim_masked_regs[i] == off)
			return true;
	switch (off - e->base) {
	case RING_MI_MODE:
	case RING_INSTPM:
	case RING_CTX_CONTROL:
	case RING_MODE:
		return true;
	default:
		return false;
	}
}

static inline void
sim_image_load_reg(struct xengt_sim *sim, struct sim_engine *e, uint32_t off,
		   uint32_t *val, uint32_t be)
{
	if (sim_is_gpr(e, off) && be == ~0U)
		sim->regs[off / 4] = *val;
	else
		(void)sim_mmio_store(sim, off, *val, be);
	if (be == ~0U)
		sim_judge_reg_written(sim, off);
}

static inline void
sim_image_save_reg(struct xengt_sim *sim, struct sim_engine *e, uint32_t off,
		   uint32_t *val, uint32_t be)
{
	uint32_t now = sim->regs[off / 4];

	(void)be;			/* a save writes all bits */
	sim_judge_reg_read(sim, off);
	*val = now;
	if (!sim_is_gpr(e, off) && sim_is_masked(e, off))
		*val |= 0xffff0000U;
}

#endif /* XENGT_SIM_IMAGE_REG_H */
