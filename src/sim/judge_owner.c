// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: finds the owner of a machine frame.
 *
 * There are two sources: dom0's table of owners, which dom0's module fills from
 * the M2P table (only in a PV dom0), and Xen's own structures in machine memory
 * (xen_memory.c). hdr->owners_by says which source the judge uses.
 *
 * If the judge uses the table and Xen's structures are known, too, each owner
 * from the table is compared with the owner according to Xen's structures. In
 * this comparison a frame has no owner in Xen's structures if the M2P table
 * names no guest frame for the machine frame. If the table names no owner, the
 * comparison is made only if Xen's structures name a domain that has a slice,
 * because the table need not contain other domains. dom0 updates the table in
 * rounds: in each round dom0 reads the owners of all frames. So the table may
 * still contain a frame's previous owner. A difference counts as late
 * (hdr->late) if it disappears before dom0 has completed two rounds. (The
 * second of these rounds began after the judge saw the difference.) A
 * difference that lasts longer counts as a disagreement.
 */
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "sim/xen_memory.h"
#include "xengt/judge_abi.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX	4096U
#define ROUNDS		2U
#define LOG_MAX		20U
#define NO_GFN		XENGT_JUDGE_OWNER_GFN_MASK

/* A frame about which the table and Xen's structures differ. */
struct sim_judge_pair {
	uint64_t mfn;
	uint64_t xen;			/* the owner word according to Xen's
					 * structures */
	uint64_t rounds;		/* value of hdr->rounds when the judge
					 * saw the difference */
};

int sim_judge_owner_init(struct sim_judge *j)
{
	if (!j->pairs)
		j->pairs = calloc(PAIRS_MAX, sizeof(*j->pairs));
	j->n_pairs = 0;
	j->rounds = 0;
	return j->pairs ? 0 : -1;
}

void sim_judge_owner_fini(struct sim_judge *j)
{
	free(j->pairs);
	j->pairs = NULL;
}

static bool is_guests(const struct sim_xen_frame *f)
{
	return f->has_owner && f->domid && f->domid < XENGT_JUDGE_DOMIDS;
}

static uint64_t owner_by_xen(struct xengt_sim *sim, uint64_t mfn)
{
	struct sim_xen_frame f;

	if (!sim_xen_find(sim) || !sim_xen_look(sim, mfn, &f)) {
		COUNT(sim->judge.hdr->owners_unknown);
		return XENGT_JUDGE_OWNER(XENGT_JUDGE_DOMID_UNKNOWN, NO_GFN);
	}
	if (!is_guests(&f))
		return 0;
	return XENGT_JUDGE_OWNER(f.domid, f.has_gfn ? f.gfn : NO_GFN);
}

/* ---- the comparison ---- */

/*
 * Computes the owner word that the table should have. Returns false if Xen's
 * structures are not known.
 */
static bool expect(struct xengt_sim *sim, uint64_t mfn, uint64_t *ret_word)
{
	struct sim_xen_frame f;

	if (!sim_xen_find(sim) || !sim_xen_look(sim, mfn, &f))
		return false;
	*ret_word = is_guests(&f) && f.has_gfn ?
		XENGT_JUDGE_OWNER(f.domid, f.gfn) : 0;
	return true;
}

/*
 * Returns true if the owner is a domain with a slice. The table has the frames
 * of these domains, and may have the frames of other domains.
 */
static bool has_slice(const struct sim_judge *j, uint64_t word)
{
	for (unsigned int s = 0; word && s < XENGT_JUDGE_SLICES_MAX; s++)
		if ((j->active & 1U << s) &&
		    j->domid[s + 1] == XENGT_JUDGE_OWNER_DOMID(word))
			return true;
	return false;
}

static struct sim_judge_pair *pair_of(struct sim_judge *j, uint64_t mfn)
{
	for (uint32_t i = 0; i < j->n_pairs; i++)
		if (j->pairs[i].mfn == mfn)
			return &j->pairs[i];
	return NULL;
}

