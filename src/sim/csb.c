// SPDX-License-Identifier: GPL-2.0-only
/*
 * Writes the context status buffer, in which an engine reports what happened to
 * its contexts.
 *
 * For each event the engine uses the next slot. The engine writes the slot's
 * register, then the slot's entry in the status page (dword 0x10 + 2 * slot),
 * then the pointer in the status page (dword 0x1f), and then raises the
 * interrupt.
 *
 * If XENGT_SIM_STRICT_EVENTS is on, the entry reaches the status page late,
 * after pointer and interrupt. The entry arrives when software reads the slot's
 * register, at the next event, when the machine is idle, or after LATE_RUNS
 * calls of sim_engine_run(), whichever is first. (Silicon behind an IOMMU shows
 * the same behaviour: Linux 6.1, csb_read().)
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"

#define HWSP_CSB	0x40U
#define HWSP_CSB_PTR	0x7cU
#define LATE_RUNS	64U

static uint64_t status_page(struct xengt_sim *sim, const struct sim_engine *e)
{
	return *sim_ring_reg(sim, e, RING_HWS_PGA) & 0xfffff000U;
}

static int store_entry(struct xengt_sim *sim, struct sim_engine *e,
		       uint32_t slot, const uint32_t entry[2])
{
	uint32_t copy[2] = { entry[0], entry[1] };

	return sim_vm_access(sim, e, SIM_GGTT,
			     status_page(sim, e) + HWSP_CSB + 8 * slot, copy, 8,
			     true);
}

static void deliver(struct xengt_sim *sim, struct sim_engine *e)
{
	if (!e->late.runs)
		return;
	e->late.runs = 0;
	sim->n_late--;
	(void)store_entry(sim, e, e->late.slot, e->late.entry);
}

static void hold_back(struct xengt_sim *sim, struct sim_engine *e,
		      uint32_t slot, const uint32_t entry[2])
{
	e->late.runs = LATE_RUNS;
	e->late.slot = slot;
	e->late.entry[0] = entry[0];
	e->late.entry[1] = entry[1];
	sim->n_late++;
}

void sim_csb_put(struct xengt_sim *sim, struct sim_engine *e, uint32_t status,
		 uint64_t desc)
{
	uint32_t *ptr = sim_ring_reg(sim, e, RING_CSB_PTR);
	uint32_t wp = (*ptr & 7) + 1;
	uint32_t entry[2] = { status, (uint32_t)(desc >> 32) };

	deliver(sim, e);
	if (wp >= CSB_SLOTS)
		wp = 0;
	*sim_ring_reg(sim, e, RING_CSB + 8 * wp) = entry[0];
	*sim_ring_reg(sim, e, RING_CSB + 8 * wp + 4) = entry[1];
	*ptr = (*ptr & ~7U) | wp;
	e->last_switch = status;
	e->last_ctx = entry[1];
	if (sim_is_strict(sim, XENGT_SIM_STRICT_EVENTS))
		hold_back(sim, e, wp, entry);
	else if (store_entry(sim, e, wp, entry))
		return;
	if (sim_vm_access(sim, e, SIM_GGTT,
			  status_page(sim, e) + HWSP_CSB_PTR, &wp, 4, true))
		return;
	sim_engine_event(sim, e, EVENT_SWITCH);
}

void sim_csb_fetch(struct xengt_sim *sim, struct sim_engine *e, uint32_t off)
{
	if (e->late.runs && (off & ~7U) == RING_CSB + 8 * e->late.slot)
		deliver(sim, e);
}

void sim_csb_pass_time(struct xengt_sim *sim, bool is_long)
{
	for (int i = 0; i < SIM_ENGINES; i++) {
		struct sim_engine *e = &sim->exec->engine[i];

		if (is_long || e->late.runs == 1)
			deliver(sim, e);
		else if (e->late.runs)
			e->late.runs--;
	}
}

void sim_csb_forget(struct xengt_sim *sim, struct sim_engine *e)
{
	if (e->late.runs)
		sim->n_late--;
	e->late.runs = 0;
}
