// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: page tables of level 1, and the large pages that can replace them
 *
 * See ppgtt.h. For each entry the module has a word: two bits of enum state,
 * one bit that says whether the guest's entry is writable, and 27 bits of guest
 * frame number. The bit for "writable" is needed while the GPU's entry points
 * to scratch. The GPU's entry always has the cache bits of the guest's entry.
 */
#include "boundary/bnd_types.h"
#include "boundary/bnd_guest.h"
#include "boundary/gtt.h"
#include "boundary/ppgtt_priv.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

/*
 * The states of gtt.h's diagram, without MOVED. An entry in state MAPPED has one
 * hold.
 */
enum state {
	EMPTY = 0,
	MAPPED = 1,
	UNRESOLVED = 2,
};

#define STATE_SHIFT	30
#define NO_FRAME	word(EMPTY, xengt_gfn(0), 0)
#define WORD_WRITABLE	(1u << 29)

#define ENTRIES		XENGT_PPGTT_ENTRIES
#define PAGE_BYTES	(1ull << XENGT_BND_PAGE_SHIFT)
#define GROUP		16u		/* number of small entries of a 64 KiB
					 * page */

static uint32_t word(enum state state, xengt_gfn_t gfn, uint64_t attrs)
{
	return (uint32_t)state << STATE_SHIFT | xengt_gfn_x(gfn) |
	       (attrs & XENGT_PTE_WRITABLE ? WORD_WRITABLE : 0);
}

static enum state word_state(uint32_t w)
{
	return (enum state)(w >> STATE_SHIFT);
}

static xengt_gfn_t word_gfn(uint32_t w)
{
	return xengt_gfn(w & ((1u << XENGT_GFN_BITS) - 1));
}

/*
 * Point the entry at the scratch page. The frame that the entry pointed to may
 * be released after a flush of the TLBs.
 */
static void point_at_scratch(struct xengt_ppgtt_tables *tables,
			     struct xengt_ppgtt_table *table, uint32_t index)
{
#ifdef XENGT_FAULT_NO_ZAP
	return;
#endif
	xengt_ppgtt_store(table, index, tables->scratch_pte |
					(table->page[index] & XENGT_PTE_CACHE));
}

static uint32_t put(struct xengt_ppgtt_tables *tables, const xengt_gfn_t *gfns,
		    uint32_t n)
{
	return xengt_guest_put(&tables->guest, gfns, n);
}

/* ---- large pages ---- */

/*
 * Returns true if the 'count' small entries from 'first' on have the same
 * meaning as one large page.
 */
static bool is_contiguous(const struct xengt_ppgtt_table *table, uint32_t first,
			  uint32_t count)
{
	const uint64_t *pte = &table->page[first];
	uint32_t i;

	if (pte[0] & XENGT_PTE_ADDR_MASK & (count * PAGE_BYTES - 1))
		return false;
	for (i = 0; i < count; i++) {
		if (word_state(table->words[first + i]) != MAPPED ||
		    pte[i] != pte[0] + i * PAGE_BYTES)
			return false;
	}
	return true;
}

static bool is_absent(const struct xengt_ppgtt_table *table, uint32_t first,
		      uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		if (table->page[first + i])
			return false;
	}
	return true;
}

static bool can_fold(const struct xengt_ppgtt_table *table)
{
	uint32_t i;

	if (table->is_split)
		return is_contiguous(table, 0, ENTRIES);
	for (i = 0; i < ENTRIES; i += GROUP) {
		if (!is_absent(table, i, GROUP) &&
		    !is_contiguous(table, i, GROUP))
			return false;
	}
	return true;
}

static uint64_t folded_entry(const struct xengt_ppgtt_table *table)
{
	uint64_t small = table->parent->page[table->parent_index];
	uint64_t pte = table->page[0];

	if (!table->is_split)
		return small | XENGT_PDE_64K;
	return (pte & ~XENGT_PTE_CACHE) | (pte & XENGT_PDE_CACHE) |
	       (pte & XENGT_PTE_PAT ? XENGT_PDE_PAT : 0) | XENGT_PDE_2M;
}

static bool is_folded(const struct xengt_ppgtt_table *table)
{
	uint64_t bit = table->is_split ? XENGT_PDE_2M : XENGT_PDE_64K;

	return table->parent && table->parent->page[table->parent_index] & bit;
}

void xengt_ppgtt_leaf_fold(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table)
{
	if (!table->parent || is_folded(table) || !can_fold(table))
		return;
	xengt_ppgtt_store(table->parent, table->parent_index,
			  folded_entry(table));
	tables->counters.folds++;
}

static int flush_if_reachable(struct xengt_ppgtt_tables *tables,
			      const struct xengt_ppgtt_table *table)
{
	return xengt_ppgtt_is_reachable(tables, table) ?
		xengt_ppgtt_flush(tables) : 0;
}

/* Unfold the parent entry. Called before a small entry of the table changes. */
static void unfold(struct xengt_ppgtt_tables *tables,
		   struct xengt_ppgtt_table *table)
{
	struct xengt_ppgtt_table *parent = table->parent;
	uint64_t was;