static void count_disagreed(struct xengt_sim *sim, uint64_t mfn, uint64_t table,
			    uint64_t xen)
{
	struct sim_judge *j = &sim->judge;

	COUNT(j->hdr->disagreed);
	if (j->hdr->disagreed <= LOG_MAX)
		sim_log(sim, XENGT_SIM_LOG_ERR,
			"judge: mfn 0x%llx: owner 0x%016llx in the table, 0x%016llx in Xen's structures",
			(unsigned long long)mfn, (unsigned long long)table,
			(unsigned long long)xen);
}

static void differ(struct xengt_sim *sim, struct sim_judge_pair *p, uint64_t mfn,
		   uint64_t table, uint64_t xen)
{
	struct sim_judge *j = &sim->judge;
	uint64_t rounds = IN(j->hdr->rounds);

	if (p && p->xen == xen) {
		if (rounds - p->rounds >= ROUNDS)
			count_disagreed(sim, mfn, table, xen);
		return;
	}
	if (!p && j->n_pairs == PAIRS_MAX) {
		/*
		 * There is no room to record this difference. So the judge
		 * cannot see whether the difference disappears later, and
		 * counts a disagreement.
		 */
		count_disagreed(sim, mfn, table, xen);
		return;
	}
	if (!p)
		p = &j->pairs[j->n_pairs++];
	*p = (struct sim_judge_pair){ .mfn = mfn, .xen = xen, .rounds = rounds };
	OUT(j->hdr->undecided, j->n_pairs);
}

static void agree(struct sim_judge *j, struct sim_judge_pair *p)
{
	*p = j->pairs[--j->n_pairs];
	OUT(j->hdr->undecided, j->n_pairs);
	COUNT(j->hdr->late);
}

static void compare(struct xengt_sim *sim, uint64_t mfn, uint64_t table)
{
	struct sim_judge *j = &sim->judge;
	struct sim_judge_pair *p;
	uint64_t xen;

	if (!j->has_slices || !expect(sim, mfn, &xen) ||
	    (!table && !has_slice(j, xen)))
		return;
	COUNT(j->hdr->compared);
	p = pair_of(j, mfn);
	if (table != xen)
		differ(sim, p, mfn, table, xen);
	else if (p)
		agree(j, p);
}

static uint64_t table_word(const struct sim_judge *j, uint64_t mfn)
{
	return mfn < XENGT_JUDGE_OWNERS_MAX ? IN(j->owners[mfn]) : 0;
}

void sim_judge_compare_again(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;
	uint64_t rounds = IN(j->hdr->rounds), xen;

	if (rounds == j->rounds)
		return;
	j->rounds = rounds;
	for (uint32_t i = j->n_pairs; i-- > 0;) {
		struct sim_judge_pair *p = &j->pairs[i];
		uint64_t table = table_word(j, p->mfn);

		if (!expect(sim, p->mfn, &xen))
			return;
		if (table == xen)
			agree(j, p);
		else
			differ(sim, p, p->mfn, table, xen);
	}
}

/* ---- for the other files ---- */

uint64_t sim_judge_owner(struct xengt_sim *sim, uint64_t mfn)
{
	struct sim_judge *j = &sim->judge;
	uint64_t word;

	if (IN(j->hdr->owners_by) == XENGT_JUDGE_BY_XEN)
		return owner_by_xen(sim, mfn);
	word = table_word(j, mfn);
	compare(sim, mfn, word);
	return word;
}

bool sim_judge_frame_at(struct xengt_sim *sim, uint64_t bus, bool write,
			struct sim_judge_frame *ret_frame)
{
	struct sim_judge_frame f = { .bus = bus / XENGT_SIM_PAGE_BYTES };
	uint64_t machine;

	if (sim_iommu_peek(sim, bus, write, &machine))
		return false;
	f.mfn = machine / XENGT_SIM_PAGE_BYTES;
	f.owner = sim_judge_owner(sim, f.mfn);
	*ret_frame = f;
	return true;
}
