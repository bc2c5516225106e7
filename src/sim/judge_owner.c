// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: finds the owner of a machine frame.
 *
 * There are two sources: dom0's table of owners, which dom0's module fills from
 * the M2P table (only in a PV dom0), and Xen's own structures in machine memory
 * (xen_memory.c). hdr->owners_by says which source the judge uses.
 *
 * If the judge uses the table and Xen's structures are known, too, the judge
 * uses both. Xen's structures are exact at the time of the access; dom0 updates
 * the table in rounds, and in each round reads the owners of all frames, so the
 * table may lack a frame that a guest has just got, and may still name the owner
 * of a frame that Xen has just taken back:
 *
 *	table		Xen's structures	owner
 *	a domain	this domain		the domain
 *	a domain	another, or nobody	as Xen's structures say
 *	nobody		a domain with a slice,	the domain, "late": judge_late.c
 *			and M2P has the frame
 *	nobody		all else		nobody
 *
 * (In the last row the domain may have given the frame away, although the frame
 * is still held. The domain of the third row must have a slice, because the table
 * need not contain other domains.)
 *
 * Besides, each owner from the table is compared with the owner according to
 * Xen's structures. In this comparison a frame has no owner in Xen's structures
 * if the M2P table names no guest frame for the machine frame. If the table
 * names no owner, the comparison is made only if Xen's structures name a domain
 * that has a slice. A difference counts as late (hdr->late) if it is gone after
 * a round of dom0 that began after the judge saw the difference. A difference
 * that lasts longer counts as a disagreement.
 */
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "sim/xen_memory.h"
#include "xengt/judge_abi.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_MAX	4096U
#define LOG_MAX		20U
#define NO_GFN		XENGT_JUDGE_OWNER_GFN_MASK

/* A frame about which the table and Xen's structures differ. */
struct sim_judge_pair {
	uint64_t mfn;
	uint64_t xen;			/* the owner word according to Xen's
					 * structures */
	uint64_t round;			/* value of hdr->round_begun when the
					 * judge saw the difference */
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

static bool is_unknown(uint64_t word)
{
	return XENGT_JUDGE_OWNER_DOMID(word) == XENGT_JUDGE_DOMID_UNKNOWN;
}

/*
 * Returns the owner word that follows from Xen's structures. 0: no guest owns
 * the frame. The guest frame number is NO_GFN if M2P names none; the domid is
 * XENGT_JUDGE_DOMID_UNKNOWN if Xen's structures are not known.
 */
static uint64_t xen_word(struct xengt_sim *sim, uint64_t mfn)
{
	struct sim_xen_frame f;

	if (!sim_xen_find(sim) || !sim_xen_look(sim, mfn, &f))
		return XENGT_JUDGE_OWNER(XENGT_JUDGE_DOMID_UNKNOWN, NO_GFN);
	if (!is_guests(&f))
		return 0;
	return XENGT_JUDGE_OWNER(f.domid, f.has_gfn ? f.gfn : NO_GFN);
}

/* ---- the comparison ---- */

/*
 * Returns the owner word that the table should have. xen: the word that xen_word()
 * returned; Xen's structures must be known.
 */
static uint64_t expected(uint64_t xen)
{
	return (xen & XENGT_JUDGE_OWNER_GFN_MASK) == NO_GFN ? 0 : xen;
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

	if (p && p->xen == xen) {
		if (IN(j->hdr->rounds) > p->round)
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
	*p = (struct sim_judge_pair){ .mfn = mfn, .xen = xen,
				      .round = IN(j->hdr->round_begun) };
	OUT(j->hdr->undecided, j->n_pairs);
}

static void agree(struct sim_judge *j, struct sim_judge_pair *p)
{
	*p = j->pairs[--j->n_pairs];
	OUT(j->hdr->undecided, j->n_pairs);
	COUNT(j->hdr->late);
}

static void compare(struct xengt_sim *sim, uint64_t mfn, uint64_t table,
		    uint64_t xen)
{
	struct sim_judge *j = &sim->judge;
	struct sim_judge_pair *p;

	if (!table && !has_slice(j, xen))
		return;
	COUNT(j->hdr->compared);
	p = pair_of(j, mfn);
	if (table != xen)
		differ(sim, p, mfn, table, xen);
	else if (p)
		agree(j, p);
}

uint64_t sim_judge_table_word(const struct sim_judge *j, uint64_t mfn)
{
	return mfn < XENGT_JUDGE_OWNERS_MAX ? IN(j->owners[mfn]) : 0;
}

void sim_judge_compare_again(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;

	for (uint32_t i = j->n_pairs; i-- > 0;) {
		struct sim_judge_pair *p = &j->pairs[i];
		uint64_t table = sim_judge_table_word(j, p->mfn);
		uint64_t xen = xen_word(sim, p->mfn);

		if (is_unknown(xen))
			return;
		if (table == expected(xen))
			agree(j, p);
		else
			differ(sim, p, p->mfn, table, expected(xen));
	}
}

/* ---- for the other files ---- */

bool sim_judge_xen_expects(struct xengt_sim *sim, uint64_t mfn, uint64_t *ret_word)
{
	uint64_t xen = xen_word(sim, mfn);

	if (is_unknown(xen))
		return false;
	*ret_word = expected(xen);
	return true;
}

/* Finds the owner of the frame f->mfn from both sources. */
static void find_by_both(struct xengt_sim *sim, struct sim_judge_frame *f)
{
	struct sim_judge *j = &sim->judge;
	uint64_t xen;

	f->table = sim_judge_table_word(j, f->mfn);
	f->owner = f->table;
	f->xen = XENGT_JUDGE_OWNER(XENGT_JUDGE_DOMID_UNKNOWN, NO_GFN);
	if (j->has_slices)
		f->xen = xen_word(sim, f->mfn);
	if (is_unknown(f->xen))
		return;
	xen = expected(f->xen);
	compare(sim, f->mfn, f->table, xen);
	if (!f->table) {
		f->is_late = has_slice(j, xen);
		f->owner = f->is_late ? xen : 0;
	} else if (!f->xen || XENGT_JUDGE_OWNER_DOMID(f->xen) !=
			      XENGT_JUDGE_OWNER_DOMID(f->table)) {
		f->owner = f->xen;
	}
}

void sim_judge_find_owner(struct xengt_sim *sim, struct sim_judge_frame *f)
{
	struct sim_judge *j = &sim->judge;

	f->is_late = false;
	if (IN(j->hdr->owners_by) != XENGT_JUDGE_BY_XEN) {
		find_by_both(sim, f);
		return;
	}
	f->table = 0;
	f->xen = xen_word(sim, f->mfn);
	f->owner = f->xen;
	if (is_unknown(f->xen))
		COUNT(j->hdr->owners_unknown);
}

bool sim_judge_frame_at(struct xengt_sim *sim, uint64_t bus, bool write,
			struct sim_judge_frame *ret_frame)
{
	struct sim_judge_frame f = { .bus = bus / XENGT_SIM_PAGE_BYTES };
	uint64_t machine;

	if (sim_iommu_peek(sim, bus, write, &machine))
		return false;
	f.mfn = machine / XENGT_SIM_PAGE_BYTES;
	sim_judge_find_owner(sim, &f);
	*ret_frame = f;
	return true;
}