	if (!is_folded(table))
		return;
	was = parent->page[table->parent_index];
	xengt_ppgtt_store(parent, table->parent_index,
			  xengt_ppgtt_small_entry(table, was));
	/*
	 * the result is ignored: if this flush fails, the GPU is lost, and the
	 * flush after the change fails, too
	 */
	flush_if_reachable(tables, parent);
}

/* ---- level 1 ---- */

static void set_word(struct xengt_ppgtt_tables *tables,
		     struct xengt_ppgtt_table *table, uint32_t index,
		     uint32_t w)
{
	enum state old = word_state(table->words[index]);
	enum state new = word_state(w);

	table->words[index] = w;
	if (new == old)
		return;
	tables->mapped += (new == MAPPED) - (old == MAPPED);
	tables->unresolved += (new == UNRESOLVED) - (old == UNRESOLVED);
}

/*
 * Hold the frames gfns[0] to gfns[n - 1]. ptes[i] gets the GPU's entry for
 * frame i, without attributes, or 0 if the frame is not RAM or no entry can
 * point to it. The hold of a frame to which no entry can point is put at once;
 * no flush is needed, because no entry ever pointed to it.
 */
static int get_frames(struct xengt_ppgtt_tables *tables, uint32_t n)
{
	uint32_t i;
	int r;

	if (!n)
		return 0;
	r = tables->guest.ops->frames_get(tables->guest.ctx, tables->gfns,
					   n, tables->bus);
	if (r)
		return r;
	for (i = 0; i < n; i++) {
		tables->ptes[i] = 0;
		if (xengt_bus_is_none(tables->bus[i]) ||
		    !xengt_pte_encode(tables->bus[i], &tables->ptes[i]))
			continue;
		put(tables, &tables->gfns[i], 1);
	}
	return 0;
}

/*
 * Append the frames of one guest's entry to gfns[], for get_frames(). The guest's
 * entry covers the 'pages' small entries from 'index' on. Returns the new number
 * of frames in gfns[].
 */
static uint32_t gather(struct xengt_ppgtt_tables *tables, uint32_t index,
		       uint64_t entry, uint32_t pages, uint32_t n)
{
	xengt_gfn_t gfn = xengt_gfn(0);
	uint32_t i, first;

	switch (xengt_pte_decode(entry & XENGT_PPGTT_ENTRY_MASK, &gfn)) {
	case XENGT_PTE_ABSENT:
		return n;
	case XENGT_PTE_UNREACHABLE:
		for (i = index; i < index + pages; i++)
			tables->nowhere[i / 64] |= 1ull << i % 64;
		return n;
	case XENGT_PTE_FRAME:
		break;
	}
	first = xengt_gfn_x(gfn) & ~(pages - 1);
	for (i = 0; i < pages; i++, n++) {
		tables->gfns[n] = xengt_gfn(first + i);
		tables->where[n] = (uint16_t)(index + i);
		tables->attrs[n] = entry & (XENGT_PTE_WRITABLE |
					    XENGT_PTE_CACHE);
	}
	return n;
}

/*
 * Write an entry and its word. Returns true if the GPU may have the old entry
 * in a TLB.
 */
static bool replace(struct xengt_ppgtt_tables *tables,
		    struct xengt_ppgtt_table *table, uint32_t index, uint32_t w,
		    uint64_t pte, uint32_t *n_old)
{
	uint32_t old_word = table->words[index];
	uint64_t old = table->page[index];

	set_word(tables, table, index, w);
	if (word_state(old_word) == MAPPED)
		tables->old[(*n_old)++] = word_gfn(old_word);
	if (old == pte)
		return false;
	xengt_ppgtt_store(table, index, pte);
	return old & XENGT_PTE_PRESENT;
}

/*
 * Write the small entries [first, end) from the n frames of gather(); an entry
 * without a frame becomes absent. tables->old gets the frames whose holds must
 * be put. Returns true if the GPU may have an old entry in a TLB. Adds to
 * *scratched the number of entries that point to scratch.
 */
static bool commit(struct xengt_ppgtt_tables *tables,
		   struct xengt_ppgtt_table *table, uint32_t first,
		   uint32_t end, uint32_t n, uint32_t *n_old,
		   uint32_t *scratched)
{
	bool is_known = false;
	uint32_t i, k = 0;

	for (i = first; i < end; i++) {
		uint32_t w = NO_FRAME;
		uint64_t pte = 0;

		if (k < n && tables->where[k] == i) {
			uint32_t attrs = tables->attrs[k];

			pte = tables->ptes[k] | attrs;
			w = word(MAPPED, tables->gfns[k], attrs);
			if (!tables->ptes[k]) {
				pte = tables->scratch_pte |
				      (attrs & XENGT_PTE_CACHE);
				w = word(UNRESOLVED, tables->gfns[k], attrs);
				(*scratched)++;
			}
			k++;
		} else if (tables->nowhere[i / 64] >> i % 64 & 1) {
			pte = tables->scratch_pte;
			(*scratched)++;
		}
		is_known |= replace(tables, table, i, w, pte, n_old);
	}
	memset(tables->nowhere, 0, sizeof(tables->nowhere));
	return is_known;
}

