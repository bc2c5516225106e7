/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds shadows, makes them agree with the guest's tables, and destroys them.
 * docs/design/006-shadow-tables.md says why tables of level 1 are compared, and
 * tables of the levels above are protected.
 *
 *   level 1     once a round the table's page is copied and compared with the
 *               previous copy; each run of entries that differ is sent to gpu
 *               in one call
 *   level 2-4   the table's page is protected; entries that the guest stored to
 *               are sent to gpu in the next round. A table whose page is not
 *               protected (no RAM, or too many stores) is compared as in
 *               level 1
 *
 * A store that removes the last entry that points to a table takes effect at
 * once, not at the next round: the guest may then use the table's page for
 * another purpose, and stores to the page must not trap. So a table is
 * protected only if the tables with entries that point to it are protected:
 * otherwise the core would not see the store that removes the last entry.
 */
#include "core/ppgtt_priv.h"
#include "core/track.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/each.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/*
 * If at most this many equal entries lie between two entries that differ,
 * sending the equal entries, too, costs less than a second call.
 */
#define RUN_GAP		8u
/*
 * After this many stores to a protected table, comparing the table once a round
 * costs less than trapping further stores.
 */
#define STORES_MAX	16u

/* ---- finding ---- */

static uint32_t bucket_of(uint64_t gfn, uint32_t level, bool is_64k)
{
	uint64_t key = gfn << 3 | (level - 1) << 1 | is_64k;

	return (uint32_t)(key * 0x9e3779b97f4a7c15ull >> 40) %
	       XENGT_SHADOW_BUCKETS;
}

static struct xengt_shadow *lookup(const struct xengt_ppgtt *ppgtt,
				   uint64_t gfn, uint32_t level, bool is_64k)
{
	uint16_t i = ppgtt->buckets[bucket_of(gfn, level, is_64k)];
	struct xengt_shadow *s;

	for (; i; i = s->next) {
		s = ppgtt->pool[i];
		if (s->gfn == gfn && s->level == level && s->is_64k == is_64k)
			return s;
	}
	return NULL;
}

static void insert(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	uint16_t *head = &ppgtt->buckets[bucket_of(s->gfn, s->level,
						   s->is_64k)];
	uint32_t i = ppgtt->last_index;

	do {
		i = i % XENGT_SHADOWS_MAX + 1;
	} while (ppgtt->pool[i]);
	ppgtt->last_index = i;
	ppgtt->pool[i] = s;
	s->index = (uint16_t)i;
	s->next = *head;
	*head = s->index;
	vgpu->counters.ppgtt_tables = ++ppgtt->live;
}

static void remove_shadow(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	uint16_t *at = &ppgtt->buckets[bucket_of(s->gfn, s->level, s->is_64k)];

	while (*at != s->index)
		at = &ppgtt->pool[*at]->next;
	*at = s->next;
	ppgtt->pool[s->index] = NULL;
	vgpu->counters.ppgtt_tables = --ppgtt->live;
}

/* ---- destroying ---- */

void xengt_shadow_destroy_table(struct xengt_vgpu *vgpu, uint32_t id)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	struct xengt_gpu *gpu = vgpu->cfg.gpu;

	/*
	 * -EBUSY: the GPU uses the table. Any other error means that the vGPU
	 * was zapped; its tables are destroyed already.
	 */
	if (gpu->ops->ppgtt_destroy(gpu, id) == -EBUSY &&
	    ppgtt->zombie_count < XENGT_PPGTT_TABLES_MAX)
		ppgtt->zombies[ppgtt->zombie_count++] = id;
}

void xengt_shadow_reap(struct xengt_vgpu *vgpu)
{
	struct xengt_ppgtt *ppgtt = vgpu->ppgtt;
	uint32_t count = ppgtt->zombie_count;

	ppgtt->zombie_count = 0;
	for (uint32_t i = 0; i < count; i++)
		xengt_shadow_destroy_table(vgpu, ppgtt->zombies[i]);
}

static void untrack(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	if (s->is_tracked)
		xengt_track_put(vgpu, gfn(s->gfn));
	s->is_tracked = false;
}

/*
 * From now on compare this table and all tables below it, instead of protecting
 * them. Each table is visited once.
 */
static void relax(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	if (s->level == 1 || s->is_relaxed)
		return;
	s->is_relaxed = true;
	untrack(vgpu, s);
	for (uint32_t i = 0, left = s->kid_count; left; i++) {
		if (!s->kids[i])
			continue;
		left--;
		relax(vgpu, vgpu->ppgtt->pool[s->kids[i]]);
	}
}

