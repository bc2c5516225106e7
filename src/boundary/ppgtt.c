// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: page tables of one vGPU's contexts
 *
 * Hardware: per-process GTT of Gen8 and Gen9 (Intel PRM Broadwell and Skylake,
 * Vol 5 Memory Views, "Page Tables"): each table has 512 entries of 8 bytes.
 * Addresses of 48 bits use 4 levels of tables; for addresses of 32 bits the
 * context names four page directories. A page has 4 KiB. If bit 7 of a
 * directory's entry is set, the entry names a page of 2 MiB. If bit 11 is set
 * (Gen9), the entry names a table of 64 KiB pages, and the hardware uses only
 * every 16th entry of this table.
 *
 * ppgtt.h says which data the module stores for each entry, and why. Other code
 * holds frames and allocates pages (kmod/ or gpu_sim), and reads the guest's
 * tables (the device model).
 */
#include "boundary/ppgtt.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "boundary/ppgtt_priv.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"

#define ENTRIES		XENGT_PPGTT_ENTRIES

/* ---- tables ---- */

static struct xengt_ppgtt_table *lookup(const struct xengt_ppgtt_tables *tables,
					uint64_t id)
{
	struct xengt_ppgtt_table *table;

	if (!id || id > XENGT_PPGTT_TABLES_MAX)
		return NULL;
	table = tables->by_id[id];
	return table && !table->is_split ? table : NULL;
}

static int new_table(struct xengt_ppgtt_tables *tables,
		     struct xengt_ppgtt_table **ret_table)
{
	struct xengt_ppgtt_table *table;
	uint32_t id = tables->last_id;

	if (tables->live == XENGT_PPGTT_TABLES_MAX)
		return -ENOSPC;
	table = tables->hw->mem_ops->table_alloc(tables->hw->ctx);
	if (!table)
		return -ENOMEM;
	do {
		id = id % XENGT_PPGTT_TABLES_MAX + 1;
	} while (tables->by_id[id]);
	tables->last_id = id;
	tables->by_id[id] = table;
	tables->live++;
	table->id = id;
	*ret_table = table;
	return 0;
}

static void free_table(struct xengt_ppgtt_tables *tables,
		       struct xengt_ppgtt_table *table)
{
	tables->by_id[table->id] = NULL;
	tables->live--;
	tables->hw->mem_ops->table_free(tables->hw->ctx, table);
}

/* ---- levels 2 to 4 ---- */

static void free_split(struct xengt_ppgtt_tables *tables,
		       struct xengt_ppgtt_table *table)
{
	xengt_ppgtt_leaf_release(tables, table);
	free_table(tables, table);
}

/* Make the split table with the small entries of a 2 MiB entry. */
static int stage_split(struct xengt_ppgtt_tables *tables, uint64_t entry,
		       struct xengt_ppgtt_table **ret_table,
		       uint32_t *scratched)
{
	int r = new_table(tables, ret_table);

	if (r)
		return r;
	(*ret_table)->level = 1;
	(*ret_table)->is_split = true;
	r = xengt_ppgtt_leaf_split(tables, *ret_table, entry, scratched);
	if (r)
		free_table(tables, *ret_table);
	return r;
}

/*
 * Find the table that an entry names, or make the split table of a 2 MiB entry.
 * *ret_child is NULL if the entry is not present.
 */
static int stage(struct xengt_ppgtt_tables *tables, uint32_t level,
		 uint64_t entry, struct xengt_ppgtt_table **ret_child,
		 uint32_t *scratched)
{
	*ret_child = NULL;
	if (!(entry & XENGT_PTE_PRESENT))
		return 0;
	if (level == 2 && entry & XENGT_PDE_2M)
		return stage_split(tables, entry, ret_child, scratched);
	*ret_child = lookup(tables,
			    (entry & XENGT_PPGTT_ENTRY_MASK) >> XENGT_BND_PAGE_SHIFT);
	if (!*ret_child || (*ret_child)->level != level - 1) {
		*ret_child = NULL;
		return -ENOENT;
	}
	return 0;
}

