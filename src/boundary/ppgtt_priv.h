/* SPDX-License-Identifier: GPL-2.0-only */
/* What ppgtt.c (levels 2 to 4, the calls) and ppgtt_leaf.c (level 1) share. */
#ifndef XENGT_BND_PPGTT_PRIV_H
#define XENGT_BND_PPGTT_PRIV_H

#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"

/* bits 63:48 of a guest's entry mean nothing */
#define XENGT_PPGTT_ENTRY_MASK	0xffffffffffffull

/*
 * May the GPU still walk the table? Not if no entry and no work in flight has
 * named the table since before the last flush.
 */
static inline bool
xengt_ppgtt_is_reachable(const struct xengt_ppgtt_tables *tables,
			 const struct xengt_ppgtt_table *table)
{
	return table->refs || table->pins ||
	       table->unlinked_at >= tables->epoch;
}

/* One store of 8 bytes, which the GPU may read at any time. */
static inline void xengt_ppgtt_store(struct xengt_ppgtt_table *table,
				     uint32_t index, uint64_t entry)
{
	*(volatile uint64_t *)&table->page[index] = entry;
}

/* The entry that names this table, writable if bit 1 of attrs is set. */
static inline uint64_t
xengt_ppgtt_small_entry(const struct xengt_ppgtt_table *table, uint64_t attrs)
{
	return xengt_bus_x(table->bus) | (attrs & XENGT_PTE_WRITABLE) |
	       XENGT_PTE_PRESENT;
}

/*
 * Flush the GPU's TLBs and count the flush in the epoch. The caller may release
 * frames and tables only if the answer is 0.
 */
static inline int xengt_ppgtt_flush(struct xengt_ppgtt_tables *tables)
{
	int r = 0;

#ifndef XENGT_FAULT_NO_FLUSH
	tables->counters.tlb_flushes++;
	r = xengt_hw_flush(tables->hw, XENGT_HW_PPGTT);
#endif
	if (!r)
		tables->epoch++;
	return r;
}

/* ---- tables of level 1 ---- */

/*
 * Fold the entry that names this table (ppgtt.h) into 64 KiB or 2 MiB, if the
 * small entries allow that. The GPU may use either form until a small entry
 * changes: no flush.
 */
void xengt_ppgtt_leaf_fold(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table);
/* xengt_ppgtt_write() of a level 1 table; adds to *scratched. */
int xengt_ppgtt_leaf_write(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *scratched);
/* Fill a new table with the 4 KiB pages of a guest's 2 MiB entry. */
int xengt_ppgtt_leaf_split(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint64_t entry,
			   uint32_t *scratched);
/*
 * Give back the frames and tables that the entries hold; the GPU does not know
 * the table any more. Returns the number of released frames.
 */
uint32_t xengt_ppgtt_leaf_release(struct xengt_ppgtt_tables *tables,
				  struct xengt_ppgtt_table *table);
/*
 * Point entries to scratch if their frame moved; adds the number of released
 * frames. 0, or -EIO: the GPU is lost.
 */
int xengt_ppgtt_leaf_drop_moved(struct xengt_ppgtt_tables *tables,
				struct xengt_ppgtt_table *table,
				uint64_t *dropped);
/* Try again the entries that named no RAM. 0; -EIO; or the error of frames_get(). */
int xengt_ppgtt_leaf_resolve(struct xengt_ppgtt_tables *tables,
			     struct xengt_ppgtt_table *table,
			     uint64_t *resolved);
/* Does the entry hold a frame? *ret_gfn gets its number. */
bool xengt_ppgtt_leaf_frame(const struct xengt_ppgtt_table *table,
			    uint32_t index, xengt_gfn_t *ret_gfn);

#endif /* XENGT_BND_PPGTT_PRIV_H */
