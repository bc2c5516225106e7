// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: the accesses that the judge itself makes (the
 * "hammer").
 *
 * The hammer behaves like a GPU that always works: on request it accesses the
 * page that each live entry of each slice points to, again and again. (An entry
 * is live if it is present and does not point to the scratch page.) So the
 * judge finds an entry or a cached translation that should have been removed,
 * even if no guest uses it.
 *
 * The shared memory also lets a test raise any interrupt of the GPU.
 */
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

/* Bounds of one call of xengt_sim_idle(). */
#define HAMMER_SCAN	32768U
#define HAMMER_POKES	512U
#define HAMMER_ASKS	16U		/* reads of the IOMMU's registers, each of which
					 * takes more than a millisecond under QEMU */

#define IDLE_MS		20
#define HAMMER_MS	1

/*
 * Returns true if the bus address is in a scratch page that the slot may reach.
 * slot: the slot's number plus 1. For most entries the first comparison is
 * sufficient, and the frame's owner is not needed.
 */
static bool is_scratch(struct xengt_sim *sim, unsigned int slot, uint64_t bus)
{
	struct sim_judge *j = &sim->judge;
	struct sim_judge_frame f;

	if (bus / XENGT_SIM_PAGE_BYTES != j->hdr->scratch_mfn &&
	    bus / XENGT_SIM_PAGE_BYTES != j->scratch[slot])
		return false;
	return sim_judge_frame_at(sim, bus, false, &f) &&
	       (sim_judge_is_host_scratch(j, &f) ||
		sim_judge_is_own_scratch(j, slot, &f));
}

/* Do a part of the hammer's pass over the slices. */
static void hammer(struct xengt_sim *sim, bool write)
{
	struct sim_judge *j = &sim->judge;
	const uint32_t asks = sim_iommu_asks(sim);
	unsigned int pokes = 0;

	for (unsigned int n = 0; n < HAMMER_SCAN && pokes < HAMMER_POKES &&
	     sim_iommu_asks(sim) - asks < HAMMER_ASKS; n++) {
		uint32_t i = j->cursor++;

		if (j->slot_of[i]) {
			struct sim_xlat x = sim_ggtt_xlat(sim, i);

			if ((x.pte & XENGT_SIM_PTE_PRESENT) &&
			    !is_scratch(sim, j->slot_of[i],
					x.pte & XENGT_SIM_PTE_ADDR)) {
				(void)sim_ggtt_poke(sim, i, &x, write);
				j->pass_live++;
				pokes++;
			}
		}
		if (j->cursor == sim->ggtt_entries) {
			j->cursor = 0;
			OUT(j->hdr->hammer_live, j->pass_live);
			j->pass_live = 0;
			COUNT(j->hdr->hammer_passes);
			if (j->scanned_writes != sim->stats.ggtt_writes)
				sim_judge_find_scratch(sim);
			break;
		}
	}
}

/*
 * Raise an interrupt that a test requested. The GPU need not have any event for
 * the interrupt.
 */
static void raise_requested(struct xengt_sim *sim)
{
	struct xengt_judge_hdr *hdr = sim->judge.hdr;
	uint64_t seq = IN(hdr->irq_seq);

	if (seq == hdr->irq_seen)
		return;
	sim_raise_irq(sim, (enum xengt_sim_irq_bank)IN(hdr->irq_bank),
		      (uint32_t)IN(hdr->irq_bits));
	OUT(hdr->irq_seen, seq);
}

int sim_judge_idle(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;
	uint64_t mode;

	if (!j->hdr)
		return -1;
	COUNT(j->hdr->heartbeat);
	sim_judge_sync(sim);
	sim_judge_decide(sim);
	raise_requested(sim);
	mode = IN(j->hdr->hammer);
	if (mode == XENGT_JUDGE_HAMMER_OFF || !j->has_slices ||
	    !sim_pci_is_master(sim))
		return IDLE_MS;
	hammer(sim, mode == XENGT_JUDGE_HAMMER_WRITE);
	return HAMMER_MS;
}
