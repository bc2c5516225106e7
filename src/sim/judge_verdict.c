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
 *			command is in
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

#include <stdio.h>
#include <string.h>

#define LOG_MAX		1000U

static bool is_told(const struct xengt_judge_violation *a,
		    const struct xengt_judge_violation *b, uint64_t base)
{
	return a->seq > base && a->mfn == b->mfn &&
		a->ggtt_index == b->ggtt_index && a->addr == b->addr &&
		a->slot == b->slot && a->owner_found == b->owner_found &&
		a->domid_expected == b->domid_expected &&
		a->engine == b->engine && a->flags == b->flags;
}

static void log_actor(struct xengt_sim *sim, const struct sim_actor *a)
{
	sim_log(sim, XENGT_SIM_LOG_ERR,
		"judge: engine %s, context 0x%016llx, %s 0x%08x at %s 0x%llx",
		sim_engine_name(a->engine), (unsigned long long)a->desc,
		a->by_command ? "command" : "streamer after command",
		a->command, a->in_ppgtt ? "PPGTT" : "GGTT",
		(unsigned long long)a->command_addr);
}

static void log_violation(struct xengt_sim *sim,
			  const struct xengt_judge_violation *v)
{
	char path[128];
	size_t n = 0;

	path[0] = '\0';
	for (unsigned int i = 0; i < v->n_tables && n < sizeof(path); i++)
		n += (size_t)snprintf(path + n, sizeof(path) - n, "%s0x%llx",
				      i ? " " : ", by tables ",
				      (unsigned long long)v->table[i]);
	sim_log(sim, XENGT_SIM_LOG_ERR,
		"judge: violation: %s%s (%s), %s 0x%llx, slot %d, domain %u: mfn 0x%llx, owner 0x%016llx%s",
		v->flags & XENGT_JUDGE_V_STALE ? "stale " : "",
		v->flags & XENGT_JUDGE_V_WRITE ? "write" : "read",
		v->flags & XENGT_JUDGE_V_HAMMER ? "hammer" :
		v->flags & XENGT_JUDGE_V_TABLE ? "page table" :
		v->flags & XENGT_JUDGE_V_RESIDUE ? "residue" :
		v->flags & XENGT_JUDGE_V_LATE ? "late" : "access",
		v->flags & XENGT_JUDGE_V_PPGTT ? "ppgtt" : "ggtt",
		(unsigned long long)v->addr, (int)v->slot, v->domid_expected,
		(unsigned long long)v->mfn,
		(unsigned long long)v->owner_found, path);
}

void sim_judge_record(struct xengt_sim *sim, const struct sim_actor *a,
		      struct xengt_judge_violation *v)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation *r;
	uint64_t seq, base = IN(j->hdr->base_ring_head);

	COUNT(j->hdr->violations);
	v->time_ns = sim_now_ns(sim);
	v->last_time_ns = v->time_ns;
	v->engine = XENGT_JUDGE_NO_ENGINE;
	if (a) {
		v->engine = (uint8_t)a->engine;
		v->desc = a->desc;
		v->command_addr = a->command_addr;
		v->command = a->command;
		v->flags |= a->by_command ? XENGT_JUDGE_V_COMMAND : 0;
	}
	/*
	 * If a violation happens again after dom0 has set base_ring_head, the
	 * violation gets a new entry in the ring.
	 */
	for (unsigned int i = 0; i < XENGT_JUDGE_RING_MAX; i++) {
		r = &j->ring[i];
		if (is_told(r, v, base)) {
			OUT(r->last_time_ns, v->time_ns);
			COUNT(r->count);
			return;
		}
	}
	seq = j->hdr->ring_head + 1;
	r = &j->ring[(seq - 1) % XENGT_JUDGE_RING_MAX];
	OUT(r->seq, 0);
	__atomic_thread_fence(__ATOMIC_RELEASE);
	v->count = 1;
	*r = *v;
	OUT(r->seq, seq);
	OUT(j->hdr->ring_head, seq);

	if (j->logged >= LOG_MAX)
		return;
	j->logged++;
	if (a)
		log_actor(sim, a);
	log_violation(sim, v);
}

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

void sim_judge_start(struct xengt_sim *sim, struct xengt_judge_violation *v,
		     unsigned int slot, const struct sim_judge_frame *f,
		     unsigned int flags)
{
	memset(v, 0, sizeof(*v));
	if (f) {
		v->mfn = f->mfn;
		v->owner_found = f->owner;
	}
	v->ggtt_index = XENGT_JUDGE_NO_INDEX;
	v->slot = slot ? slot - 1 : XENGT_JUDGE_HOST;
	v->domid_expected = slot ? sim->judge.domid[slot] : 0xffff;
	v->flags = (uint16_t)flags;
}

/* May the context of a slot use this GGTT address outside of its slices? */
static bool may_go_outside(const struct sim_judge *j, const struct sim_actor *a,
			   unsigned int slot, uint32_t index, uint64_t owner)
{
	if (j->slot_of[index] || (owner && !is_of(j, owner, slot)))
		return false;
	return !a->by_command ||
		index == DESC_LRCA(a->desc) / XENGT_SIM_PAGE_BYTES ||
		(a->in_indirect && index == a->command_addr / XENGT_SIM_PAGE_BYTES);
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

void sim_judge_check(struct xengt_sim *sim, uint32_t index,
		     const struct sim_xlat *xlat, bool write,
		     enum sim_origin origin)
{
	struct sim_judge *j = &sim->judge;
	bool has_actor;
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
		if (may_go_outside(j, &a, whose, index, f.owner))
			return;
		flags |= XENGT_JUDGE_V_OUTSIDE;
		slot = whose;
	} else if (is_allowed(sim, slot, &f)) {
		return;
	}
	sim_judge_start(sim, &v, slot, &f, flags);
	v.ggtt_index = index;
	v.addr = (uint64_t)index * XENGT_SIM_PAGE_BYTES;
	sim_judge_record(sim, has_actor ? &a : NULL, &v);
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
	if (slot && is_allowed(sim, slot, &f))
		return;
	sim_judge_start(sim, &v, slot, &f, XENGT_JUDGE_V_PPGTT |
			(write ? XENGT_JUDGE_V_WRITE : 0));
	set_path(&v, addr, used);
	sim_vm_walk(sim, e, addr, &now);
	if ((now.pte ^ used->pte) & (XENGT_SIM_PTE_ADDR | SIM_PTE_P))
		v.flags |= XENGT_JUDGE_V_STALE;
	sim_judge_record(sim, &a, &v);
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