static void link_child(struct xengt_ppgtt_table *table, uint32_t index,
		       struct xengt_ppgtt_table *child)
{
	child->refs++;
	if (!child->parent && (child->is_split || child->is_64k)) {
		child->parent = table;
		child->parent_index = (uint16_t)index;
	}
}

static void unlink_child(struct xengt_ppgtt_tables *tables,
			 struct xengt_ppgtt_table *table, uint32_t index,
			 struct xengt_ppgtt_table *child)
{
	uint64_t epoch = table->refs || table->pins ? tables->epoch :
						      table->unlinked_at;

	child->refs--;
	if (child->unlinked_at < epoch)
		child->unlinked_at = epoch;
	if (child->parent == table && child->parent_index == index)
		child->parent = NULL;
}

/*
 * Write an entry. Returns true if the GPU may have the old entry in a TLB.
 * *ret_old gets the table that the old entry named.
 */
static bool replace_child(struct xengt_ppgtt_tables *tables,
			  struct xengt_ppgtt_table *table, uint32_t index,
			  uint64_t entry, struct xengt_ppgtt_table *child,
			  struct xengt_ppgtt_table **ret_old)
{
	struct xengt_ppgtt_table *old = tables->by_id[table->words[index]];
	uint64_t old_entry = table->page[index];
	uint64_t new_entry = child ? xengt_ppgtt_small_entry(child, entry) : 0;

	*ret_old = old;
	table->words[index] = child ? child->id : 0;
	if (child != old) {
		if (old)
			unlink_child(tables, table, index, old);
		if (child)
			link_child(table, index, child);
	}
	if (old_entry == new_entry)
		return false;
	xengt_ppgtt_store(table, index, new_entry);
	return old_entry & XENGT_PTE_PRESENT;
}

static int write_upper(struct xengt_ppgtt_tables *tables,
		       struct xengt_ppgtt_table *table, uint32_t first,
		       const uint64_t *entries, uint32_t count,
		       uint32_t *scratched)
{
	struct xengt_ppgtt_table **staged = tables->staged, *old;
	bool is_known = false;
	uint32_t i;
	int r;

	for (i = 0; i < count; i++) {
		r = stage(tables, table->level, entries[i], &staged[i],
			  scratched);
		if (r)
			goto undo;
	}

	/* From here on only a flush can fail. */
	for (i = 0; i < count; i++) {
		is_known |= replace_child(tables, table, first + i, entries[i],
					  staged[i], &old);
		if (staged[i])
			xengt_ppgtt_leaf_fold(tables, staged[i]);
		staged[i] = old && old->is_split ? old : NULL;
	}
	r = is_known && xengt_ppgtt_is_reachable(tables, table) ?
		xengt_ppgtt_flush(tables) : 0;
	for (i = 0; i < count; i++) {
		if (staged[i] && !r)
			free_split(tables, staged[i]);
	}
	return r;

undo:
	while (i--) {
		if (staged[i] && staged[i]->is_split)
			free_split(tables, staged[i]);
	}
	return r;
}

/* ---- the functions of ppgtt.h ---- */

int xengt_ppgtt_tables_init(struct xengt_ppgtt_tables *tables,
			    const struct xengt_hw *hw,
			    const struct xengt_guest *guest,
			    xengt_bus_t scratch,
			    struct xengt_ppgtt_table **by_id)
{
	uint64_t scratch_pte;
	int r;

	r = xengt_pte_encode(scratch, &scratch_pte);
	if (r)
		return r;
	memset(tables, 0, sizeof(*tables));
	tables->hw = hw;
	tables->guest = *guest;
	tables->scratch_pte = scratch_pte;
	tables->has_64k = hw->platform->has_64k;
	tables->epoch = 1;
	tables->by_id = by_id;
	tables->empty = hw->mem_ops->table_alloc(hw->ctx);
	return tables->empty ? 0 : -ENOMEM;
}

