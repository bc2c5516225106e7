// SPDX-License-Identifier: GPL-2.0-only
/*
 * The part of the isolation judge in the simulator: keeps the memory that the
 * judge shares with dom0.
 *
 * dom0's test module writes into shared memory (xengt/judge_abi.h) which vGPU
 * owns which part of the GGTT. The judge gets the owner of each machine frame
 * either from the same shared memory, into which the test module also writes
 * the owners, or from Xen's own structures (judge_owner.c). With this
 * information judge_verdict.c judges each access.
 *
 * Each vGPU may reach one frame without an owner: the vGPU's scratch
 * page. The vGPU's unused GGTT entries point to the scratch page. dom0 says
 * which frame the scratch page is. If dom0 names the same frame for two slots,
 * the frame is not a scratch page of either slot.
 *
 * Entries outside of all slices point to the host's scratch page. A vGPU may
 * reach that page only if dom0 has named no scratch page for the vGPU. The
 * judge finds the host's scratch page by itself: it is the frame to which at
 * least half of all GGTT entries point. The frame stays the host's scratch page
 * while at least an eighth of all entries point to it, because guests fill
 * their slices with other entries. The judge searches for the page again when
 * slices change. If entries were written since the last search, the judge also
 * searches after each pass of the hammer (judge_hammer.c), and before it
 * reports an access of a frame without an owner as a violation.
 */
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/xen_memory.h"
#include "xengt/judge_abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_ELECT(sim)	((sim)->ggtt_entries / 2)
#define SCRATCH_KEEP(sim)	((sim)->ggtt_entries / 8)

int xengt_sim_judge_format(void *shm, size_t bytes)
{
	struct xengt_judge_hdr *hdr = shm;

	if (bytes < XENGT_JUDGE_FILE_BYTES)
		return -EINVAL;
	memset(shm, 0, XENGT_JUDGE_FILE_BYTES);
	hdr->version = XENGT_JUDGE_VERSION;
	hdr->file_bytes = XENGT_JUDGE_FILE_BYTES;
	hdr->slices_off = XENGT_JUDGE_SLICES_OFF;
	hdr->slices_max = XENGT_JUDGE_SLICES_MAX;
	hdr->ring_off = XENGT_JUDGE_RING_OFF;
	hdr->ring_max = XENGT_JUDGE_RING_MAX;
	hdr->owners_off = XENGT_JUDGE_OWNERS_OFF;
	hdr->owners_max = XENGT_JUDGE_OWNERS_MAX;
	hdr->scratch_mfn = XENGT_JUDGE_NO_SCRATCH;
	OUT(hdr->magic, XENGT_JUDGE_MAGIC);
	return 0;
}

int xengt_sim_judge_attach(struct xengt_sim *sim, void *shm, size_t bytes)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_hdr *hdr = shm;
	uint8_t *at = shm;

	if (!shm) {
		sim_judge_fini(sim);
		return 0;
	}
	if (bytes < XENGT_JUDGE_FILE_BYTES ||
	    IN(hdr->magic) != XENGT_JUDGE_MAGIC ||
	    hdr->version != XENGT_JUDGE_VERSION)
		return -EINVAL;
	if (!j->slot_of)
		j->slot_of = calloc(XENGT_SIM_GGTT_ENTRIES, 1);
	if (!j->left_by)
		j->left_by = calloc(XENGT_SIM_REGS_BYTES / 4,
				    sizeof(*j->left_by));
	if (!j->slot_of || !j->left_by || sim_judge_owner_init(j) ||
	    sim_judge_late_init(j))
		return -ENOMEM;
	memset(j->left_by, 0, XENGT_SIM_REGS_BYTES / 4 * sizeof(*j->left_by));
	memset(j->slot_of, 0, XENGT_SIM_GGTT_ENTRIES);
	j->has_slices = false;
	j->active = 0;
	j->generation = 0;
	j->cursor = 0;
	j->pass_live = 0;
	j->slices = (void *)(at + XENGT_JUDGE_SLICES_OFF);
	j->parts = (void *)(at + XENGT_JUDGE_PARTS_OFF);
	j->ring = (void *)(at + XENGT_JUDGE_RING_OFF);
	j->changed = (void *)(at + XENGT_JUDGE_CHANGED_OFF);
	j->owners = (void *)(at + XENGT_JUDGE_OWNERS_OFF);
	j->hdr = hdr;
	return 0;
}

void sim_judge_fini(struct xengt_sim *sim)
{
	free(sim->judge.slot_of);
	free(sim->judge.left_by);
	sim_judge_owner_fini(&sim->judge);
	sim_judge_late_fini(&sim->judge);
	memset(&sim->judge, 0, sizeof(sim->judge));
}

void sim_judge_flushed(struct xengt_sim *sim)
{
	if (sim->judge.hdr)
		COUNT(sim->judge.hdr->ggtt_flushes);
}

static uint32_t count_entries(const struct xengt_sim *sim, uint64_t mfn)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < sim->ggtt_entries; i++)
		n += (sim->pte[i] & XENGT_SIM_PTE_PRESENT) &&
			(sim->pte[i] & XENGT_SIM_PTE_ADDR) / 4096 == mfn;
	return n;
}

