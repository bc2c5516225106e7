// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reports of the engines: tells the judge which engine works and which command
 * it executes, computes timestamps, and raises the interrupts for events and
 * errors.
 *
 * ESR shows errors until a reset. EIR shows the errors that EMR does not mask,
 * until software clears them in EIR.
 *
 * Timestamps show the time of the program that runs the simulator, because a
 * driver compares timestamps with its own clock; if that program has no clock,
 * timestamps show virtual time (engine.c).
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#define TIMESTAMP_MASK	0xfffffffffULL	/* a timestamp has 36 bits */

/*
 * The interrupt bank of each engine, and the position of the engine's bits in
 * the bank.
 */
static const struct {
	enum xengt_sim_irq_bank bank;
	unsigned int shift;
} irqs[SIM_ENGINES] = {
	[SIM_RCS] = { XENGT_SIM_IRQ_GT0, 0 },
	[SIM_VCS] = { XENGT_SIM_IRQ_GT1, 0 },
	[SIM_VECS] = { XENGT_SIM_IRQ_GT3, 0 },
	[SIM_BCS] = { XENGT_SIM_IRQ_GT0, 16 },
};

const char *sim_engine_name(enum sim_engine_id id)
{
	static const char *const names[SIM_ENGINES] = {
		[SIM_RCS] = "RCS", [SIM_VCS] = "VCS", [SIM_VECS] = "VECS",
		[SIM_BCS] = "BCS",
	};

	return names[id];
}

bool sim_engine_actor(const struct xengt_sim *sim, struct sim_actor *ret_actor)
{
	const struct sim_engine *e = sim->exec ? sim->exec->current : NULL;

	if (!e)
		return false;
	ret_actor->engine = e->id;
	ret_actor->desc = e->port[0];
	ret_actor->command_addr = e->cmd_addr;
	ret_actor->command = sim->regs[(e->base + RING_IPEHR) / 4];
	ret_actor->in_ppgtt = e->cmd_space == SIM_PPGTT;
	ret_actor->in_ring = e->level == SIM_RING;
	ret_actor->in_indirect = e->level == SIM_INDIRECT_CTX;
	ret_actor->by_command = e->in_command;
	return true;
}

/* Converts ns to ticks of the timestamp: 12 MHz on Gen9, 12.5 MHz on Gen8. */
static uint64_t ticks(const struct xengt_sim *sim, uint64_t ns)
{
	return sim->plat->gen == SIM_GEN9 ?
		ns / 250 * 3 + ns % 250 * 3 / 250 : ns / 80;
}

/*
 * Returns the time since power-on in ns, by the clock of the program that runs
 * the simulator; virtual_ns if that program has no clock.
 */
static uint64_t clock_ns(const struct xengt_sim *sim, uint64_t virtual_ns)
{
	return sim->ops.now_ns ?
		sim->ops.now_ns(sim->opaque) - sim->born_ns : virtual_ns;
}

uint64_t sim_engine_timestamp(const struct xengt_sim *sim,
			      const struct sim_engine *e)
{
	uint64_t ns = e == sim->exec->current && e->time > sim->now ?
		e->time : sim->now;

	return ticks(sim, clock_ns(sim, ns)) & TIMESTAMP_MASK;
}

uint64_t sim_engine_context_ticks(const struct xengt_sim *sim,
				  const struct sim_engine *e)
{
	return ticks(sim, clock_ns(sim, e->time));
}

void sim_engine_event(struct xengt_sim *sim, struct sim_engine *e,
		      uint32_t bits)
{
	if (sim->exec->opts.lose_irq & SIM_ENGINE_BIT(e->id))
		return;
	/* the engine's own mask register has the same bits as the bank */
	bits <<= irqs[e->id].shift;
	bits &= ~*sim_ring_reg(sim, e, RING_IMR);
	if (bits)
		sim_raise_irq(sim, irqs[e->id].bank, bits);
}

void sim_engine_report_errors(struct xengt_sim *sim, struct sim_engine *e)
{
	uint32_t *eir = sim_ring_reg(sim, e, RING_EIR);
	uint32_t told = *sim_ring_reg(sim, e, RING_ESR) &
		~*sim_ring_reg(sim, e, RING_EMR);

	if (!(told & ~*eir))
		return;
	*eir |= told;
	sim_engine_event(sim, e, EVENT_CS_ERROR);
}

void sim_engine_stop(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_stop why)
{
	if (e->stop != SIM_STOP_NONE)
		return;
	e->stop = why;
	if (why != SIM_STOP_ERROR)
		return;
	e->stats.errors++;
	*sim_ring_reg(sim, e, RING_ESR) |= ESR_INSTRUCTION;
	*sim_ring_reg(sim, e, RING_IPEIR) = 1;
	sim_engine_report_errors(sim, e);
}
