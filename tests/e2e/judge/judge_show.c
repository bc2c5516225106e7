// SPDX-License-Identifier: GPL-2.0-only
#include "judge_priv.h"

#include <linux/kernel.h>
#include <linux/math64.h>
#include <linux/seq_file.h>

static const char *const hammer_names[] = { "off", "read", "write" };

static const struct {
	unsigned int flag;
	const char *name;
} flag_names[] = {
	{ XENGT_JUDGE_V_STALE, "stale" },
	{ XENGT_JUDGE_V_HAMMER, "hammer" },
	{ XENGT_JUDGE_V_PPGTT, "ppgtt" },
	{ XENGT_JUDGE_V_TABLE, "table" },
	{ XENGT_JUDGE_V_OUTSIDE, "outside" },
	{ XENGT_JUDGE_V_COMMAND, "command" },
	{ XENGT_JUDGE_V_RESIDUE, "residue" },
	{ XENGT_JUDGE_V_LATE, "late" },
	{ XENGT_JUDGE_V_UNCONFIRMED, "unconfirmed" },
};

/* Print which engine made the access, and through which tables. */
static void show_actor(struct seq_file *m,
		       const struct xengt_judge_violation *v)
{
	static const char *const engines[] = { "rcs", "vcs", "vecs", "bcs" };

	if (v->engine >= ARRAY_SIZE(engines))
		return;
	seq_printf(m, " engine %s context 0x%llx instruction 0x%x at 0x%llx address 0x%llx",
		   engines[v->engine], v->desc, v->command, v->command_addr,
		   v->addr);
	if (v->flags & XENGT_JUDGE_V_TABLE)
		seq_printf(m, " level %u", v->level);
	for (unsigned int i = 0; i < min_t(unsigned int, v->n_tables, 4); i++)
		seq_printf(m, "%s0x%llx", i ? " " : " path ", v->table[i]);
}

static void show_word(struct seq_file *m, const char *who, u64 owner)
{
	u64 domid = XENGT_JUDGE_OWNER_DOMID(owner);
	u64 gfn = owner & XENGT_JUDGE_OWNER_GFN_MASK;

	if (!owner)
		seq_printf(m, " %s nobody", who);
	else if (domid == XENGT_JUDGE_DOMID_UNKNOWN)
		seq_printf(m, " %s unknown", who);
	else if (gfn == XENGT_JUDGE_OWNER_GFN_MASK)
		seq_printf(m, " %s %llu given away", who, domid);
	else
		seq_printf(m, " %s %llu gfn 0x%llx", who, domid, gfn);
}

/* Prints what was known about the frame at the access. */
static void show_frame(struct seq_file *m,
		       const struct xengt_judge_violation *v)
{
	if (v->flags & XENGT_JUDGE_V_RESIDUE)
		return;
	show_word(m, "table", v->owner_table);
	show_word(m, "xen", v->owner_xen);
	seq_printf(m, " round %llu changed %llu", v->round, v->changed);
}

static void show_violation(struct seq_file *m, u64 seq)
{
	u64 i = (seq - 1) % XENGT_JUDGE_RING_MAX;
	struct xengt_judge_violation v = judge.ring[i];

	smp_rmb();	/* the copy must be complete before seq is read again */
	if (v.seq != seq || READ_ONCE(judge.ring[i].seq) != seq)
		return;
	seq_printf(m, "%s seq %llu times %llu slot %d index 0x%llx mfn 0x%llx expected %u ",
		   seq == READ_ONCE(judge.hdr->ring_head) ? "last" : "violation",
		   v.seq, v.count, v.slot, v.ggtt_index, v.mfn,
		   v.domid_expected);
	if (v.owner_found)
		seq_printf(m, "found %llu gfn 0x%llx",
			   XENGT_JUDGE_OWNER_DOMID(v.owner_found),
			   v.owner_found & XENGT_JUDGE_OWNER_GFN_MASK);
	else
		seq_puts(m, "found nobody");
	seq_puts(m, v.flags & XENGT_JUDGE_V_WRITE ? " write" : " read");
	for (unsigned int f = 0; f < ARRAY_SIZE(flag_names); f++)
		if (v.flags & flag_names[f].flag)
			seq_printf(m, " %s", flag_names[f].name);
	show_actor(m, &v);
	show_frame(m, &v);
	seq_putc(m, '\n');
}