int xengt_ppgtt_create(struct xengt_ppgtt_tables *tables, uint32_t level,
		       uint32_t flags, uint32_t *ret_id)
{
	const bool may_64k = tables->has_64k && level == 1;
	struct xengt_ppgtt_table *table;
	int r;

	if (level < 1 || level > 4 ||
	    flags & ~(may_64k ? XENGT_PPGTT_64K : 0u))
		return -EINVAL;
	if (tables->is_zapped)
		return -ESTALE;
	r = new_table(tables, &table);
	if (r)
		return r;
	table->level = (uint8_t)level;
	table->is_64k = flags & XENGT_PPGTT_64K;
	*ret_id = table->id;
	return 0;
}

int xengt_ppgtt_destroy(struct xengt_ppgtt_tables *tables, uint32_t id)
{
	struct xengt_ppgtt_table *table, *child;
	uint32_t i;

	if (tables->is_zapped)
		return -ESTALE;
	table = lookup(tables, id);
	if (!table)
		return -ENOENT;
	if (table->refs || table->pins)
		return -EBUSY;
	if (xengt_ppgtt_is_reachable(tables, table) &&
	    xengt_ppgtt_flush(tables))
		return -EIO;
	if (table->level == 1)
		xengt_ppgtt_leaf_release(tables, table);
	for (i = 0; table->level > 1 && i < ENTRIES; i++) {
		child = tables->by_id[table->words[i]];
		if (!child)
			continue;
		unlink_child(tables, table, i, child);
		if (child->is_split)
			free_split(tables, child);
	}
	free_table(tables, table);
	return 0;
}

int xengt_ppgtt_write(struct xengt_ppgtt_tables *tables, uint32_t id,
		      uint32_t first, const uint64_t *entries, uint32_t count,
		      uint32_t *ret_scratched)
{
	struct xengt_ppgtt_table *table;
	uint32_t scratched = 0;
	int r;

	if (!count)
		return -EINVAL;
	if (first > ENTRIES || count > ENTRIES - first)
		return -ERANGE;
	if (tables->is_zapped)
		return -ESTALE;
	table = lookup(tables, id);
	if (!table)
		return -ENOENT;
	/*
	 * the context already has the entries of this root in its PDP registers, and
	 * the GPU will not read them again
	 */
	if (table->pins && table->level == 3)
		return -EBUSY;
	if (table->level == 1)
		r = xengt_ppgtt_leaf_write(tables, table, first, entries, count,
			       &scratched);
	else
		r = write_upper(tables, table, first, entries, count,
				&scratched);
	if (r)
		return r;
	tables->counters.entries_written += count;
	tables->counters.pages_scratched += scratched;
	if (ret_scratched)
		*ret_scratched = scratched;
	return 0;
}

/* ---- frames that the guest moved, or gave away ---- */

/*
 * The first table of level 1 whose id is above *cursor, or NULL. *cursor gets the
 * id of this table.
 */
static struct xengt_ppgtt_table *
next_leaf(const struct xengt_ppgtt_tables *tables, uint32_t *cursor)
{
	while (*cursor < XENGT_PPGTT_TABLES_MAX) {
		struct xengt_ppgtt_table *table = tables->by_id[++*cursor];

		if (table && table->level == 1)
			return table;
	}
	return NULL;
}

int xengt_ppgtt_drop_moved(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			   uint64_t *dropped)
{
	struct xengt_ppgtt_table *table;
	uint64_t n = 0;
	int r;

	if (tables->is_zapped)
		return -ESTALE;
	if (!*cursor && (!tables->mapped ||
			 !tables->guest.ops->frames_look(
				 tables->guest.ctx)))
		return 0;
	table = next_leaf(tables, cursor);
	if (!table)
		return 0;
	r = xengt_ppgtt_leaf_drop_moved(tables, table, &n);
	*dropped += n;
	tables->counters.frames_followed += n;
	return r ? r : 1;
}

