// SPDX-License-Identifier: GPL-2.0-only
/*
 * Simulates the global graphics translation table and its TLB.
 *
 * The table has 2^20 entries of 8 bytes in Gen8's format: bit 0 present, bits
 * 38:12 bus address. The table is memory of the device: a store of up to 8
 * bytes changes the table at once. The TLB does not see these stores: when an
 * access uses a present entry, the TLB caches the entry, and keeps it until
 * GFX_FLSH_CNTL is written. The TLB never evicts an entry, so a driver that
 * forgets the flush fails every time.
 *
 * The PRM does not say what happens to an access through an entry that is not
 * present. In the simulator a read through this entry returns 0, a write
 * through this entry is dropped, and the read or write counts as a fault.
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

typedef uint64_t __attribute__((may_alias)) word64;

int sim_ggtt_init(struct xengt_sim *sim, bool has_tlb)
{
	sim->pte = calloc(XENGT_SIM_GGTT_ENTRIES, sizeof(*sim->pte));
	if (!sim->pte)
		return -ENOMEM;
	sim->has_tlb = has_tlb;
	if (!has_tlb)
		return 0;
	sim->tlb_pte = calloc(XENGT_SIM_GGTT_ENTRIES, sizeof(*sim->tlb_pte));
	sim->tlb_epoch = calloc(XENGT_SIM_GGTT_ENTRIES,
				sizeof(*sim->tlb_epoch));
	if (!sim->tlb_pte || !sim->tlb_epoch)
		return -ENOMEM;
	sim->epoch = 1;
	return 0;
}

void sim_ggtt_fini(struct xengt_sim *sim)
{
	free(sim->pte);
	free(sim->tlb_pte);
	free(sim->tlb_epoch);
}

static void drop_tlb(struct xengt_sim *sim)
{
	if (!sim->has_tlb)
		return;
	if (++sim->epoch == 0) {
		memset(sim->tlb_epoch, 0,
		       XENGT_SIM_GGTT_ENTRIES * sizeof(*sim->tlb_epoch));
		sim->epoch = 1;
	}
}

void sim_ggtt_reset(struct xengt_sim *sim)
{
	/*
	 * in most simulators no entry is ever written: then the 8 MiB of the
	 * table need not be cleared
	 */
	if (sim->is_pte_written)
		memset(sim->pte, 0, sim->ggtt_entries * sizeof(*sim->pte));
	sim->is_pte_written = false;
	drop_tlb(sim);
}

void sim_ggtt_flush(struct xengt_sim *sim)
{
	sim->stats.ggtt_flushes++;
	drop_tlb(sim);
	sim_judge_flushed(sim);
}

/* off and size must lie inside one entry. */
uint64_t sim_ggtt_read(struct xengt_sim *sim, uint32_t off, unsigned int size)
{
	uint64_t pte = sim->pte[off / 8];

	sim->stats.ggtt_reads++;
	if (off / 8 >= sim->ggtt_entries)
		return 0;
	return (pte >> (8 * (off % 8))) & sim_size_mask(size);
}

void sim_ggtt_write(struct xengt_sim *sim, uint32_t off, unsigned int size,
		    uint64_t val)
{
	unsigned int shift = 8 * (off % 8);
	uint64_t mask = sim_size_mask(size) << shift;
	uint64_t *pte = &sim->pte[off / 8];

	sim->stats.ggtt_writes++;
	if (off / 8 >= sim->ggtt_entries)
		return;
	sim->is_pte_written = true;
	*pte = (*pte & ~mask) | ((val << shift) & mask);
}

struct sim_xlat sim_ggtt_xlat(struct xengt_sim *sim, uint32_t index)
{
	struct sim_xlat x = { .pte = sim->pte[index] };

	if (!sim->has_tlb)
		return x;
	if (sim->tlb_epoch[index] == sim->epoch) {
		x.is_stale = sim->tlb_pte[index] != x.pte;
		x.pte = sim->tlb_pte[index];
		sim->stats.tlb_hits++;
		if (x.is_stale)
			sim->stats.tlb_stale++;
	} else if (x.pte & XENGT_SIM_PTE_PRESENT) {
		sim->tlb_epoch[index] = sim->epoch;
		sim->tlb_pte[index] = x.pte;
		sim->stats.tlb_fills++;
	}
	return x;
}

int sim_ggtt_touch(struct xengt_sim *sim, uint64_t ggtt, void *buf, size_t len,
		   bool write, enum sim_origin origin)
{
	uint32_t index = (uint32_t)(ggtt / XENGT_SIM_PAGE_BYTES);
	struct sim_xlat x = sim_ggtt_xlat(sim, index);

	return sim_ggtt_touch_by(sim, ggtt, &x, buf, len, write, origin);
}

int sim_ggtt_touch_by(struct xengt_sim *sim, uint64_t ggtt,
		      const struct sim_xlat *xlat, void *buf, size_t len,
		      bool write, enum sim_origin origin)
{
	uint32_t index = (uint32_t)(ggtt / XENGT_SIM_PAGE_BYTES);
	uint64_t bus;

	sim_judge_check(sim, index, xlat, write, origin);
	if (!(xlat->pte & XENGT_SIM_PTE_PRESENT)) {
		sim->stats.gtt_faults++;
		goto fault;
	}
	bus = (xlat->pte & XENGT_SIM_PTE_ADDR) | (ggtt % XENGT_SIM_PAGE_BYTES);
	if (!sim_dma(sim, bus, buf, len, write))
		return 0;
	sim->stats.dma_faults++;
fault:
	if (!write)
		memset(buf, 0, len);
	return -EFAULT;
}

/*
 * Only judge_hammer.c calls this function. A CPU may store to the same word at
 * the same time, and that store must not be lost. So a write is an atomic "or"
 * with 0, which writes to the page and changes no value.
 */
int sim_ggtt_poke(struct xengt_sim *sim, uint32_t index,
		  const struct sim_xlat *xlat, bool write)
{
	uint64_t bus = xlat->pte & XENGT_SIM_PTE_ADDR;
	word64 *host = sim_dma_ptr_once(sim, bus, write);
	uint64_t word;

	sim_judge_check(sim, index, xlat, write, SIM_BY_HAMMER);
	if (host) {
		if (write)
			(void)__atomic_fetch_or(host, 0, __ATOMIC_RELAXED);
		else
			(void)*(volatile word64 *)host;
		return 0;
	}
	if (sim_dma(sim, bus, &word, sizeof(word), false) ||
	    (write && sim_dma(sim, bus, &word, sizeof(word), true))) {
		sim->stats.dma_faults++;
		return -EFAULT;
	}
	return 0;
}

uint64_t xengt_sim_peek_pte(const struct xengt_sim *sim, uint32_t index)
{
	return index < sim->ggtt_entries ? sim->pte[index] : 0;
}
