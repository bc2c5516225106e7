// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: decides whether an access is a violation.
 *
 * An access through a GGTT entry inside a slice must reach a frame of that
 * slice's domain, whichever engine or context makes the access. The judge uses
 * the same translation as the hardware. So the judge also finds accesses
 * through an old translation that is still in a TLB.
 *
 * A context belongs to the host or to a slot, which is the row of one vGPU in
 * the table of slices. xengt/judge_abi.h says how the judge learns the slot of
 * a context. Accesses by a context of a slot:
 *
 *	through		the context may reach
 *	its slices	frames of its domain, as above
 *	other slices	nothing
 *	the rest of	the command streamer itself (fetch, context image, status
 *	the GGTT	page): frames of its domain and frames without an owner;
 *			an operand of a command: only the context's own status
 *			page, which is page 0 of its image, present or not, and
 *			for a command of the indirect batch, the page that the
 *			command is in; for a command of dom0's own driver, the
 *			pages that judge_part.c says
 *	MI_UPDATE_GTT	may write the entries of its slices
 *	page tables	frames of its domain; no domain may own the tables,
 *			because the owner of a table decides where it leads
 *
 * A context of the host may reach frames of domains only through slices. It is
 * a violation if a context of the host reaches a domain's frame by page tables,
 * because such a context works for a guest, although its context id does not
 * name the guest's slot.
 *
 * A context of a slot may reach the scratch page that dom0 named for the slot,
 * and no other scratch page. If dom0 named no scratch page for the slot, the
 * context may reach the host's scratch page.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

#include <string.h>

unsigned int sim_judge_slot_of(const struct xengt_sim *sim, uint64_t desc)
{
	unsigned int named = (unsigned int)(desc >>
		XENGT_JUDGE_DESC_SLOT_SHIFT & XENGT_JUDGE_DESC_SLOT_MASK);

	if (!desc)
		return 0;
	if (named)
		return named <= XENGT_JUDGE_SLICES_MAX &&
			(sim->judge.active & 1U << (named - 1)) ? named : 0;
	return sim->judge.slot_of[DESC_LRCA(desc) / XENGT_SIM_PAGE_BYTES];
}

static bool is_of(const struct sim_judge *j, uint64_t owner, unsigned int slot)
{
	return (owner & XENGT_JUDGE_OWNER_VALID) &&
		XENGT_JUDGE_OWNER_DOMID(owner) == j->domid[slot];
}

/* Is the frame a scratch page that the slot may reach? */
static bool is_scratch_of(struct xengt_sim *sim, unsigned int slot,
			  const struct sim_judge_frame *f)
{
	struct sim_judge *j = &sim->judge;

	if (j->scratch[slot])
		return sim_judge_is_own_scratch(j, slot, f);
	if (!f->owner && !sim_judge_is_host_scratch(j, f) &&
	    j->scanned_writes != sim->stats.ggtt_writes)
		sim_judge_find_scratch(sim);
	return sim_judge_is_host_scratch(j, f);
}

/*
 * Returns true if the frame belongs to the slot's domain, or is a scratch page
 * that the slot may reach.
 */
static bool is_allowed(struct xengt_sim *sim, unsigned int slot,
		       const struct sim_judge_frame *f)
{
	struct sim_judge *j = &sim->judge;

	if (is_of(j, f->owner, slot))
		return true;
	if (!is_scratch_of(sim, slot, f))
		return false;
	COUNT(j->hdr->scratch_accesses);
	return true;
}

/* May the context of a slot use this GGTT address outside of its slices? */
static bool may_go_outside(const struct sim_judge *j, const struct sim_actor *a,
			   unsigned int slot, uint32_t index, uint64_t owner)
{
	if (j->slot_of[index] || (owner && !is_of(j, owner, slot)))
		return false;
	return !a->by_command ||
		index == DESC_LRCA(a->desc) / XENGT_SIM_PAGE_BYTES ||
		(a->in_indirect && index == a->command_addr / XENGT_SIM_PAGE_BYTES) ||
		sim_judge_is_drivers(j, a, index);
}

/* Count an access that reached a frame or that a context made. */
static void count_access(struct sim_judge *j, unsigned int whose,
			 enum sim_origin origin)
{
	COUNT(j->hdr->accesses);
	if (whose)
		COUNT(j->hdr->context_accesses);
	if (origin == SIM_BY_HAMMER)
		COUNT(j->hdr->hammer_accesses);
}

static unsigned int access_flags(const struct sim_xlat *xlat, bool write,
				 enum sim_origin origin)
{
	return (write ? XENGT_JUDGE_V_WRITE : 0) |
	       (xlat->is_stale ? XENGT_JUDGE_V_STALE : 0) |
	       (origin == SIM_BY_HAMMER ? XENGT_JUDGE_V_HAMMER : 0);
}

/* Returns true if the access reaches a frame; *ret_frame is then this frame. */
static bool reaches(struct xengt_sim *sim, const struct sim_xlat *xlat, bool write,
		    struct sim_judge_frame *ret_frame)
{
	return (xlat->pte & XENGT_SIM_PTE_PRESENT) &&
	       sim_judge_frame_at(sim, xlat->pte & XENGT_SIM_PTE_ADDR, write,
				  ret_frame);
}

/*
 * The access is a violation. Or the access is right if the frame, which dom0's
 * table does not have yet, is the vGPU's.
 */
static void conclude(struct xengt_sim *sim, const struct sim_actor *a,
		     bool is_late, struct xengt_judge_violation *v)
{
	if (is_late)
		sim_judge_note_late(sim, a, v);
	else
		sim_judge_record(sim, a, v);
}

