// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out accesses of registers by commands.
 *
 * A batch without privilege may write the registers that hardware lists as user
 * mode registers, and the registers that RING_FORCE_TO_NONPRIV names; its
 * writes to other registers are dropped. A batch without privilege may read all
 * registers. Gen9's blitter does not check which registers a batch writes
 * (CVE-2019-0155).
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim_priv.h"

struct range {
	uint32_t first;
	uint32_t last;
};

/*
 * Registers of RCS that any batch may write, from the PRM and IGT's
 * gem_ctx_isolation.
 */
static const struct range user_regs_rcs[] = {
	{ 0x2094, 0x2094 }, { 0x20c0, 0x20c0 }, { 0x2158, 0x2158 },
	{ 0x2290, 0x2294 }, { 0x22c8, 0x22cc }, { 0x22d8, 0x22dc },
	{ 0x22f0, 0x22fc }, { 0x2300, 0x2354 }, { 0x2358, 0x235c },
	{ 0x2360, 0x2364 }, { 0x23bc, 0x23bc }, { 0x2400, 0x2454 },
	{ 0x2500, 0x2508 }, { 0x2600, 0x267c }, { 0x5200, 0x521c },
	{ 0x5240, 0x525c }, { 0x5280, 0x528c }, { 0x7000, 0x7008 },
	{ 0x7034, 0x7034 }, { 0xb020, 0xb020 }, { 0xe400, 0xe404 },
};

/*
 * CS_DEBUG_MODE2, which only Gen9 has on RCS: Mesa's iris and anv write it from
 * batches, although Linux's i915 does not name it in RING_FORCE_TO_NONPRIV.
 */
#define USER_REG_GEN9	0x20d8U

/*
 * Registers of the other engines that any batch may write, by offset from the
 * engine's base.
 */
static const struct range user_regs_xcs[] = {
	{ 0x094, 0x094 }, { 0x358, 0x35c }, { 0x600, 0x67c },
};

static bool is_in(const struct range *r, size_t n, uint32_t off)
{
	for (size_t i = 0; i < n; i++)
		if (off >= r[i].first && off <= r[i].last)
			return true;
	return false;
}

static bool may_write(struct sim_cmd *c, uint32_t off)
{
	struct sim_engine *e = c->e;

	if (c->is_priv)
		return true;
	if (e->id == SIM_BCS && c->sim->plat->gen == SIM_GEN9 &&
	    !c->sim->exec->opts.no_blt_hole)
		return true;
	for (unsigned int i = 0; i < 12; i++)
		if ((*sim_ring_reg(c->sim, e, RING_NONPRIV + 4 * i) &
		     0x3fffffcU) == off)
			return true;
	if (e->id == SIM_RCS)
		return is_in(user_regs_rcs, sizeof(user_regs_rcs) /
			     sizeof(user_regs_rcs[0]), off) ||
			(off == USER_REG_GEN9 && c->sim->plat->gen == SIM_GEN9);
	if (e->id == SIM_BCS && off == e->base + RING_SWCTRL)
		return true;
	return off >= e->base &&
		is_in(user_regs_xcs, sizeof(user_regs_xcs) /
		      sizeof(user_regs_xcs[0]), off - e->base);
}

void sim_cmd_reg_write(struct sim_cmd *c, uint32_t off, uint32_t val,
		       uint32_t be)
{
	off &= 0x1ffffc;
	if (!may_write(c, off)) {
		c->e->stats.refused++;
		return;
	}
	(void)sim_mmio_store(c->sim, off, val, be);
	sim_judge_reg_written(c->sim, off, val, be);
}

uint32_t sim_cmd_reg_read(struct sim_cmd *c, uint32_t off)
{
	off &= 0x1ffffc;
	sim_judge_reg_read(c->sim, off);
	return sim_mmio_load(c->sim, off);
}

uint32_t sim_cmd_own(struct sim_cmd *c, uint32_t reg)
{
	sim_judge_reg_read(c->sim, c->e->base + reg);
	return *sim_ring_reg(c->sim, c->e, reg);
}

void sim_cmd_set_own(struct sim_cmd *c, uint32_t reg, uint32_t val)
{
	*sim_ring_reg(c->sim, c->e, reg) = val;
	sim_judge_reg_written(c->sim, c->e->base + reg, val, ~0U);
}

uint64_t sim_cmd_own64(struct sim_cmd *c, uint32_t reg)
{
	return (uint64_t)sim_cmd_own(c, reg + 4) << 32 | sim_cmd_own(c, reg);
}

void sim_cmd_set_own64(struct sim_cmd *c, uint32_t reg, uint64_t val)
{
	sim_cmd_set_own(c, reg, (uint32_t)val);
	sim_cmd_set_own(c, reg + 4, (uint32_t)(val >> 32));
}
