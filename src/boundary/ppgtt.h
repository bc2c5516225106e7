/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page tables that the GPU walks for the contexts of one vGPU.
 *
 * Each table is a page that only the owner of this object writes. Its entries
 * were asked for in the guest's terms (frames, ids of other tables), and what
 * was asked is remembered next to it, a word an entry:
 *
 *   level 1     as in gtt.h: EMPTY, MAPPED, UNRESOLVED, MOVED, with the frame
 *   level 2-4   the id of the table below, or 0
 *
 * An entry that the guest has not present is not present for the GPU either: a
 * context that goes there stops with a fault, as on hardware. One that names
 * no RAM of the guest is the vGPU's scratch page, read only.
 *
 * Large pages: what the guest has as one entry is always kept as 4 KiB
 * entries, of a table of its own for 2 MiB (a "split" table, with an id that
 * cannot be named), of the guest's table for 64 KiB. When their frames are
 * contiguous and aligned alike, the entry above is folded: it says 2 MiB, or
 * 64 KiB (bit 11), and the hardware does not look at the small ones, or at each
 * 16th only. Before a small entry changes, the entry above is unfolded. So
 * whatever the guest moves, nothing needs to be allocated in order to let go of
 * a frame.
 *
 * The law is gtt.h's: an entry stops naming a frame (or a table), the GPU's
 * TLBs are flushed, the frame (or table) is released. A table that nothing
 * names, and that was flushed since something did, needs no further flush.
 *
 * The same code is the module's and the simulated GPU's. It does not lock: the
 * caller serialises.
 */
#ifndef XENGT_BND_PPGTT_H
#define XENGT_BND_PPGTT_H

#include "bnd_guest.h"
#include "bnd_hw.h"
#include "bnd_types.h"
#include "gtt.h"
#include "xengt/limits.h"
#include "uapi/xengt.h"

#define XENGT_PPGTT_PDPS	4	/* page directories of a 32-bit space */

struct xengt_ppgtt_table {
	/* from struct xengt_mem_ops: two times XENGT_PPGTT_ENTRIES, zeroed */
	uint64_t *page;			/* what the GPU walks */
	xengt_bus_t bus;		/* of that page */
	uint32_t *words;
	/* of ppgtt.c */
	uint32_t id;
	uint32_t refs;			/* entries that name it */
	uint32_t pins;			/* work in flight whose root it is */
	uint64_t unlinked_at;		/* flush epoch; see is_reachable() */
	/* the entry that may be folded: one, however many name the table */
	struct xengt_ppgtt_table *parent;
	uint16_t parent_index;
	uint8_t level;
	bool is_64k;
	bool is_split;
};

struct xengt_ppgtt_counters {
	uint64_t entries_written;	/* by the guest, all kinds */
	uint64_t pages_scratched;	/* of 4 KiB, present but not RAM */
	uint64_t tlb_flushes;
	uint64_t folds;			/* entries made 64 KiB or 2 MiB */
	uint64_t frames_followed;	/* frames that the guest moved */
};

struct xengt_ppgtt_tables {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	bool has_64k;
	bool is_zapped;
	bool is_kept;			/* and the GPU, being lost, may still walk */
	uint64_t scratch_pte;
	uint64_t epoch;			/* TLB flushes so far */
	struct xengt_ppgtt_table **by_id;	/* the caller's memory */
	struct xengt_ppgtt_table *empty;	/* for absent directories */
	uint32_t live;			/* tables, split ones included */
	uint32_t last_id;
	uint32_t pins;			/* of all tables */
	uint32_t mapped;		/* 4 KiB entries in these states */
	uint32_t unresolved;
	struct xengt_ppgtt_counters counters;
	/* working space of one call */
	xengt_gfn_t gfns[XENGT_PPGTT_ENTRIES];
	xengt_gfn_t old[XENGT_PPGTT_ENTRIES];
	uint16_t where[XENGT_PPGTT_ENTRIES];
	uint16_t attrs[XENGT_PPGTT_ENTRIES];
	xengt_bus_t bus[XENGT_PPGTT_ENTRIES];
	uint64_t ptes[XENGT_PPGTT_ENTRIES];	/* 0: none */
	uint64_t nowhere[XENGT_PPGTT_ENTRIES / 64];
	struct xengt_ppgtt_table *staged[XENGT_PPGTT_ENTRIES];
};

/*
 * by_id: XENGT_PPGTT_TABLES_MAX + 1 pointers, all NULL, that outlive the
 * object, as hw does; *guest is copied, and its holds are shared with the GGTT.
 * scratch: the vGPU's own scratch page, which outlives the last root_put().
 * -ENOMEM, or what xengt_pte_encode() said of the scratch page.
 */
int xengt_ppgtt_tables_init(struct xengt_ppgtt_tables *tables,
			    const struct xengt_hw *hw,
			    const struct xengt_guest *guest,
			    xengt_bus_t scratch,
			    struct xengt_ppgtt_table **by_id);

/* XENGT_VGPU_IOC_PPGTT_CREATE, _DESTROY, _WRITE: errors as there. -EIO: the GPU is lost
 * (bnd_hw.h), and what the entries named before stays held for good. */
int xengt_ppgtt_create(struct xengt_ppgtt_tables *tables, uint32_t level,
		       uint32_t flags, uint32_t *ret_id);
int xengt_ppgtt_destroy(struct xengt_ppgtt_tables *tables, uint32_t id);
int xengt_ppgtt_write(struct xengt_ppgtt_tables *tables, uint32_t id,
		      uint32_t first, const uint64_t *entries, uint32_t count,
		      uint32_t *ret_scratched);

/*
 * XENGT_VGPU_IOC_REVALIDATE for these tables, table by table so that a caller
 * may let others in between: from *cursor = 0, call until it returns other than
 * 1. All tables (and the GGTT) are gone through with drop_moved before any is
 * with resolve, for a frame is held as long as one entry holds it. The counts
 * are increased. 0: done; -ESTALE; resolve: what frames_get() said.
 */
int xengt_ppgtt_drop_moved(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			   uint64_t *dropped);
int xengt_ppgtt_resolve(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			uint64_t *resolved);

/*
 * XENGT_VGPU_IOC_ZAP: every entry not present, flush, every frame and table
 * released, and all later calls answer -ESTALE. Idempotent, cannot fail. Pages
 * of tables are kept, empty, until the last root is put. Returns how many
 * frames were released: none, and no table is ever freed, if the GPU is lost.
 */
uint64_t xengt_ppgtt_zap(struct xengt_ppgtt_tables *tables);

/* ---- for submission ---- */

/*
 * The table becomes the root of work in flight, until as many root_put()s: it
 * cannot be destroyed, and, at level 3, not be written. ret_pdp: what the
 * context's PDPs must be, at level 3 its four directories, else the table in the
 * first and 0. -ENOENT: no such table of this level.
 */
int xengt_ppgtt_root_get(struct xengt_ppgtt_tables *tables, uint32_t id,
			 uint32_t level, uint64_t ret_pdp[XENGT_PPGTT_PDPS]);
/* The GPU has left the context for good. Also after a zap. */
void xengt_ppgtt_root_put(struct xengt_ppgtt_tables *tables, uint32_t id);
/*
 * Which guest frame the address is in, in the space of this root. -EFAULT:
 * none, the GPU would fault or see scratch; -ENOENT: no such root.
 */
int xengt_ppgtt_walk(const struct xengt_ppgtt_tables *tables, uint32_t id,
		     uint64_t addr, xengt_gfn_t *ret_gfn);

#endif /* XENGT_BND_PPGTT_H */
