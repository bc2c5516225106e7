// SPDX-License-Identifier: GPL-2.0-only
/*
 * The calls by which the program that runs the simulator reads or changes the
 * simulated PCI function. This file records these calls, so a recording
 * contains all of them. While nothing is recorded, this file adds only a
 * comparison to each call.
 */
#include "sim/engine.h"
#include "sim/rec.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

uint32_t xengt_sim_cfg_read(struct xengt_sim *sim, uint32_t off,
			    unsigned int size)
{
	uint32_t val;

	if (!sim->rec)
		return sim_cfg_read(sim, off, size);
	sim_rec_begin(sim);
	val = sim_cfg_read(sim, off, size);
	sim_rec_call(sim, REC_CFG_READ, size, off, val);
	return val;
}

void xengt_sim_cfg_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
			 uint32_t val)
{
	if (sim->rec)
		sim_rec_begin(sim);
	sim_cfg_write(sim, off, size, val);
	if (sim->rec)
		sim_rec_call(sim, REC_CFG_WRITE, size, off, val);
}

/*
 * Only BARs 0 and 2 exist: accesses of other BARs change nothing and are not
 * recorded.
 */
static bool is_recorded(const struct xengt_sim *sim, unsigned int bar)
{
	return sim->rec && (bar == 0 || bar == 2);
}

uint64_t xengt_sim_bar_read(struct xengt_sim *sim, unsigned int bar,
			    uint64_t off, unsigned int size)
{
	uint64_t val;

	if (!is_recorded(sim, bar))
		return sim_bar_read(sim, bar, off, size);
	sim_rec_begin(sim);
	val = sim_bar_read(sim, bar, off, size);
	sim_rec_call(sim, bar ? REC_BAR2_READ : REC_BAR0_READ, size, off, val);
	return val;
}

void xengt_sim_bar_write(struct xengt_sim *sim, unsigned int bar, uint64_t off,
			 unsigned int size, uint64_t val)
{
	if (is_recorded(sim, bar))
		sim_rec_begin(sim);
	sim_bar_write(sim, bar, off, size, val);
	if (is_recorded(sim, bar))
		sim_rec_call(sim, bar ? REC_BAR2_WRITE : REC_BAR0_WRITE, size,
			     off, val);
}

int xengt_sim_idle(struct xengt_sim *sim)
{
	int ms;

	if (sim->rec)
		sim_rec_begin(sim);
	ms = sim_idle(sim);
	if (sim->rec)
		sim_rec_call(sim, REC_IDLE, 0, 0, 0);
	return ms;
}

bool xengt_sim_run(struct xengt_sim *sim)
{
	bool is_more;

	if (sim->rec)
		sim_rec_begin(sim);
	is_more = sim_engine_run(sim);
	if (sim->rec)
		sim_rec_call(sim, REC_RUN, 0, 0, 0);
	return is_more;
}

void xengt_sim_reset(struct xengt_sim *sim)
{
	if (sim->rec)
		sim_rec_begin(sim);
	sim_reset(sim);
	if (sim->rec)
		sim_rec_call(sim, REC_RESET, 0, 0, 0);
}

void xengt_sim_advance(struct xengt_sim *sim, uint64_t ns)
{
	sim->now += ns;
	if (sim->rec)
		sim_rec_call(sim, REC_ADVANCE, 0, ns, 0);
}

int xengt_sim_set_monitor(struct xengt_sim *sim, unsigned int sink,
			  bool is_connected)
{
	int r;

	if (sim->rec)
		sim_rec_begin(sim);
	r = sim_set_monitor(sim, sink, is_connected);
	if (sim->rec)
		sim_rec_call(sim, REC_MONITOR, 0, sink, is_connected);
	return r;
}

void xengt_sim_raise_irq(struct xengt_sim *sim, enum xengt_sim_irq_bank bank,
			 uint32_t bits)
{
	if (sim->rec)
		sim_rec_begin(sim);
	sim_raise_irq(sim, bank, bits);
	if (sim->rec)
		sim_rec_call(sim, REC_IRQ, 0, bank, bits);
}