void xengt_shadow_untrack_all(struct xengt_vgpu *vgpu)
{
	struct xengt_shadow **s;

	xengt_for_each(s, vgpu->ppgtt->pool)
		if (*s)
			untrack(vgpu, *s);
}

void xengt_shadow_put(struct xengt_vgpu *vgpu, uint16_t index)
{
	struct xengt_shadow *s = vgpu->ppgtt->pool[index];

	if (--s->refs)
		return;
	untrack(vgpu, s);
	remove_shadow(vgpu, s);
	if (s->id)
		xengt_shadow_destroy_table(vgpu, s->id);
	/* the recursion is at most four levels deep */
	for (uint32_t i = 0; s->level > 1 && i < XENGT_TABLE_ENTRIES; i++)
		if (s->kids[i])
			xengt_shadow_put(vgpu, s->kids[i]);
	free(s);
}

/* ---- making a shadow agree with the guest's table ---- */

/*
 * Reads 'count' entries of the guest's table, from 'first' on. If the table's
 * page is not RAM, all entries are 0, which means not present.
 */
static int read_entries(struct xengt_vgpu *vgpu, const struct xengt_shadow *s,
			uint32_t first, uint32_t count, uint64_t *ret_entries)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	gpa_t at = gpa((s->gfn << XENGT_PAGE_SHIFT) + first * 8);
	int r = hv->ops->read_guest(hv, at, ret_entries, count * 8);

	if (r != -EFAULT)
		return r;
	vgpu->counters.ppgtt_missing++;
	memset(ret_entries, 0, count * 8);
	return 0;
}

static int tell_gpu(struct xengt_vgpu *vgpu, const struct xengt_shadow *s,
		    uint32_t first, const uint64_t *entries, uint32_t count)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	uint32_t scratched = 0;
	int r = gpu->ops->ppgtt_write(gpu, s->id, first, entries, count,
				      &scratched);

	if (r)
		return r;
	vgpu->counters.ppgtt_entries += count;
	vgpu->counters.ppgtt_scratched += scratched;
	return 0;
}

/*
 * Send entries [first, end) of a table of level 1 to gpu. now[] has all
 * entries of the guest's table.
 */
static int change_leaf(struct xengt_vgpu *vgpu, struct xengt_shadow *s,
		       uint32_t first, uint32_t end, const uint64_t *now)
{
	int r;

	if (first == end)
		return 0;
	r = tell_gpu(vgpu, s, first, &now[first], end - first);
	if (!r)
		memcpy(&s->seen[first], &now[first], (end - first) * 8);
	return r;
}

static int agree_leaf(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	uint64_t *now = vgpu->ppgtt->work[0].now;
	uint32_t first = 0, end = 0;
	int r = read_entries(vgpu, s, 0, XENGT_TABLE_ENTRIES, now);

	if (r)
		return r;
	vgpu->counters.ppgtt_compares++;
	if (!memcmp(now, s->seen, sizeof(s->seen)))
		return 0;
	for (uint32_t i = 0; i < XENGT_TABLE_ENTRIES; i++) {
		if (now[i] == s->seen[i])
			continue;
		if (i > end + RUN_GAP || first == end) {
			r = change_leaf(vgpu, s, first, end, now);
			if (r)
				return r;
			first = i;
		}
		end = i + 1;
	}
	return change_leaf(vgpu, s, first, end, now);
}

/*
 * Does an entry of a table above level 1 point to a table? An entry that points
 * to no table maps 2 MiB or nothing.
 */
static bool names_table(const struct xengt_shadow *s, uint64_t entry)
{
	return entry & XENGT_PTE_PRESENT &&
	       !(s->level == 2 && entry & XENGT_PDE_2M);
}

static bool names_64k(const struct xengt_vgpu *vgpu,
		      const struct xengt_shadow *s, uint64_t entry)
{
	return s->level == 2 && entry & XENGT_PDE_64K && vgpu->ppgtt->has_64k;
}

/*
 * Returns a guest's entry in the form that gpu's ppgtt_write expects. kid:
 * index of the shadow that the entry points to; 0 if the entry points to no
 * shadow.
 */
static uint64_t gpu_entry(const struct xengt_vgpu *vgpu, uint64_t entry,
			  uint16_t kid)
{
	if (!(entry & XENGT_PTE_PRESENT))
		return 0;
	if (!kid)
		return entry;
	return (uint64_t)vgpu->ppgtt->pool[kid]->id << XENGT_PAGE_SHIFT |
	       (entry & XENGT_PTE_WRITABLE) | XENGT_PTE_PRESENT;
}