void sim_judge_check(struct xengt_sim *sim, uint32_t index,
		     const struct sim_xlat *xlat, bool write,
		     enum sim_origin origin)
{
	struct sim_judge *j = &sim->judge;
	bool has_actor, is_right;
	struct sim_judge_frame f = { 0 };
	struct xengt_judge_violation v;
	unsigned int slot, whose, flags;
	struct sim_actor a;

	if (!j->hdr)
		return;
	sim_judge_sync(sim);
	slot = j->slot_of[index];
	has_actor = origin == SIM_BY_GPU && sim_engine_actor(sim, &a);
	whose = has_actor ? sim_judge_slot_of(sim, a.desc) : 0;
	if (!slot && !whose) {
		if (xlat->pte & XENGT_SIM_PTE_PRESENT)
			COUNT(j->hdr->other_accesses);
		return;
	}
	/*
	 * An access that reaches no frame is judged only if a vGPU's context
	 * makes the access through an entry outside of the vGPU's own slices.
	 */
	if (!reaches(sim, xlat, write, &f) && (!whose || whose == slot))
		return;
	count_access(j, whose, origin);
	flags = access_flags(xlat, write, origin);
	if (whose && whose != slot) {
		is_right = may_go_outside(j, &a, whose, index, f.owner);
		flags |= XENGT_JUDGE_V_OUTSIDE;
		slot = whose;
	} else {
		is_right = is_allowed(sim, slot, &f);
	}
	if (is_right && !f.is_late)
		return;
	sim_judge_start(sim, &v, slot, &f, flags);
	v.ggtt_index = index;
	v.addr = (uint64_t)index * XENGT_SIM_PAGE_BYTES;
	conclude(sim, has_actor ? &a : NULL, is_right, &v);
}

void sim_judge_check_update(struct xengt_sim *sim, uint32_t index, uint64_t pte)
{
	struct sim_judge *j = &sim->judge;
	struct sim_judge_frame f = { 0 };
	struct xengt_judge_violation v;
	struct sim_actor a;
	unsigned int whose;

	if (!j->hdr)
		return;
	sim_judge_sync(sim);
	if (!sim_engine_actor(sim, &a))
		return;
	whose = sim_judge_slot_of(sim, a.desc);
	if (!whose) {
		COUNT(j->hdr->other_accesses);
		return;
	}
	COUNT(j->hdr->accesses);
	COUNT(j->hdr->context_accesses);
	if (j->slot_of[index] == whose)
		return;
	(void)sim_judge_frame_at(sim, pte & XENGT_SIM_PTE_ADDR, true, &f);
	sim_judge_start(sim, &v, whose, &f,
			XENGT_JUDGE_V_WRITE | XENGT_JUDGE_V_OUTSIDE);
	v.ggtt_index = index;
	v.addr = (uint64_t)index * XENGT_SIM_PAGE_BYTES;
	sim_judge_record(sim, &a, &v);
}

static void set_path(struct xengt_judge_violation *v, uint64_t addr,
		     const struct sim_walk *walk)
{
	v->addr = addr & ~(uint64_t)(XENGT_SIM_PAGE_BYTES - 1);
	v->n_tables = (uint8_t)walk->n_tables;
	memcpy(v->table, walk->table, walk->n_tables * sizeof(v->table[0]));
}

void sim_judge_check_page(struct xengt_sim *sim, struct sim_engine *e,
			  uint64_t addr, const struct sim_walk *used,
			  bool write)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation v;
	struct sim_judge_frame f;
	struct sim_actor a;
	struct sim_walk now;
	unsigned int slot;
	bool is_right;

	sim_judge_sync(sim);
	/* an access that the IOMMU refuses reaches no frame */
	if (!sim_engine_actor(sim, &a) ||
	    !sim_judge_frame_at(sim, used->pte & XENGT_SIM_PTE_ADDR, write, &f))
		return;
	slot = sim_judge_slot_of(sim, a.desc);
	if (!slot && !f.owner) {
		COUNT(j->hdr->other_accesses);
		return;
	}
	COUNT(j->hdr->accesses);
	COUNT(j->hdr->context_accesses);
	COUNT(j->hdr->ppgtt_accesses);
	is_right = slot && is_allowed(sim, slot, &f);
	if (is_right && !f.is_late)
		return;
	sim_judge_start(sim, &v, slot, &f, XENGT_JUDGE_V_PPGTT |
			(write ? XENGT_JUDGE_V_WRITE : 0));
	set_path(&v, addr, used);
	sim_vm_walk(sim, e, addr, &now);
	if ((now.pte ^ used->pte) & (XENGT_SIM_PTE_ADDR | SIM_PTE_P))
		v.flags |= XENGT_JUDGE_V_STALE;
	conclude(sim, &a, is_right, &v);
}

void sim_judge_check_tables(struct xengt_sim *sim, uint64_t addr,
			    const struct sim_walk *walk)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation v;
	struct sim_actor a;

	sim_judge_sync(sim);
	if (!j->has_slices || !sim_engine_actor(sim, &a))
		return;
	for (unsigned int i = 0; i < walk->n_tables; i++) {
		struct sim_judge_frame f;

		COUNT(j->hdr->table_accesses);
		if (!sim_judge_frame_at(sim, walk->table[i], false, &f) || !f.owner)
			continue;
		sim_judge_start(sim, &v, sim_judge_slot_of(sim, a.desc), &f,
				XENGT_JUDGE_V_PPGTT | XENGT_JUDGE_V_TABLE);
		set_path(&v, addr, walk);
		v.level = (uint8_t)(walk->level + walk->n_tables - 1 - i);
		sim_judge_record(sim, &a, &v);
	}
}
