/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GGTT of one vGPU: what its guest wrote, and what the GPU sees of it.
 *
 * For each graphics page of the vGPU's slices one word remembers the guest
 * frame and how far it got:
 *
 *            present, frame is RAM
 *   EMPTY ---------------------------> MAPPED --+ guest moved the frame,
 *     | ^                              ^ |      | or gave it away
 *     | | not present                  | |      v
 *     | +------------------------------|-+    MOVED (entry is scratch, the
 *     |                                |        |    hold is not yet put)
 *     |  present, frame is not RAM     |        | flush, put
 *     +-------------> UNRESOLVED ------+ <------+
 *                           tried again by revalidate
 *
 * Only in MAPPED does the GPU's entry name something else than the scratch
 * page. The law of this file: an entry stops naming a frame, then the TLBs of the
 * GPU and of its engines are flushed, then the frame is released; also when one frame
 * replaces another.
 *
 * The same code is the module's and the simulated GPU's. It reaches the world
 * through struct xengt_hw and struct xengt_guest. It does not lock: the caller
 * serialises.
 */
#ifndef XENGT_GTT_H
#define XENGT_GTT_H

#include "bnd_guest.h"
#include "bnd_hw.h"
#include "bnd_types.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#define XENGT_GTT_BATCH		XENGT_GGTT_WRITE_MAX

/* ---- entries ---- */

enum xengt_pte_kind {
	XENGT_PTE_ABSENT,	/* bit 0 clear: the rest means nothing */
	XENGT_PTE_FRAME,	/* names guest frame *ret_gfn */
	XENGT_PTE_UNREACHABLE,	/* present, but with bits above the address */
};

/* What a guest's entry says. *ret_gfn (27 bits) for XENGT_PTE_FRAME only. */
enum xengt_pte_kind xengt_pte_decode(uint64_t pte, xengt_gfn_t *ret_gfn);

/*
 * The entry that makes the GPU use this bus address. -EINVAL: not aligned to a
 * page; -ERANGE: beyond what an entry can name.
 */
int xengt_pte_encode(xengt_bus_t bus, uint64_t *ret_pte);

/* ---- slices ---- */

struct xengt_gtt_slice {
	uint32_t first;			/* graphics page */
	uint32_t count;			/* pages; 0: no such slice */
};

enum { XENGT_GTT_LOW, XENGT_GTT_HIGH, XENGT_GTT_SLICES };

/*
 * Are all pages of [first, first + count) in the slices? Any values are fine.
 * A range may go from one slice into the other where they touch.
 */
bool xengt_gtt_contains(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
			uint32_t first, uint32_t count);

/* ---- the GGTT of a vGPU ---- */

struct xengt_gtt_counters {
	uint64_t entries_written;	/* by the guest, all kinds */
	uint64_t entries_scratched;	/* of those, present but not RAM */
	uint64_t tlb_flushes;
	uint64_t revalidations;
	uint64_t frames_followed;	/* frames that the guest moved */
};

struct xengt_gtt {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	struct xengt_gtt_slice slices[XENGT_GTT_SLICES];
	uint64_t scratch_pte;
	bool is_zapped;
	uint32_t *entries;		/* the caller's memory, a word a page */
	uint32_t mapped;		/* entries in each of these states */
	uint32_t unresolved;
	struct xengt_gtt_counters counters;
	/* working space of one call */
	xengt_gfn_t gfns[XENGT_GTT_BATCH];
	xengt_gfn_t old[XENGT_GTT_BATCH];
	uint32_t positions[XENGT_GTT_BATCH];
	uint16_t where[XENGT_GTT_BATCH];
	xengt_bus_t bus[XENGT_GTT_BATCH];
	uint64_t ptes[XENGT_GTT_BATCH];	/* 0: none */
};

/* How many uint32_t xengt_gtt_init() needs for these slices. */
uint32_t
xengt_gtt_entries_needed(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES]);

/*
 * 'entries' is zeroed memory that outlives the object. scratch: the vGPU's own
 * scratch page; xengt_gtt_point_all() makes the GPU's entries of the slices name it.
 * -EINVAL: the slices overlap, or run over the end; else what xengt_pte_encode() said
 * of the scratch page. hw outlives the object; *guest is copied.
 */
int xengt_gtt_init(struct xengt_gtt *gtt, const struct xengt_hw *hw,
		   const struct xengt_guest *guest,
		   const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		   xengt_bus_t scratch, uint32_t *entries);

/*
 * Every entry of the slices becomes 'pte', on the GPU alone: no entry may name a frame of
 * the guest. 0, and then the GPU uses no older entry; -EIO: the GPU is lost.
 */
int xengt_gtt_point_all(struct xengt_gtt *gtt, uint64_t pte);

/*
 * XENGT_VGPU_IOC_GGTT_WRITE: 'count' guest entries from graphics page 'first'.
 * *ret_scratched (may be NULL): how many were present but not RAM.
 * -EINVAL, -ERANGE, -ESTALE as there; else what frames_get() said. On these errors
 * no entry has changed. -EIO: the GPU is lost (bnd_hw.h), and what the entries named
 * before stays held for good.
 */
int xengt_gtt_write(struct xengt_gtt *gtt, uint32_t first,
		    const uint64_t *entries, uint32_t count,
		    uint32_t *ret_scratched);

/* The held guest frame that a graphics page names; false: there is none. */
bool xengt_gtt_frame(const struct xengt_gtt *gtt, uint32_t page,
		     xengt_gfn_t *ret_gfn);

/*
 * XENGT_VGPU_IOC_REVALIDATE in two halves, so that a caller may let others in
 * between. First xengt_gtt_drop_moved(): entries whose frame moved become
 * scratch, and the frames are released; 0, -ESTALE or -EIO, *ret_dropped frames.
 * Then xengt_gtt_resolve(), from *cursor = 0 until it returns other than 1: up
 * to one batch of entries that name no RAM is tried again, *ret_resolved is
 * increased by those that do now. 0: done; -ESTALE; -EIO: the GPU is lost; else what
 * frames_get() said, and the call may be repeated.
 */
int xengt_gtt_drop_moved(struct xengt_gtt *gtt, uint64_t *ret_dropped);
int xengt_gtt_resolve(struct xengt_gtt *gtt, uint32_t *cursor,
		      uint64_t *ret_resolved);

/*
 * XENGT_VGPU_IOC_ZAP: every entry to scratch, flush, every frame released, and
 * all later calls answer -ESTALE. Idempotent, cannot fail. Returns how many
 * frames were released: none if the GPU is lost.
 */
uint64_t xengt_gtt_zap(struct xengt_gtt *gtt);

#endif /* XENGT_GTT_H */
