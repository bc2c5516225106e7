// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: decides about accesses to frames that dom0's
 * table does not have yet.
 *
 * A guest that gets memory may use the memory at once, but dom0 finds the new
 * frames only in its next round. So the owner of such a frame is nobody by dom0's
 * table. If Xen's structures say at the time of the access that the frame is the
 * guest's (judge_owner.c), the access is "late", and is decided later:
 *
 * - right, if at the end of a round of dom0 the table gives the frame to the
 *   guest's domain. The table did not do so at the access, so dom0 has found the
 *   frame after the access;
 * - right, if at the end of a whole round that began after the access table and
 *   Xen's structures agree that the frame is not the guest's any more (the guest
 *   gave the frame away before dom0 found it);
 * - a violation, if after such a round Xen's structures still give the frame to
 *   the guest, and the table does not;
 * - undecided for one more round, if another owner word now follows from Xen's
 *   structures, and the table does not have this word yet.
 *
 * So Xen's structures say what was right at the access. The table must confirm
 * this, because the layout of Xen's structures is not a stable interface. The
 * table alone excuses nothing, because Xen may have given the frame to the guest
 * only after the access. If Xen's structures are not known, no access is late.
 */
#include "sim/engine.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

#include <stdlib.h>
#include <string.h>

#define LATE_MAX	16384U
#define HEADS		4096U

/* Accesses of one vGPU to one frame, in one round. */
struct late {
	struct xengt_judge_violation v;	/* the first access */
	struct sim_actor actor;
	bool has_actor;
	uint64_t accesses;
	uint64_t xen;			/* the owner word that follows from Xen's
					 * structures */
	uint64_t round;			/* the table must have this word when a
					 * later round ends */
	uint32_t next;			/* index of the chain's next element,
					 * plus 1; 0: end of the chain */
};

/* A hash table: the accesses to frames with the same hash are a chain. */
struct sim_judge_late {
	struct late items[LATE_MAX];
	uint32_t n;
	uint32_t heads[HEADS];		/* as 'next' */
};

int sim_judge_late_init(struct sim_judge *j)
{
	sim_judge_late_fini(j);
	j->late = calloc(1, sizeof(*j->late));
	return j->late ? 0 : -1;
}

void sim_judge_late_fini(struct sim_judge *j)
{
	free(j->late);
	j->late = NULL;
}

static struct late *find(struct sim_judge_late *all,
			 const struct xengt_judge_violation *v)
{
	uint32_t i = all->heads[v->mfn % HEADS];

	while (i) {
		struct late *l = &all->items[i - 1];

		if (l->v.mfn == v->mfn && l->v.slot == v->slot &&
		    l->v.domid_expected == v->domid_expected &&
		    l->v.round == v->round)
			return l;
		i = l->next;
	}
	return NULL;
}

/* Put the element items[index] into its chain. */
static void chain(struct sim_judge_late *all, uint32_t index)
{
	uint32_t *head = &all->heads[all->items[index].v.mfn % HEADS];

	all->items[index].next = *head;
	*head = index + 1;
}

static void report(struct xengt_sim *sim, const struct sim_actor *a,
		   const struct xengt_judge_violation *v, uint64_t accesses)
{
	while (accesses--) {
		struct xengt_judge_violation copy = *v;

		copy.flags |= XENGT_JUDGE_V_UNCONFIRMED;
		copy.owner_found = sim_judge_table_word(&sim->judge, v->mfn);
		sim_judge_record(sim, a, &copy);
	}
}

void sim_judge_note_late(struct xengt_sim *sim, const struct sim_actor *a,
			 struct xengt_judge_violation *v)
{
	struct sim_judge_late *all = sim->judge.late;
	struct late *l = find(all, v);

	if (!l && all->n == LATE_MAX) {
		/* there is no room to decide later, so this is a violation */
		report(sim, a, v, 1);
		return;
	}
	if (!l) {
		l = &all->items[all->n];
		v->time_ns = sim_now_ns(sim);
		*l = (struct late){ .v = *v, .has_actor = a, .xen = v->owner_xen,
				    .round = v->round };
		if (a)
			l->actor = *a;
		chain(all, all->n++);
	}
	l->accesses++;
	if (!sim->judge.hdr->undecided_accesses)
		OUT(sim->judge.hdr->undecided_round, v->round);
	COUNT(sim->judge.hdr->undecided_accesses);
}

/* Returns false if the accesses cannot be decided yet. */
static bool decide(struct xengt_sim *sim, struct late *l, uint64_t rounds)
{
	struct sim_judge *j = &sim->judge;
	uint64_t table = sim_judge_table_word(j, l->v.mfn), xen;
	bool is_known, is_right = (table & XENGT_JUDGE_OWNER_VALID) &&
		XENGT_JUDGE_OWNER_DOMID(table) == l->v.domid_expected;

	if (!is_right && rounds <= l->round)
		return false;
	is_known = sim_judge_xen_expects(sim, l->v.mfn, &xen);
	if (is_right || (is_known && table == xen)) {
		OUT(j->hdr->late_accesses, j->hdr->late_accesses + l->accesses);
		return true;
	}
	if (is_known && xen != l->xen) {
		l->xen = xen;
		l->round = IN(j->hdr->round_begun);
		return false;
	}
	report(sim, l->has_actor ? &l->actor : NULL, &l->v, l->accesses);
	return true;
}

static void decide_all(struct xengt_sim *sim, uint64_t rounds)
{
	struct sim_judge_late *all = sim->judge.late;
	uint32_t n = all->n;
	uint64_t undecided = 0, oldest = 0;

	all->n = 0;
	memset(all->heads, 0, sizeof(all->heads));
	for (uint32_t i = 0; i < n; i++) {
		if (decide(sim, &all->items[i], rounds))
			continue;
		all->items[all->n] = all->items[i];
		undecided += all->items[i].accesses;
		if (!oldest || all->items[i].v.round < oldest)
			oldest = all->items[i].v.round;
		chain(all, all->n++);
	}
	OUT(sim->judge.hdr->undecided_round, oldest);
	OUT(sim->judge.hdr->undecided_accesses, undecided);
}

void sim_judge_decide(struct xengt_sim *sim)
{
	struct sim_judge *j = &sim->judge;
	uint64_t rounds = IN(j->hdr->rounds);

	if (rounds == j->rounds)
		return;
	j->rounds = rounds;
	sim_judge_compare_again(sim);
	decide_all(sim, rounds);
	OUT(j->hdr->sim_rounds, rounds);
}
