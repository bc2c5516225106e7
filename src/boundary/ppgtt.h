/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables that the GPU walks for the contexts of one vGPU.
 *
 * Each table is a page that only this code writes. The caller passes the guest's
 * entries, with guest frame numbers or with ids of other tables. For each entry
 * one word stores what the caller passed:
 *
 *   level 1     the guest frame and a state of gtt.h: EMPTY, MAPPED, UNRESOLVED
 *   level 2-4   the id of the child table, or 0
 *
 * If the guest's entry is absent, the GPU's entry is absent, too: a context
 * that uses the address stops with a fault, as on hardware. If the guest's
 * entry points to no RAM of the guest, the GPU's entry points to the vGPU's
 * scratch page, read only.
 *
 * Large pages: for each large page of the guest the module has 4 KiB entries
 * ("small entries"). The small entries of a 2 MiB page are in a table that the
 * guest cannot name (a "split" table). The small entries of 64 KiB pages are in
 * the shadow of the guest's table. If the frames of the small entries are
 * contiguous and aligned, the parent entry, which points to the table, is
 * folded. A folded parent entry of a split table points to a 2 MiB page, and
 * the hardware reads no small entry. A folded parent entry of a table with 64
 * KiB pages has bit 11 set, and the hardware reads only every 16th small entry.
 * Before a small entry changes, the parent entry is unfolded. So the release of
 * a frame never needs to allocate memory.
 *
 * The rule is that of gtt.h: first an entry is changed so that it does not
 * point to a frame (or a table) any more, then the GPU's TLBs are flushed, then
 * the frame (or the table) is released. If the TLBs were flushed since the last
 * entry that pointed to a table was changed, the release of this table needs no
 * further flush.
 *
 * The module and gpu_sim use the same code. The code takes no lock: the caller
 * serialises the calls.
 */
#ifndef XENGT_BND_PPGTT_H
#define XENGT_BND_PPGTT_H

#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

#define XENGT_PPGTT_PDPS	4	/* number of page directories of a
					 * 32-bit address space */

struct xengt_ppgtt_table {
	/*
	 * table_alloc() of struct xengt_mem_ops sets page, bus and words. page
	 * and words have XENGT_PPGTT_ENTRIES elements, which are zero at first
	 */
	uint64_t *page;			/* the table that the GPU walks */
	xengt_bus_t bus;		/* bus address of 'page' */
	uint32_t *words;
	/* ppgtt.c sets the following members */
	uint32_t id;
	uint32_t refs;			/* number of entries that point to this
					 * table */
	uint32_t pins;			/* number of contexts in flight whose
					 * root is this table */
	uint64_t unlinked_at;		/* the epoch in which the last entry
					 * that pointed to the table was
					 * changed, or the last context that
					 * used it as root ended, see
					 * xengt_ppgtt_is_reachable() */
	/*
	 * the parent entry: table and index of the one entry that may be folded.
	 * Several entries may point to this table
	 */
	struct xengt_ppgtt_table *parent;
	uint16_t parent_index;
	uint8_t level;
	bool is_64k;
	bool is_split;
};

struct xengt_ppgtt_counters {
	uint64_t entries_written;	/* number of entries that the guest
					 * wrote */
	uint64_t pages_scratched;	/* number of written 4 KiB pages that
					 * were present and had no RAM */
	uint64_t tlb_flushes;
	uint64_t folds;			/* number of times that a parent entry
					 * was folded */
	uint64_t frames_followed;	/* number of frames that were released
					 * because the guest moved them */
};

struct xengt_ppgtt_tables {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	bool has_64k;
	bool is_zapped;
	bool is_kept;			/* the GPU is lost, and may still walk tables */
	uint64_t scratch_pte;
	uint64_t epoch;			/* number of TLB flushes so far, plus
					 * 1 */
	struct xengt_ppgtt_table **by_id;	/* memory of the caller; the
						 * index is the table's id */
	struct xengt_ppgtt_table *empty;	/* an empty table, used for the
						 * absent page directories of a
						 * 32-bit root */
	uint32_t live;			/* number of tables, including split
					 * tables */
	uint32_t last_id;
	uint32_t pins;			/* sum of the pins of all tables */
	uint32_t mapped;		/* number of 4 KiB entries in state
					 * MAPPED */
	uint32_t unresolved;		/* number of 4 KiB entries in state
					 * UNRESOLVED */
	struct xengt_ppgtt_counters counters;
	/* the following members are temporary memory for one call */
	xengt_gfn_t gfns[XENGT_PPGTT_ENTRIES];
	xengt_gfn_t old[XENGT_PPGTT_ENTRIES];
	uint16_t where[XENGT_PPGTT_ENTRIES];
	uint16_t attrs[XENGT_PPGTT_ENTRIES];
	xengt_bus_t bus[XENGT_PPGTT_ENTRIES];
	uint64_t ptes[XENGT_PPGTT_ENTRIES];	/* 0: there is no entry for this
						 * frame */
	uint64_t nowhere[XENGT_PPGTT_ENTRIES / 64];
	struct xengt_ppgtt_table *staged[XENGT_PPGTT_ENTRIES];
};

