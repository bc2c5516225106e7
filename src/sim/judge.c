// SPDX-License-Identifier: GPL-2.0-only
/*
 * Isolation judge, the hardware's side.
 *
 * dom0's test module says in shared memory (xengt/judge_abi.h) which part of
 * the GGTT is whose, and which machine frame is whose.  Every access that goes
 * through an entry inside a slice must end in a frame of that slice's domain.
 * The verdict looks at the translation the hardware used, so an old one that
 * the TLB still holds counts as what it is.
 *
 * One frame that belongs to nobody is allowed: the scratch page, which unused
 * entries point to.  Nobody tells the judge which it is; it takes the frame
 * that at least 90 % of the whole GGTT point to, and keeps it while at least
 * an eighth still do (slices fill up).  Looked up when slices change, after
 * each pass of the hammer, and before an access to nobody's frame is called a
 * violation if entries have changed since.
 *
 * The hammer is a GPU that never rests: on request it touches the page behind
 * every live entry of every slice again and again, so that an entry or a
 * cached translation left behind shows, whether or not a guest uses it.
 *
 * The shared memory also lets a test raise any interrupt of the GPU.
 */
#include "sim_priv.h"
#include "engine.h"

#include "xengt/judge_abi.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SCRATCH_ELECT(sim)	((sim)->ggtt_entries / 10 * 9)
#define SCRATCH_KEEP(sim)	((sim)->ggtt_entries / 8)

/* Bounds of one call of xengt_sim_idle(). */
#define HAMMER_SCAN	32768U
#define HAMMER_POKES	512U

#define LOG_MAX		1000U

#define IDLE_MS		20
#define HAMMER_MS	1

/* Words that dom0 writes. */
#define IN(word)	__atomic_load_n(&(word), __ATOMIC_ACQUIRE)
/* Words that this file writes: one writer, so no atomic addition. */
#define OUT(word, val)	__atomic_store_n(&(word), (val), __ATOMIC_RELEASE)
#define COUNT(word)	OUT(word, (word) + 1)

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
	if (!j->slot_of)
		return -ENOMEM;
	memset(j->slot_of, 0, XENGT_SIM_GGTT_ENTRIES);
	j->has_slices = false;
	j->generation = 0;
	j->cursor = 0;
	j->pass_live = 0;
	j->slices = (void *)(at + XENGT_JUDGE_SLICES_OFF);
	j->ring = (void *)(at + XENGT_JUDGE_RING_OFF);
	j->owners = (void *)(at + XENGT_JUDGE_OWNERS_OFF);
	j->hdr = hdr;
	return 0;
}

void sim_judge_fini(struct xengt_sim *sim)
{
	free(sim->judge.slot_of);
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

/* The only frame that could have a majority (Boyer and Moore). */
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

static void find_scratch(struct xengt_sim *sim)
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

/* Takes over the slice table if dom0 has finished changing it. */
static void sync_slices(struct xengt_sim *sim)
{
	struct xengt_judge_slice copy[XENGT_JUDGE_SLICES_MAX];
	struct sim_judge *j = &sim->judge;
	uint64_t gen = IN(j->hdr->generation);

	if (gen == j->generation || (gen & 1))
		return;
	memcpy(copy, j->slices, sizeof(copy));
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	if (IN(j->hdr->generation) != gen)
		return;

	memset(j->slot_of, 0, XENGT_SIM_GGTT_ENTRIES);
	j->has_slices = false;
	for (unsigned int s = 0; s < XENGT_JUDGE_SLICES_MAX; s++) {
		if (!copy[s].active)
			continue;
		j->domid[s + 1] = (uint16_t)copy[s].domid;
		claim(sim, s, copy[s].low_base, copy[s].low_bytes);
		claim(sim, s, copy[s].high_base, copy[s].high_bytes);
	}
	j->generation = gen;
	j->cursor = 0;
	j->pass_live = 0;
	find_scratch(sim);
	OUT(j->hdr->sim_generation, gen);
}

static void record(struct xengt_sim *sim,
		   const struct xengt_judge_violation *v)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation *r;
	uint64_t seq, base = IN(j->hdr->base_ring_head);
	char by[96];

	/* what happens again after a "reset" is told again */
	for (unsigned int i = 0; i < XENGT_JUDGE_RING_MAX; i++) {
		r = &j->ring[i];
		if (r->seq > base && r->mfn == v->mfn &&
		    r->ggtt_index == v->ggtt_index && r->slot == v->slot &&
		    r->owner_found == v->owner_found &&
		    r->domid_expected == v->domid_expected &&
		    r->flags == v->flags) {
			OUT(r->last_time_ns, v->time_ns);
			COUNT(r->count);
			return;
		}
	}
	seq = j->hdr->ring_head + 1;
	r = &j->ring[(seq - 1) % XENGT_JUDGE_RING_MAX];
	OUT(r->seq, 0);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	*r = *v;
	r->seq = 0;
	r->last_time_ns = v->time_ns;
	r->count = 1;
	OUT(r->seq, seq);
	OUT(j->hdr->ring_head, seq);

	if (j->logged >= LOG_MAX)
		return;
	j->logged++;
	if (sim_engine_describe(sim, by, sizeof(by)))
		sim_log(sim, XENGT_SIM_LOG_ERR, "judge: %s", by);
	sim_log(sim, XENGT_SIM_LOG_ERR,
		"judge: %s%s of %s: ggtt index 0x%llx slot %u dom %u -> mfn 0x%llx owner %016llx",
		v->flags & XENGT_JUDGE_V_STALE ? "stale " : "",
		v->flags & XENGT_JUDGE_V_WRITE ? "write" : "read",
		v->flags & XENGT_JUDGE_V_HAMMER ? "hammer" : "access",
		(unsigned long long)v->ggtt_index, v->slot, v->domid_expected,
		(unsigned long long)v->mfn,
		(unsigned long long)v->owner_found);
}

