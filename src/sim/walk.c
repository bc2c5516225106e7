// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks the page tables of a context (PPGTT). The four PDP registers name the
 * tables at which a walk begins.
 *
 * For a context with 64-bit addresses the walk begins at the table that PDP0
 * names, and has four levels. For a context with 32-bit addresses the walk
 * begins at the page directory that PDP n names; n is bits 31:30 of the
 * address. A page has 4 KiB. If bit 7 of the directory's entry is set, the page
 * has 2 MiB. If bit 11 of the directory's entry is set, the pages of the table
 * have 64 KiB (only on Gen9, and only if register 0x4080 enables this); then
 * only every sixteenth entry of the table is used.
 */
#include "sim/exec.h"
#include "sim/sim.h"

#define REG_GAMW_ECO	0x4080U
#define GAMW_ECO_IPS	0xfU

static uint64_t read_entry(struct xengt_sim *sim, struct sim_walk *w,
			   uint64_t table, unsigned int index)
{
	uint64_t val = 0;

	table &= XENGT_SIM_PTE_ADDR;
	w->table[w->n_tables++] = table;
	if (sim_dma(sim, table + 8ULL * index, &val, sizeof(val), false)) {
		sim->stats.dma_faults++;
		return 0;
	}
	return val;
}

static uint64_t pdp(struct xengt_sim *sim, const struct sim_engine *e,
		    unsigned int n)
{
	uint64_t hi = *sim_ring_reg(sim, e, RING_PDP0 + 8 * n + 4);

	return hi << 32 | *sim_ring_reg(sim, e, RING_PDP0 + 8 * n);
}

void sim_vm_walk(struct xengt_sim *sim, const struct sim_engine *e,
		 uint64_t addr, struct sim_walk *w)
{
	unsigned int pt_index = (addr >> 12) & 511;
	uint64_t entry;

	w->pte = 0;
	w->n_tables = 0;
	w->level = 3;
	if (sim_vm_is_4_level(e)) {
		entry = read_entry(sim, w, pdp(sim, e, 0), (addr >> 39) & 511);
		if (!(entry & SIM_PTE_P))
			return;
		w->level = 2;
		entry = read_entry(sim, w, entry, (addr >> 30) & 511);
		if (!(entry & SIM_PTE_P))
			return;
	} else {
		/*
		 * the PDP registers name the page directories, and have no
		 * present bit
		 */
		entry = pdp(sim, e, (addr >> 30) & 3);
	}
	w->level = 1;
	entry = read_entry(sim, w, entry, (addr >> 21) & 511);
	if (!(entry & SIM_PTE_P))
		return;
	if (entry & SIM_PDE_PS) {
		w->pte = (entry & XENGT_SIM_PTE_ADDR & ~0x1fffffULL) |
			(addr & 0x1ff000) | (entry & 3);
		return;
	}
	w->level = 0;
	if ((entry & SIM_PDE_IPS) &&
	    (sim->regs[REG_GAMW_ECO / 4] & GAMW_ECO_IPS) == GAMW_ECO_IPS) {
		entry = read_entry(sim, w, entry, pt_index & ~15U);
		if (entry & SIM_PTE_P)
			w->pte = (entry & XENGT_SIM_PTE_ADDR & ~0xffffULL) |
				(addr & 0xf000) | (entry & 3);
		return;
	}
	entry = read_entry(sim, w, entry, pt_index);
	if (entry & SIM_PTE_P)
		w->pte = entry;
}
