/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that ppgtt.c (tables of level 2 to 4, and the functions of ppgtt.h)
 * and ppgtt_leaf.c (tables of level 1) share.
 */
#ifndef XENGT_BND_PPGTT_PRIV_H
#define XENGT_BND_PPGTT_PRIV_H

#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/hold.h"
#include "boundary/ppgtt.h"
#include "hw/facts.h"

/*
 * the bits of a guest's entry that have a meaning; bits 63:48 have no meaning
 */
#define XENGT_PPGTT_ENTRY_MASK	0xffffffffffffull

/*
 * Returns true if the GPU may still walk the table, or have a part of it in a
 * TLB. Returns false if no entry points to the table, no work in flight uses
 * it, and the TLBs were flushed since the last such entry changed or the last
 * such work ended.
 */
static inline bool
xengt_ppgtt_is_reachable(const struct xengt_ppgtt_tables *tables,
			 const struct xengt_ppgtt_table *table)
{
	return table->refs || table->pins ||
	       table->unlinked_at >= tables->epoch;
}

/*
 * Write an entry by one store of 8 bytes, because the GPU may read the entry at
 * any time.
 */
static inline void xengt_ppgtt_store(struct xengt_ppgtt_table *table,
				     uint32_t index, uint64_t entry)
{
	*(volatile uint64_t *)&table->page[index] = entry;
}

/*
 * Returns an entry of a parent table that points to this table. The entry is
 * not folded (ppgtt.h, "Large pages"). It is writable if bit 1 of attrs is set.
 */
static inline uint64_t
xengt_ppgtt_small_entry(const struct xengt_ppgtt_table *table, uint64_t attrs)
{
	return xengt_bus_x(table->bus) | (attrs & XENGT_PTE_WRITABLE) |
	       XENGT_PTE_PRESENT;
}

/*
 * Flush the GPU's TLBs and add one to the epoch. The caller may release frames
 * and tables only if the function returns 0.
 */
static inline int xengt_ppgtt_flush(struct xengt_ppgtt_tables *tables)
{
	int r = 0;

#ifndef XENGT_FAULT_NO_FLUSH
	tables->counters.tlb_flushes++;
	xengt_hold_note_flush(&tables->guest);
	r = xengt_hw_flush(tables->hw, XENGT_HW_PPGTT);
#endif
	if (!r)
		tables->epoch++;
	return r;
}

/* ---- tables of level 1 ---- */

/*
 * Fold the parent entry of this table (ppgtt.h) if the small entries allow
 * this. No flush is needed: until a small entry changes, both forms of the
 * parent entry have the same meaning.
 */
void xengt_ppgtt_leaf_fold(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table);
/*
 * xengt_ppgtt_write() for a table of level 1. Adds to *scratched the number of
 * entries that pointed to no RAM.
 */
int xengt_ppgtt_leaf_write(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint32_t first,
			   const uint64_t *entries, uint32_t count,
			   uint32_t *scratched);
/* Fill a new table with the small entries of a guest's 2 MiB entry. */
int xengt_ppgtt_leaf_split(struct xengt_ppgtt_tables *tables,
			   struct xengt_ppgtt_table *table, uint64_t entry,
			   uint32_t *scratched);
/*
 * Release the frames that the entries of the table hold. The GPU must not be
 * able to walk the table any more. Returns the number of released frames.
 */
uint32_t xengt_ppgtt_leaf_release(struct xengt_ppgtt_tables *tables,
				  struct xengt_ppgtt_table *table);
/*
 * Point entries to scratch if their frame moved. Adds to *dropped the number of
 * released frames. Returns 0, or -EIO: the GPU is lost.
 */
int xengt_ppgtt_leaf_drop_moved(struct xengt_ppgtt_tables *tables,
				struct xengt_ppgtt_table *table,
				uint64_t *dropped);
/*
 * Try again the entries that pointed to no RAM. Adds to *resolved the number of
 * entries that now point to RAM. Returns 0, -EIO, or the error of frames_get().
 */
int xengt_ppgtt_leaf_resolve(struct xengt_ppgtt_tables *tables,
			     struct xengt_ppgtt_table *table,
			     uint64_t *resolved);
/*
 * Returns true if the entry holds a frame; *ret_gfn gets the number of this
 * frame.
 */
bool xengt_ppgtt_leaf_frame(const struct xengt_ppgtt_table *table,
			    uint32_t index, xengt_gfn_t *ret_gfn);

#endif /* XENGT_BND_PPGTT_PRIV_H */