static uint64_t owner_of(const struct sim_judge *j, uint64_t mfn)
{
	return mfn < XENGT_JUDGE_OWNERS_MAX ? IN(j->owners[mfn]) : 0;
}

static bool is_scratch(const struct sim_judge *j, uint64_t mfn, uint64_t owner)
{
	return !owner && mfn == j->hdr->scratch_mfn;
}

void sim_judge_check(struct xengt_sim *sim, uint32_t index,
		     const struct sim_xlat *xlat, bool write,
		     enum sim_origin origin)
{
	struct xengt_judge_violation v = { 0 };
	struct sim_judge *j = &sim->judge;
	uint64_t mfn, owner;
	unsigned int slot;

	if (!j->hdr)
		return;
	sync_slices(sim);
	slot = j->slot_of[index];
	if (!slot) {
		COUNT(j->hdr->other_accesses);
		return;
	}
	COUNT(j->hdr->accesses);
	if (origin == SIM_BY_HAMMER)
		COUNT(j->hdr->hammer_accesses);

	mfn = (xlat->pte & XENGT_SIM_PTE_ADDR) / XENGT_SIM_PAGE_BYTES;
	owner = owner_of(j, mfn);
	if ((owner & XENGT_JUDGE_OWNER_VALID) &&
	    XENGT_JUDGE_OWNER_DOMID(owner) == j->domid[slot])
		return;
	if (!owner && !is_scratch(j, mfn, owner) &&
	    j->scanned_writes != sim->stats.ggtt_writes)
		find_scratch(sim);
	if (is_scratch(j, mfn, owner)) {
		COUNT(j->hdr->scratch_accesses);
		return;
	}

	COUNT(j->hdr->violations);
	v.time_ns = sim_now_ns(sim);
	v.mfn = mfn;
	v.ggtt_index = index;
	v.owner_found = owner;
	v.slot = slot - 1;
	v.domid_expected = j->domid[slot];
	v.flags = (uint16_t)((write ? XENGT_JUDGE_V_WRITE : 0) |
			     (xlat->is_stale ? XENGT_JUDGE_V_STALE : 0) |
			     (origin == SIM_BY_HAMMER ?
			      XENGT_JUDGE_V_HAMMER : 0));
	record(sim, &v);
}

/*
 * An access through the page tables of a context: whose it is, the slice that
 * holds the context's image says.  Tables themselves are not judged: they may
 * be the host's shadows.
 */
void sim_judge_check_ppgtt(struct xengt_sim *sim, uint32_t image_index,
			   uint64_t bus, bool write, uint64_t addr)
{
	struct sim_xlat x = { .pte = bus | XENGT_SIM_PTE_PRESENT };
	uint64_t before;

	if (!sim->judge.hdr)
		return;
	before = sim->judge.hdr->violations;
	sim_judge_check(sim, image_index, &x, write, SIM_BY_GPU);
	if (sim->judge.hdr->violations != before &&
	    sim->judge.logged < LOG_MAX)
		sim_log(sim, XENGT_SIM_LOG_ERR,
			"judge: that was through the PPGTT, address 0x%llx",
			(unsigned long long)addr);
}

/* A piece of the hammer's round over the slices. */
static void hammer(struct xengt_sim *sim, bool write)
{
	struct sim_judge *j = &sim->judge;
	unsigned int pokes = 0;

	for (unsigned int n = 0; n < HAMMER_SCAN && pokes < HAMMER_POKES;
	     n++) {
		uint32_t i = j->cursor++;

		if (j->slot_of[i]) {
			struct sim_xlat x = sim_ggtt_xlat(sim, i);
			uint64_t mfn = (x.pte & XENGT_SIM_PTE_ADDR) /
				XENGT_SIM_PAGE_BYTES;

			if ((x.pte & XENGT_SIM_PTE_PRESENT) &&
			    !is_scratch(j, mfn, owner_of(j, mfn))) {
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
				find_scratch(sim);
			break;
		}
	}
}

/* An interrupt that a test asked for, in the absence of real work. */
static void raise_requested(struct xengt_sim *sim)
{
	struct xengt_judge_hdr *hdr = sim->judge.hdr;
	uint64_t seq = IN(hdr->irq_seq);

	if (seq == hdr->irq_seen)
		return;
	xengt_sim_raise_irq(sim, (enum xengt_sim_irq_bank)IN(hdr->irq_bank),
			    (uint32_t)IN(hdr->irq_bits));
	OUT(hdr->irq_seen, seq);
}

int sim_judge_idle(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;
	int engines = sim_engine_idle(sim);
	uint64_t mode;

	if (!j->hdr)
		return engines;
	COUNT(j->hdr->heartbeat);
	sync_slices(sim);
	raise_requested(sim);
	mode = IN(j->hdr->hammer);
	if (mode == XENGT_JUDGE_HAMMER_OFF || !j->has_slices ||
	    !sim_pci_is_master(sim))
		return engines >= 0 ? engines : IDLE_MS;
	hammer(sim, mode == XENGT_JUDGE_HAMMER_WRITE);
	return engines >= 0 ? engines : HAMMER_MS;
}