int xengt_ppgtt_resolve(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			uint64_t *resolved)
{
	struct xengt_ppgtt_table *table;
	int r;

	if (tables->is_zapped)
		return -ESTALE;
	if (!tables->unresolved)
		return 0;
	table = next_leaf(tables, cursor);
	if (!table)
		return 0;
	r = xengt_ppgtt_leaf_resolve(tables, table, resolved);
	return r ? r : 1;
}

/* ---- zap ---- */

/* Free all tables, unless the GPU may still walk one of them. */
static void free_all(struct xengt_ppgtt_tables *tables)
{
	uint32_t id;

	if (tables->pins || tables->is_kept)
		return;
	for (id = 1; id <= XENGT_PPGTT_TABLES_MAX; id++) {
		if (tables->by_id[id])
			free_table(tables, tables->by_id[id]);
	}
	if (tables->empty)
		tables->hw->mem_ops->table_free(tables->hw->ctx, tables->empty);
	tables->empty = NULL;
}

/* Make the GPU's entry absent. */
static void forget(struct xengt_ppgtt_table *table, uint32_t i)
{
#ifdef XENGT_FAULT_NO_ZAP
	return;
#endif
	xengt_ppgtt_store(table, i, 0);
}

uint64_t xengt_ppgtt_zap(struct xengt_ppgtt_tables *tables)
{
	struct xengt_ppgtt_table *table;
	uint64_t released = 0;
	uint32_t id, i;

	if (tables->is_zapped)
		return 0;
	tables->is_zapped = true;

	for (id = 1; id <= XENGT_PPGTT_TABLES_MAX; id++) {
		table = tables->by_id[id];
		for (i = 0; table && i < ENTRIES; i++)
			forget(table, i);
	}
	if (tables->live && xengt_ppgtt_flush(tables)) {
		tables->is_kept = true;
		return 0;
	}
	for (id = 1; id <= XENGT_PPGTT_TABLES_MAX; id++) {
		table = tables->by_id[id];
		if (table && table->level == 1)
			released += xengt_ppgtt_leaf_release(tables, table);
	}
	free_all(tables);
	return released;
}

/* ---- for submission ---- */

int xengt_ppgtt_root_get(struct xengt_ppgtt_tables *tables, uint32_t id,
			 uint32_t level, uint64_t ret_pdp[XENGT_PPGTT_PDPS])
{
	struct xengt_ppgtt_table *table, *child;
	uint32_t i;

	if (tables->is_zapped)
		return -ESTALE;
	table = lookup(tables, id);
	if (!table || table->level != level)
		return -ENOENT;
	table->pins++;
	tables->pins++;
	for (i = 0; i < XENGT_PPGTT_PDPS; i++) {
		if (level == 3) {
			child = tables->by_id[table->words[i]];
			ret_pdp[i] = xengt_bus_x((child ? child :
						  tables->empty)->bus);
		} else {
			ret_pdp[i] = i ? 0 : xengt_bus_x(table->bus);
		}
	}
	return 0;
}

void xengt_ppgtt_root_put(struct xengt_ppgtt_tables *tables, uint32_t id)
{
	struct xengt_ppgtt_table *table = tables->by_id[id];

	table->pins--;
	tables->pins--;
	table->unlinked_at = tables->epoch;
	if (tables->is_zapped)
		free_all(tables);
}

int xengt_ppgtt_walk(const struct xengt_ppgtt_tables *tables, uint32_t id,
		     uint64_t addr, xengt_gfn_t *ret_gfn)
{
	const struct xengt_ppgtt_table *table = lookup(tables, id);
	uint32_t index, shift, w;

	if (!table || table->level < 3)
		return -ENOENT;
	if (table->level == 3)
		addr &= 0xffffffffull;
	for (; table && table->level > 1; table = tables->by_id[w]) {
		shift = XENGT_BND_PAGE_SHIFT + 9 * (table->level - 1u);
		w = table->words[(addr >> shift) % ENTRIES];
	}
	if (!table)
		return -EFAULT;
	index = (uint32_t)(addr >> XENGT_BND_PAGE_SHIFT) % ENTRIES;
	return xengt_ppgtt_leaf_frame(table, index, ret_gfn) ? 0 : -EFAULT;
}
