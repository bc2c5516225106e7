/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the page tables that the GPU walks for the contexts of one vGPU.
 *
 * Each table is a page that only the owner of this object writes. The caller
 * gives entries in the guest's terms: guest frames, or ids of other tables. A
 * word for each entry remembers what the caller gave:
 *
 *   level 1     as in gtt.h: EMPTY, MAPPED, UNRESOLVED, with the frame
 *   level 2-4   the id of the table below, or 0
 *
 * If the guest's entry is absent, the GPU's entry is absent, too: a context
 * that uses the address stops with a fault, as on hardware. If the guest's
 * entry names no RAM of the guest, the GPU's entry names the vGPU's scratch
 * page, read only.
 *
 * Large pages: the module keeps 4 KiB entries for each large page of the guest.
 * For a 2 MiB page they are in a table that the guest cannot name (a "split"
 * table), for 64 KiB pages in the guest's table. If their frames are contiguous
 * and aligned as the large page needs, the entry above is folded: it names a
 * 2 MiB page, or has bit 11 for 64 KiB pages, and the hardware reads no small
 * entry, or only every 16th. Before a small entry changes, the entry above is
 * unfolded. So the release of a frame never needs an allocation.
 *
 * The law is gtt.h's: first an entry stops naming a frame (or a table), then the
 * GPU's TLBs are flushed, then the frame (or table) is released. If the TLBs were
 * flushed after the last entry stopped naming a table, the table needs no flush.
 *
 * The module and the simulated GPU use the same code. It does not lock: the
 * caller serialises.
 */
#ifndef XENGT_BND_PPGTT_H
#define XENGT_BND_PPGTT_H

#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"

#define XENGT_PPGTT_PDPS	4	/* page directories of a 32-bit space */

struct xengt_ppgtt_table {
	/*
	 * page and words come from struct xengt_mem_ops: XENGT_PPGTT_ENTRIES
	 * elements each, zeroed
	 */
	uint64_t *page;			/* what the GPU walks */
	xengt_bus_t bus;		/* of that page */
	uint32_t *words;
	/* of ppgtt.c */
	uint32_t id;
	uint32_t refs;			/* entries that name it */
	uint32_t pins;			/* work in flight whose root it is */
	uint64_t unlinked_at;		/* flush epoch: ppgtt_priv.h */
	/* the one entry that may be folded, if several entries name the table */
	struct xengt_ppgtt_table *parent;
	uint16_t parent_index;
	uint8_t level;
	bool is_64k;
	bool is_split;
};

struct xengt_ppgtt_counters {
	uint64_t entries_written;	/* number of entries of all kinds that
					 * the guest wrote */
	uint64_t pages_scratched;	/* number of pages of 4 KiB that are
					 * present and have no RAM */
	uint64_t tlb_flushes;
	uint64_t folds;			/* how often small entries were made one
					 * of 64 KiB or 2 MiB */
	uint64_t frames_followed;	/* number of frames that the guest
					 * moved */
};

struct xengt_ppgtt_tables {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	bool has_64k;
	bool is_zapped;
	bool is_kept;			/* the GPU is lost, and may still walk tables */
	uint64_t scratch_pte;
	uint64_t epoch;			/* TLB flushes so far */
	struct xengt_ppgtt_table **by_id;	/* the caller's memory */
	struct xengt_ppgtt_table *empty;	/* for absent directories */
	uint32_t live;			/* tables, split ones included */
	uint32_t last_id;
	uint32_t pins;			/* of all tables */
	uint32_t mapped;		/* 4 KiB entries in state MAPPED */
	uint32_t unresolved;		/* 4 KiB entries in state UNRESOLVED */
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
 * by_id: XENGT_PPGTT_TABLES_MAX + 1 pointers, all NULL. by_id and hw must outlive
 * the object. *guest is copied; GGTT and page tables may hold the same frames.
 * scratch: the vGPU's own scratch page, which must outlive the last root_put().
 * -ENOMEM, or the error of xengt_pte_encode() for the scratch page.
 */
int xengt_ppgtt_tables_init(struct xengt_ppgtt_tables *tables,
			    const struct xengt_hw *hw,
			    const struct xengt_guest *guest,
			    xengt_bus_t scratch,
			    struct xengt_ppgtt_table **by_id);

/* XENGT_VGPU_IOC_PPGTT_CREATE, _DESTROY, _WRITE: the errors are the ioctls'.
 * -EIO: the GPU is lost (bnd_hw.h), and what the entries named before stays
 * held for good. */
int xengt_ppgtt_create(struct xengt_ppgtt_tables *tables, uint32_t level,
		       uint32_t flags, uint32_t *ret_id);
int xengt_ppgtt_destroy(struct xengt_ppgtt_tables *tables, uint32_t id);
int xengt_ppgtt_write(struct xengt_ppgtt_tables *tables, uint32_t id,
		      uint32_t first, const uint64_t *entries, uint32_t count,
		      uint32_t *ret_scratched);

/*
 * XENGT_VGPU_IOC_REVALIDATE for these tables. Each call handles one table, so
 * that other threads can work between the calls. Begin with *cursor = 0, and
 * repeat while the result is 1. Finish drop_moved for all tables and the GGTT
 * before the first resolve, because a frame stays held while one entry holds it.
 * Adds to *dropped the number of released frames, to *resolved the number of
 * entries that name RAM now. Returns 0: done; -ESTALE; resolve also: the error
 * of frames_get().
 */
int xengt_ppgtt_drop_moved(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			   uint64_t *dropped);
int xengt_ppgtt_resolve(struct xengt_ppgtt_tables *tables, uint32_t *cursor,
			uint64_t *resolved);

/*
 * XENGT_VGPU_IOC_ZAP: makes every entry absent, flushes, and releases every frame
 * and table. All later calls return -ESTALE. Idempotent, cannot fail. The pages
 * of tables stay, empty, until the last root is put. Returns the number of
 * released frames. If the GPU is lost, no frame and no table is ever released.
 */
uint64_t xengt_ppgtt_zap(struct xengt_ppgtt_tables *tables);

/* ---- for submission ---- */

/*
 * The table becomes the root of work in flight, until root_put() was called as
 * often as root_get(). Meanwhile it cannot be destroyed, and at level 3 it cannot
 * be written. ret_pdp: the values of the context's PDPs: at level 3 its four
 * directories, otherwise the table and three zeroes. -ENOENT: there is no such
 * table of this level.
 */
int xengt_ppgtt_root_get(struct xengt_ppgtt_tables *tables, uint32_t id,
			 uint32_t level, uint64_t ret_pdp[XENGT_PPGTT_PDPS]);
/* Called when the GPU has left the context for good, also after a zap. */
void xengt_ppgtt_root_put(struct xengt_ppgtt_tables *tables, uint32_t id);
/*
 * *ret_gfn: the guest frame behind an address of this root's space. -EFAULT: there
 * is none (the GPU would fault or read scratch); -ENOENT: no such root.
 */
int xengt_ppgtt_walk(const struct xengt_ppgtt_tables *tables, uint32_t id,
		     uint64_t addr, xengt_gfn_t *ret_gfn);

#endif /* XENGT_BND_PPGTT_H */