static int stage(struct xengt_vgpu *vgpu, const struct xengt_shadow *s,
		 uint64_t entry, uint64_t *ret_out, uint16_t *ret_kid)
{
	int r = 0;

	*ret_kid = 0;
	if (names_table(s, entry))
		r = xengt_shadow_get(vgpu, xengt_entry_gfn(entry), s->level - 1,
				     names_64k(vgpu, s, entry), ret_kid);
	if (!r)
		*ret_out = gpu_entry(vgpu, entry, *ret_kid);
	return r;
}

/*
 * Send to gpu the 'count' entries that begin at 'first'; now[] has the guest's
 * current values of these entries.
 */
static int change_run(struct xengt_vgpu *vgpu, struct xengt_shadow *s,
		      uint32_t first, const uint64_t *now, uint32_t count)
{
	struct xengt_shadow_work *work = &vgpu->ppgtt->work[s->level - 1];
	uint32_t i;
	int r = 0;

	for (i = 0; i < count; i++) {
		/* an entry equal to the previous one needs no look-up */
		if (i && now[i] == now[i - 1]) {
			work->out[i] = work->out[i - 1];
			work->kids[i] = work->kids[i - 1];
			if (work->kids[i])
				vgpu->ppgtt->pool[work->kids[i]]->refs++;
			continue;
		}
		r = stage(vgpu, s, now[i], &work->out[i], &work->kids[i]);
		if (r)
			break;
	}
	if (!r)
		r = tell_gpu(vgpu, s, first, work->out, count);
	for (uint32_t k = 0; k < i; k++) {
		uint16_t gone = work->kids[k];

		if (!r) {
			gone = s->kids[first + k];
			s->kids[first + k] = work->kids[k];
			s->kid_count += !!work->kids[k] - !!gone;
			s->seen[first + k] = now[k];
		}
		if (gone)
			xengt_shadow_put(vgpu, gone);
	}
	return r;
}

static int change_entries(struct xengt_vgpu *vgpu, struct xengt_shadow *s,
			  uint32_t first, uint32_t end)
{
	const uint64_t *now = vgpu->ppgtt->work[s->level - 1].now;
	int r;

	while (first < end) {
		uint32_t count = 0;

		while (first + count < end &&
		       now[first + count] != s->seen[first + count])
			count++;
		if (count) {
			r = change_run(vgpu, s, first, &now[first], count);
			if (r)
				return r;
		}
		first += count + 1;
	}
	return 0;
}

static int agree_upper(struct xengt_vgpu *vgpu, struct xengt_shadow *s)
{
	uint64_t *now = vgpu->ppgtt->work[s->level - 1].now;
	uint16_t last = 0;
	int r;

	if (!s->is_tracked) {
		/*
		 * protect the page before reading it, so that no store is
		 * missed
		 */
		if (!s->is_relaxed)
			s->is_tracked = !xengt_track_get(vgpu, gfn(s->gfn));
		s->dirty_first = 0;
		s->dirty_end = XENGT_TABLE_ENTRIES;
		vgpu->counters.ppgtt_compares++;
	}
	if (s->dirty_first < s->dirty_end) {
		r = read_entries(vgpu, s, s->dirty_first,
				 s->dirty_end - s->dirty_first,
				 &now[s->dirty_first]);
		if (!r)
			r = change_entries(vgpu, s, s->dirty_first,
					   s->dirty_end);
		if (r)
			return r;
	}
	s->dirty_first = XENGT_TABLE_ENTRIES;
	s->dirty_end = 0;
	for (uint32_t i = 0, left = s->kid_count; left; i++) {
		if (!s->kids[i])
			continue;
		left--;
		/*
		 * Guests have long runs of entries that point to one scratch
		 * table: visit that table once for a run.
		 */
		if (s->kids[i] == last)
			continue;
		last = s->kids[i];
		if (!s->is_tracked)
			relax(vgpu, vgpu->ppgtt->pool[last]);
		r = xengt_shadow_agree(vgpu, last);
		if (r)
			return r;
	}
	return 0;
}

int xengt_shadow_agree(struct xengt_vgpu *vgpu, uint16_t index)
{
	struct xengt_shadow *s = vgpu->ppgtt->pool[index];
	int r;

	if (s->checked == vgpu->ppgtt->round)
		return 0;
	r = s->level == 1 ? agree_leaf(vgpu, s) : agree_upper(vgpu, s);
	if (!r)
		s->checked = vgpu->ppgtt->round;
	return r;
}

