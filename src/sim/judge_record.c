// SPDX-License-Identifier: GPL-2.0-only
/*
 * Part of the isolation judge: reports violations to dom0 and to the log.
 */
#include "sim/engine.h"
#include "sim/judge.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"
#include "xengt/judge_abi.h"

#include <stdio.h>
#include <string.h>

#define LOG_MAX		1000U

void sim_judge_start(struct xengt_sim *sim, struct xengt_judge_violation *v,
		     unsigned int slot, const struct sim_judge_frame *f,
		     unsigned int flags)
{
	memset(v, 0, sizeof(*v));
	if (f) {
		v->mfn = f->mfn;
		v->owner_found = f->owner;
		v->owner_xen = f->xen;
		v->owner_table = f->table;
		if (f->mfn < XENGT_JUDGE_OWNERS_MAX)
			v->changed = IN(sim->judge.changed[f->mfn]);
	}
	v->round = IN(sim->judge.hdr->round_begun);
	v->ggtt_index = XENGT_JUDGE_NO_INDEX;
	v->slot = slot ? slot - 1 : XENGT_JUDGE_HOST;
	v->domid_expected = slot ? sim->judge.domid[slot] : 0xffff;
	v->flags = (uint16_t)flags;
}

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
		v->flags & XENGT_JUDGE_V_LATE ? "late" :
		v->flags & XENGT_JUDGE_V_UNCONFIRMED ? "unconfirmed" : "access",
		v->flags & XENGT_JUDGE_V_PPGTT ? "ppgtt" : "ggtt",
		(unsigned long long)v->addr, (int)v->slot, v->domid_expected,
		(unsigned long long)v->mfn,
		(unsigned long long)v->owner_found, path);
}

static void log_frame(struct xengt_sim *sim,
		      const struct xengt_judge_violation *v)
{
	sim_log(sim, XENGT_SIM_LOG_ERR,
		"judge: at the access in round %llu: owner 0x%016llx in the table (the entry changed in round %llu), 0x%016llx in Xen's structures",
		(unsigned long long)v->round,
		(unsigned long long)v->owner_table,
		(unsigned long long)v->changed,
		(unsigned long long)v->owner_xen);
}

void sim_judge_record(struct xengt_sim *sim, const struct sim_actor *a,
		      struct xengt_judge_violation *v)
{
	struct sim_judge *j = &sim->judge;
	struct xengt_judge_violation *r;
	uint64_t seq, base = IN(j->hdr->base_ring_head);

	COUNT(j->hdr->violations);
	if (!v->time_ns)
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
	if (!(v->flags & XENGT_JUDGE_V_RESIDUE))
		log_frame(sim, v);
}