static void show_counts(struct seq_file *m, u64 hammer)
{
	const struct xengt_judge_hdr *hdr = judge.hdr;

	seq_printf(m, "accesses %llu\n", READ_ONCE(hdr->accesses) - hdr->base_accesses);
	seq_printf(m, "violations %llu\n",
		   READ_ONCE(hdr->violations) - hdr->base_violations);
	seq_printf(m, "scratch_accesses %llu\n", hdr->scratch_accesses);
	seq_printf(m, "other_accesses %llu\n", hdr->other_accesses);
	seq_printf(m, "context_accesses %llu\n", hdr->context_accesses);
	seq_printf(m, "ppgtt_accesses %llu\n", hdr->ppgtt_accesses);
	seq_printf(m, "table_accesses %llu\n", hdr->table_accesses);
	seq_printf(m, "hammer %s\n", hammer_names[min_t(u64, hammer, 2)]);
	seq_printf(m, "hammer_accesses %llu\n", hdr->hammer_accesses);
	seq_printf(m, "hammer_passes %llu\n", hdr->hammer_passes);
	seq_printf(m, "hammer_live %llu\n", hdr->hammer_live);
	seq_printf(m, "scratch_mfn 0x%llx\n", hdr->scratch_mfn);
	seq_printf(m, "scratch_entries %llu\n", hdr->scratch_entries);
	seq_printf(m, "slice_overlaps %llu\n", hdr->slice_overlaps);
	seq_printf(m, "ggtt_flushes %llu\n", hdr->ggtt_flushes);
	seq_printf(m, "heartbeat %llu\n", hdr->heartbeat);
}

/* Prints which source names the owners of frames, and whether both sources agree. */
static void show_owners(struct seq_file *m)
{
	const struct xengt_judge_hdr *hdr = judge.hdr;

	seq_printf(m, "owners_by %s\n", judge.has_m2p ? "table" : "xen");
	seq_printf(m, "xen_known %llu\n", hdr->xen_known);
	seq_printf(m, "owners_unknown %llu\n", hdr->owners_unknown);
	seq_printf(m, "compared %llu\n", hdr->compared);
	seq_printf(m, "disagreed %llu\n", hdr->disagreed);
	seq_printf(m, "late %llu\n", hdr->late);
	seq_printf(m, "undecided %llu\n", hdr->undecided);
	seq_printf(m, "late_accesses %llu\n", hdr->late_accesses);
	seq_printf(m, "undecided_accesses %llu\n", hdr->undecided_accesses);
	seq_printf(m, "rounds %llu\n", hdr->rounds);
	seq_printf(m, "iommu_translations %llu\n", hdr->iommu_translations);
	seq_printf(m, "iommu_moved %llu\n", hdr->iommu_moved);
	seq_printf(m, "iommu_faults %llu\n", hdr->iommu_faults);
	seq_printf(m, "iommu_stale %llu\n", hdr->iommu_stale);
	seq_printf(m, "iommu_laps %llu\n", hdr->iommu_laps);
}

int judge_show(struct seq_file *m, void *unused)
{
	u64 head = READ_ONCE(judge.hdr->ring_head);
	u64 first = READ_ONCE(judge.hdr->base_ring_head);
	struct judge_domain *d;

	mutex_lock(&judge.lock);
	show_counts(m, READ_ONCE(judge.hdr->hammer));
	show_owners(m);
	seq_printf(m, "passes %llu\n", judge.passes);
	seq_printf(m, "pass_us %llu\n", div_u64(judge.pass_ns, NSEC_PER_USEC));
	list_for_each_entry(d, &judge.domains, link)
		seq_printf(m, "domain %u gfns 0x%lx frames %lu dropped %llu\n",
			   d->id, d->n_gfns, d->n_frames, d->dropped);
	for (unsigned int i = 0; i < XENGT_JUDGE_SLICES_MAX; i++)
		if (judge.slices[i].active)
			seq_printf(m, "slice %u domain %llu low 0x%llx 0x%llx high 0x%llx 0x%llx scratch 0x%llx\n",
				   i, judge.slices[i].domid, judge.slices[i].low_base,
				   judge.slices[i].low_bytes, judge.slices[i].high_base,
				   judge.slices[i].high_bytes,
				   judge.slices[i].scratch_mfn);
	if (head - first > XENGT_JUDGE_RING_MAX)
		first = head - XENGT_JUDGE_RING_MAX;
	for (u64 seq = first + 1; seq <= head; seq++)
		show_violation(m, seq);
	mutex_unlock(&judge.lock);
	return 0;
}
