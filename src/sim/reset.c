// SPDX-License-Identifier: GPL-2.0-only
/*
 * Carries out resets by GDRST (0x941c). A write names the domains to reset. A
 * reset ends before the write returns, so reads return 0. With the
 * options stick_reset and stick_full_reset some resets do not end. engine_regs.c
 * handles RESET_CTL, by which a driver requests that an engine prepares for a
 * reset.
 *
 * The reset of a domain clears the registers of the domain's engine, including
 * whitelist and general purpose registers, and the registers elsewhere that
 * belong to this engine. A full reset also clears registers that engines share,
 * and the fences. lost[] has the registers outside of the engines' own ranges
 * that a reset clears here. Most of them are in the list because i915 writes
 * them again after the reset of an engine (intel_engine_resume() and the
 * functions that it calls) or after a full reset (intel_gt_init_hw(),
 * intel_ggtt_restore_fences()). The registers of power, interrupts, display and
 * faults and the GGTT entries keep their values.
 */
#include "sim/engine.h"
#include "sim/sim_priv.h"

#include <string.h>

#define GDRST_FULL	0x01U

#define REG(sim, off) ((sim)->regs[(off) / 4])

static const struct {
	uint32_t domain;
	enum sim_engine_id engine;
} domains[SIM_ENGINES] = {
	{ 0x02, SIM_RCS }, { 0x04, SIM_VCS }, { 0x08, SIM_BCS },
	{ 0x10, SIM_VECS },
};

/*
 * Registers that a reset clears and that are outside of the engines' own ranges
 * of registers; sorted by offset.
 */
static const struct {
	uint32_t first;
	uint32_t last;
	unsigned int engines;		/* the reset of one of these engines
					 * clears the registers; 0: only a full
					 * reset clears them */
} lost[] = {
	{ 0x4080, 0x4080, 0 },				/* address translation */
	{ 0x4260, 0x4270, 0 },				/* bits of invalidations
							 * that have not
							 * ended */
	{ 0x5200, 0x529c, SIM_ENGINE_BIT(SIM_RCS) },	/* registers of stream output */
	{ 0x7000, 0x7ffc, SIM_ENGINE_BIT(SIM_RCS) },	/* workarounds of the 3D pipeline */
	{ 0xb000, 0xb01c, 0 },				/* control of the L3 cache */
	{ 0xb020, 0xb09c, SIM_ENGINE_BIT(SIM_RCS) },	/* MOCS of the L3 cache */
	{ 0xb100, 0xb114, 0 },
	{ 0xb118, 0xb11c, SIM_ENGINE_BIT(SIM_RCS) },	/* workarounds of the L3 cache */
	{ 0xc800, 0xc8fc, SIM_ENGINE_BIT(SIM_RCS) },	/* MOCS */
	{ 0xc900, 0xc9fc, SIM_ENGINE_BIT(SIM_VCS) },
	{ 0xca00, 0xcafc, 0 },
	{ 0xcb00, 0xcbfc, SIM_ENGINE_BIT(SIM_VECS) },
	{ 0xcc00, 0xccfc, SIM_ENGINE_BIT(SIM_BCS) },
	{ 0xe100, 0xe7fc, SIM_ENGINE_BIT(SIM_RCS) },	/* workarounds of the EUs */
	{ 0x100000, 0x1000fc, 0 },			/* fence registers */
};

static void lose(struct xengt_sim *sim, uint32_t first, uint32_t bytes)
{
	memset(&REG(sim, first), 0, bytes);
	sim_judge_regs_reset(sim, first, bytes);
}

void sim_reset_write_gdrst(struct xengt_sim *sim, uint32_t off, uint32_t val,
			   uint32_t be)
{
	bool is_full = val & be & GDRST_FULL;
	unsigned int mask = is_full ? SIM_ENGINE_ALL : 0, stuck;
	uint32_t busy = 0;

	for (size_t i = 0; i < SIM_ENGINES; i++)
		if (val & be & domains[i].domain)
			mask |= SIM_ENGINE_BIT(domains[i].engine);
	stuck = sim_engine_stuck(sim, mask, is_full);
	mask &= ~stuck;
	for (size_t i = 0; i < SIM_ENGINES; i++)
		if (stuck & SIM_ENGINE_BIT(domains[i].engine))
			busy |= val & be & (domains[i].domain | GDRST_FULL);
	is_full &= !stuck;
	sim_engine_reset(sim, mask);
	for (size_t i = 0; i < sizeof(lost) / sizeof(lost[0]); i++)
		if (is_full || (lost[i].engines & mask))
			lose(sim, lost[i].first,
			     lost[i].last - lost[i].first + 4);
	if (is_full)
		sim_fence_reset(sim);
	REG(sim, off) = busy;
}