int xengt_ppgtt_leaf_write(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *scratched)
{
	const uint32_t pages = table->is_64k ? GROUP : 1;
	const uint32_t end = first + count;
	uint32_t i, at, n = 0, n_old = 0;
	int r;

	/* in a table of 64 KiB pages the hardware uses only every 16th entry */
	at = (first + pages - 1) & ~(pages - 1);
	for (i = at; i < end; i += pages)
		n = gather(tables, i, entries[i - first], pages, n);
	r = get_frames(tables, n);
	if (r) {
		memset(tables->nowhere, 0, sizeof(tables->nowhere));
		return r;
	}

	/* From here on only a flush can fail. */
	unfold(tables, table);
	if (commit(tables, table, at, i, n, &n_old, scratched))
		r = flush_if_reachable(tables, table);
	if (r)
		return r;
	if (n_old)
		put(tables, tables->old, n_old);
	xengt_ppgtt_leaf_fold(tables, table);
	return 0;
}

uint32_t xengt_ppgtt_leaf_release(struct xengt_ppgtt_tables *tables,
				  struct xengt_ppgtt_table *table)
{
	uint32_t i, n = 0;

	for (i = 0; i < ENTRIES; i++) {
		if (word_state(table->words[i]) == MAPPED)
			tables->old[n++] = word_gfn(table->words[i]);
		set_word(tables, table, i, NO_FRAME);
	}
	return n ? put(tables, tables->old, n) : 0;
}

/*
 * gather() decodes the 2 MiB entry like a 4 KiB entry, and clears bits 20:12 of
 * the address, because the hardware ignores these bits in a 2 MiB entry.
 */
int xengt_ppgtt_leaf_split(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint64_t entry,
			   uint32_t *scratched)
{
	uint64_t pte = (entry & ~(XENGT_PDE_2M | XENGT_PDE_PAT)) |
		       (entry & XENGT_PDE_PAT ? XENGT_PTE_PAT : 0);
	uint32_t n, n_old = 0;
	int r;

	n = gather(tables, 0, pte, ENTRIES, 0);
	r = get_frames(tables, n);
	if (!r)
		commit(tables, table, 0, ENTRIES, n, &n_old, scratched);
	return r;
}

/* ---- frames that the guest moved, or gave away ---- */

int xengt_ppgtt_leaf_drop_moved(struct xengt_ppgtt_tables *tables,
				struct xengt_ppgtt_table *table,
				uint64_t *dropped)
{
	uint32_t i, w, n = 0;
	int r;

	for (i = 0; i < ENTRIES; i++) {
		w = table->words[i];
		if (word_state(w) != MAPPED ||
		    !tables->guest.ops->frame_has_moved(tables->guest.ctx,
							 word_gfn(w)))
			continue;
		tables->where[n] = (uint16_t)i;
		tables->old[n] = word_gfn(w);
		n++;
	}
	if (!n)
		return 0;
	unfold(tables, table);
	for (i = 0; i < n; i++) {
		uint32_t at = tables->where[i];

		point_at_scratch(tables, table, at);
		w = table->words[at] & ~((uint32_t)MAPPED << STATE_SHIFT);
		set_word(tables, table, at,
			 w | (uint32_t)UNRESOLVED << STATE_SHIFT);
	}
	r = flush_if_reachable(tables, table);
	if (!r)
		*dropped += put(tables, tables->old, n);
	return r;
}

int xengt_ppgtt_leaf_resolve(struct xengt_ppgtt_tables *tables,
			     struct xengt_ppgtt_table *table,
			     uint64_t *resolved)
{
	bool is_changed = false;
	uint32_t i, n = 0;
	int r;

	for (i = 0; i < ENTRIES; i++) {
		if (word_state(table->words[i]) != UNRESOLVED)
			continue;
		tables->gfns[n] = word_gfn(table->words[i]);
		tables->where[n] = (uint16_t)i;
		n++;
	}
	r = get_frames(tables, n);
	if (r)
		return r;
	for (i = 0; i < n; i++) {
		uint32_t at = tables->where[i];
		uint64_t attrs = table->page[at] & XENGT_PTE_CACHE;

		if (!tables->ptes[i])
			continue;
		if (table->words[at] & WORD_WRITABLE)
			attrs |= XENGT_PTE_WRITABLE;
		set_word(tables, table, at,
			 word(MAPPED, tables->gfns[i], attrs));
		xengt_ppgtt_store(table, at, tables->ptes[i] | attrs);
		is_changed = true;
		(*resolved)++;
	}
	if (!is_changed)
		return 0;
	/*
	 * without a flush the GPU could still use the scratch page, from its
	 * TLB
	 */
	r = flush_if_reachable(tables, table);
	if (!r)
		xengt_ppgtt_leaf_fold(tables, table);
	return r;
}

bool xengt_ppgtt_leaf_frame(const struct xengt_ppgtt_table *table,
			    uint32_t index, xengt_gfn_t *ret_gfn)
{
	if (word_state(table->words[index]) != MAPPED)
		return false;
	*ret_gfn = word_gfn(table->words[index]);
	return true;
}