/*
 * Initialise *tables. by_id is an array of XENGT_PPGTT_TABLES_MAX + 1 pointers,
 * all NULL. by_id and hw must outlive the object. The function copies *guest.
 * GGTT and page tables may hold the same frames. scratch is the bus address of
 * the vGPU's own scratch page, which must not be freed before the last
 * xengt_ppgtt_root_put(). -ENOMEM, or the error of xengt_pte_encode() for the
 * scratch page.
 */
int xengt_ppgtt_tables_init(struct xengt_ppgtt_tables *tables,
			    const struct xengt_hw *hw,
			    const struct xengt_guest *guest,
			    xengt_bus_t scratch,
			    struct xengt_ppgtt_table **by_id);

/* XENGT_VGPU_IOC_PPGTT_CREATE, _DESTROY and _WRITE; the errors are the ioctls'.
 * -EIO: the GPU is lost (bnd_hw.h), and the frames and tables to which the entries
 * pointed earlier stay held for ever. */
int xengt_ppgtt_create(struct xengt_ppgtt_tables *tables, uint32_t level,
		       uint32_t flags, uint32_t *ret_id);
int xengt_ppgtt_destroy(struct xengt_ppgtt_tables *tables, uint32_t id);
int xengt_ppgtt_write(struct xengt_ppgtt_tables *tables, uint32_t id,
		      uint32_t first, const uint64_t *entries, uint32_t count,
		      uint32_t *ret_scratched);

/*
 * XENGT_VGPU_IOC_REVALIDATE for these tables. Each call handles one table, so
 * that other threads can work between two calls. Begin each of the two functions
 * with *cursor = 0, and repeat the call while it returns 1. Call
 * xengt_ppgtt_drop_moved() for all tables, and xengt_gtt_drop_moved(), before
 * the first xengt_ppgtt_resolve(), because a moved frame stays held while any
 * entry holds it. *dropped is increased by the number of released frames,
 * *resolved by the number of entries that now point to RAM. Returns 0: done;
 * -ESTALE; -EIO: the GPU is lost; xengt_ppgtt_resolve() also returns the error
 * of frames_get().
 */
int xengt_ppgtt_drop_moved(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			   uint64_t *dropped);
int xengt_ppgtt_resolve(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			uint64_t *resolved);

/*
 * XENGT_VGPU_IOC_ZAP: make every entry absent, flush the TLBs, and release every
 * frame. The pages of the tables are freed when no root is in use any more. Later
 * calls of all functions above, and of xengt_ppgtt_root_get(), return -ESTALE.
 * The function cannot fail; a second call does nothing. Returns the number of
 * released frames. If the GPU is lost, no frame and no table is ever released.
 */
uint64_t xengt_ppgtt_zap(struct xengt_ppgtt_tables *tables);

/* ---- for submission ---- */

/*
 * Make a table the root of work in flight, until xengt_ppgtt_root_put() was
 * called as often as xengt_ppgtt_root_get(). Until then the table cannot be
 * destroyed, and a table of level 3 cannot be written. ret_pdp gets the values
 * for the PDP registers of the context: the bus addresses of the four page
 * directories if level is 3; otherwise the bus address of the table and three
 * zeroes. -ENOENT: there is no table of this level with this id.
 */
int xengt_ppgtt_root_get(struct xengt_ppgtt_tables *tables, uint32_t id,
			 uint32_t level, uint64_t ret_pdp[XENGT_PPGTT_PDPS]);
/*
 * Called when the GPU does not use the table as the root of the work any more.
 * Also called after a zap.
 */
void xengt_ppgtt_root_put(struct xengt_ppgtt_tables *tables, uint32_t id);
/*
 * *ret_gfn gets the guest frame at an address of this root's address space.
 * -EFAULT: there is no frame (the GPU would fault or read scratch); -ENOENT: no
 * table with this id can be a root.
 */
int xengt_ppgtt_walk(const struct xengt_ppgtt_tables *tables, uint32_t id,
		     uint64_t addr, xengt_gfn_t *ret_gfn);

#endif /* XENGT_BND_PPGTT_H */