/*
 * Returns the only frame to which a majority of the present entries can point
 * (algorithm of Boyer and Moore).
 */
static uint64_t majority_candidate(const struct xengt_sim *sim)
{
	uint64_t candidate = XENGT_JUDGE_NO_SCRATCH;
	uint32_t lead = 0;

	for (uint32_t i = 0; i < sim->ggtt_entries; i++) {
		uint64_t mfn = (sim->pte[i] & XENGT_SIM_PTE_ADDR) / 4096;

		if (!(sim->pte[i] & XENGT_SIM_PTE_PRESENT))
			continue;
		if (lead == 0)
			candidate = mfn;
		if (mfn == candidate)
			lead++;
		else
			lead--;
	}
	return candidate;
}

void sim_judge_find_scratch(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_hdr *hdr = j->hdr;
	uint64_t mfn = hdr->scratch_mfn;
	uint32_t n = 0;

	j->scanned_writes = sim->stats.ggtt_writes;
	if (mfn != XENGT_JUDGE_NO_SCRATCH)
		n = count_entries(sim, mfn);
	if (n < SCRATCH_KEEP(sim)) {
		mfn = majority_candidate(sim);
		n = count_entries(sim, mfn);
		if (n < SCRATCH_ELECT(sim)) {
			mfn = XENGT_JUDGE_NO_SCRATCH;
			n = 0;
		}
	}
	OUT(hdr->scratch_mfn, mfn);
	OUT(hdr->scratch_entries, n);
}

static void claim(struct xengt_sim *sim, unsigned int slot, uint64_t base,
		  uint64_t bytes)
{
	struct sim_judge *j = &sim->judge;
	uint64_t first = base / XENGT_SIM_PAGE_BYTES;
	uint64_t n = bytes / XENGT_SIM_PAGE_BYTES;

	if (first >= sim->ggtt_entries)
		return;
	if (n > sim->ggtt_entries - first)
		n = sim->ggtt_entries - first;
	for (uint64_t i = first; i < first + n; i++) {
		if (j->slot_of[i])
			COUNT(j->hdr->slice_overlaps);
		else
			j->slot_of[i] = (uint8_t)(slot + 1);
		j->has_slices = true;
	}
}

/*
 * Copy the scratch pages from the slice table. If two slots had the same
 * scratch page, each vGPU could read what the other vGPU wrote to the page. So
 * neither vGPU may reach a scratch page that two slots have.
 */
static void take_scratch(struct sim_judge *j,
			 const struct xengt_judge_slice *slices)
{
	for (unsigned int s = 0; s < XENGT_JUDGE_SLICES_MAX; s++) {
		j->scratch[s + 1] = slices[s].active ? slices[s].scratch_mfn : 0;
		for (unsigned int o = 0; j->scratch[s + 1] && o < s; o++) {
			if (!slices[o].active ||
			    slices[o].scratch_mfn != slices[s].scratch_mfn)
				continue;
			j->scratch[s + 1] = XENGT_JUDGE_NO_SCRATCH;
			j->scratch[o + 1] = XENGT_JUDGE_NO_SCRATCH;
		}
	}
}

/*
 * Writes to the shared memory what the simulator counts besides the judge's
 * verdicts.
 */
static void show(const struct xengt_sim *sim)
{
	struct xengt_judge_hdr *hdr = sim->judge.hdr;

	OUT(hdr->xen_known, sim->judge.xen.state == SIM_XEN_FOUND);
	OUT(hdr->iommu_translations, sim->stats.iommu_translations);
	OUT(hdr->iommu_moved, sim->stats.iommu_moved);
	OUT(hdr->iommu_faults, sim->stats.iommu_faults);
	OUT(hdr->iommu_stale, sim->stats.iommu_stale);
	OUT(hdr->iommu_laps, sim->stats.iommu_laps);
}

void sim_judge_sync(struct xengt_sim *sim)
{
	struct xengt_judge_slice copy[XENGT_JUDGE_SLICES_MAX];
	struct sim_judge *j = &sim->judge;
	uint64_t gen = IN(j->hdr->generation);

	show(sim);
	if (gen == j->generation || (gen & 1))
		return;
	memcpy(copy, j->slices, sizeof(copy));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (IN(j->hdr->generation) != gen)
		return;

	memset(j->slot_of, 0, XENGT_SIM_GGTT_ENTRIES);
	j->has_slices = false;
	j->active = 0;
	for (unsigned int s = 0; s < XENGT_JUDGE_SLICES_MAX; s++) {
		if (!copy[s].active)
			continue;
		j->domid[s + 1] = (uint16_t)copy[s].domid;
		j->active |= 1U << s;
		claim(sim, s, copy[s].low_base, copy[s].low_bytes);
		claim(sim, s, copy[s].high_base, copy[s].high_bytes);
	}
	take_scratch(j, copy);
	j->generation = gen;
	j->cursor = 0;
	j->pass_live = 0;
	sim_judge_find_scratch(sim);
	OUT(j->hdr->sim_generation, gen);
}