static int new_shadow(struct xengt_vgpu *vgpu, uint64_t frame, uint8_t level,
		      bool is_64k, struct xengt_shadow **ret_shadow)
{
	const size_t kids = level > 1 ? XENGT_TABLE_ENTRIES : 0;
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	struct xengt_shadow *s;
	int r;

	if (vgpu->ppgtt->live == XENGT_SHADOWS_MAX)
		return -ENOSPC;
	s = calloc(1, sizeof(*s) + kids * sizeof(s->kids[0]));
	if (!s)
		return -ENOMEM;
	s->gfn = frame;
	s->level = level;
	s->is_64k = is_64k;
	s->refs = 1;
	r = gpu->ops->ppgtt_create(gpu, level, is_64k ? XENGT_PPGTT_64K : 0,
				   &s->id);
	if (r) {
		free(s);
		return r;
	}
	insert(vgpu, s);
	*ret_shadow = s;
	return 0;
}

int xengt_shadow_get(struct xengt_vgpu *vgpu, uint64_t frame, uint8_t level,
		     bool is_64k, uint16_t *ret_index)
{
	struct xengt_shadow *s = lookup(vgpu->ppgtt, frame, level, is_64k);
	int r;

	if (s) {
		s->refs++;
	} else {
		r = new_shadow(vgpu, frame, level, is_64k, &s);
		if (r)
			return r;
		r = xengt_shadow_agree(vgpu, s->index);
		if (r) {
			xengt_shadow_put(vgpu, s->index);
			return r;
		}
	}
	*ret_index = s->index;
	return 0;
}

/* ---- stores ---- */

/*
 * Call this when the last entry that points to a table changes. Drops the
 * shadow of that table now. If the new entry points to a table that already has
 * a shadow (mostly a scratch table), the new entry takes effect at once.
 * Otherwise, or if the guest has reached its limit of tables, the entry is not
 * present until the next round.
 */
static int replace_last(struct xengt_vgpu *vgpu, struct xengt_shadow *s,
			uint32_t i, uint64_t now)
{
	uint16_t old = s->kids[i], kid = 0;
	struct xengt_shadow *known;
	uint64_t out;
	int r;

	if (names_table(s, now)) {
		known = lookup(vgpu->ppgtt, xengt_entry_gfn(now), s->level - 1,
			       names_64k(vgpu, s, now));
		kid = known ? known->index : 0;
		now = known ? now : 0;
	}
	out = gpu_entry(vgpu, now, kid);
	r = tell_gpu(vgpu, s, i, &out, 1);
	if (r == -ENOSPC) {
		/*
		 * the entry maps 2 MiB, which the module must split into small
		 * pages, and the module has no table left
		 */
		now = out = 0;
		r = tell_gpu(vgpu, s, i, &out, 1);
	}
	if (r)
		return r;
	if (kid)
		vgpu->ppgtt->pool[kid]->refs++;
	else
		s->kid_count--;
	s->kids[i] = kid;
	s->seen[i] = now;
	xengt_shadow_put(vgpu, old);
	return 0;
}

static int store_entry(struct xengt_vgpu *vgpu, struct xengt_shadow *s,
		       uint32_t i)
{
	uint16_t kid = s->kids[i];
	uint64_t now;
	int r = read_entries(vgpu, s, i, 1, &now);

	if (r || now == s->seen[i])
		return r;
	if (i < s->dirty_first)
		s->dirty_first = (uint16_t)i;
	if (i >= s->dirty_end)
		s->dirty_end = (uint16_t)(i + 1);
	if (!kid || vgpu->ppgtt->pool[kid]->refs > 1)
		return 0;
	return replace_last(vgpu, s, i, now);
}

int xengt_shadow_store(struct xengt_vgpu *vgpu, uint64_t frame, uint32_t off,
		       uint32_t size)
{
	int r = 0;

	for (uint32_t level = 2; level <= 4; level++) {
		struct xengt_shadow *s = lookup(vgpu->ppgtt, frame, level,
						false);

		if (!s || !s->is_tracked)
			continue;
		for (uint32_t i = off / 8; !r && i <= (off + size - 1) / 8; i++)
			r = store_entry(vgpu, s, i);
		if (++s->stores < STORES_MAX)
			continue;
		relax(vgpu, s);
	}
	return r;
}
