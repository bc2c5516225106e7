/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps the GGTT of one vGPU: the entries that its guest wrote, and the GPU's
 * entries.
 *
 * For each graphics page of the vGPU's slices one word has the guest frame and
 * the state of the entry:
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
 * Only in state MAPPED the GPU's entry names a frame; in other states it names the
 * scratch page. The law of this file: first an entry stops naming a frame, then the
 * TLBs of the GPU and of its engines are flushed, then the frame is released. The law
 * also holds when one frame replaces another.
 *
 * The module and the simulated GPU use the same code. It calls only the operations
 * of struct xengt_hw and struct xengt_guest. It does not lock: the caller
 * serialises.
 */
#ifndef XENGT_GTT_H
#define XENGT_GTT_H

#include "boundary/bnd_guest.h"
#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#define XENGT_GTT_BATCH		XENGT_GGTT_WRITE_MAX

/* ---- entries ---- */

enum xengt_pte_kind {
	XENGT_PTE_ABSENT,	/* bit 0 clear: the other bits mean nothing */
	XENGT_PTE_FRAME,	/* names guest frame *ret_gfn */
	XENGT_PTE_UNREACHABLE,	/* present, but with bits above the address */
};

/* Decode a guest's entry. Sets *ret_gfn (27 bits) only for XENGT_PTE_FRAME. */
enum xengt_pte_kind xengt_pte_decode(uint64_t pte, xengt_gfn_t *ret_gfn);

/*
 * The entry that makes the GPU use this bus address. -EINVAL: not aligned to a
 * page; -ERANGE: no entry can name an address so high.
 */
int xengt_pte_encode(xengt_bus_t bus, uint64_t *ret_pte);

/* ---- slices ---- */

struct xengt_gtt_slice {
	uint32_t first;			/* graphics page */
	uint32_t count;			/* number of pages; 0: no such slice */
};

enum { XENGT_GTT_LOW, XENGT_GTT_HIGH, XENGT_GTT_SLICES };

/*
 * Are all pages of [first, first + count) in the slices? first and count may
 * have any values. A range may go from one slice into the other where they
 * touch.
 */
bool xengt_gtt_contains(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
			uint32_t first, uint32_t count);

/* ---- the GGTT of a vGPU ---- */

struct xengt_gtt_counters {
	uint64_t entries_written;	/* number of entries of all kinds that
					 * the guest wrote */
	uint64_t entries_scratched;	/* those that are present and name no
					 * RAM */
	uint64_t tlb_flushes;
	uint64_t revalidations;
	uint64_t frames_followed;	/* number of frames that the guest
					 * moved */
};

struct xengt_gtt {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	struct xengt_gtt_slice slices[XENGT_GTT_SLICES];
	uint64_t scratch_pte;
	bool is_zapped;
	uint32_t *entries;		/* the caller's memory, a word a page */
	uint32_t mapped;		/* entries in state MAPPED */
	uint32_t unresolved;		/* entries in state UNRESOLVED */
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
 * -EINVAL: the slices overlap, or end beyond the GGTT; or the error of
 * xengt_pte_encode() for the scratch page. hw must outlive the object; *guest is copied.
 */
int xengt_gtt_init(struct xengt_gtt *gtt, const struct xengt_hw *hw,
		   const struct xengt_guest *guest,
		   const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		   xengt_bus_t scratch, uint32_t *entries);

/*
 * Set all of the GPU's entries of the slices to 'pte'. The words stay, so no entry may
 * name a frame of the guest. Returns 0: the GPU uses no older entry; -EIO: the GPU is
 * lost.
 */
int xengt_gtt_point_all(struct xengt_gtt *gtt, uint64_t pte);

/*
 * XENGT_VGPU_IOC_GGTT_WRITE: 'count' guest entries from graphics page 'first'.
 * *ret_scratched: the number of entries that were present but named no RAM;
 * ret_scratched NULL: the caller does not need it. -EINVAL, -ERANGE, -ESTALE:
 * see the ioctl; or the error of frames_get(). After these errors no entry has
 * changed. -EIO: the GPU is lost (bnd_hw.h), and the frames that the entries
 * named before stay held for ever.
 */
int xengt_gtt_write(struct xengt_gtt *gtt, uint32_t first,
		    const uint64_t *entries, uint32_t count,
		    uint32_t *ret_scratched);

/* The held guest frame that a graphics page names; false: there is none. */
bool xengt_gtt_frame(const struct xengt_gtt *gtt, uint32_t page,
		     xengt_gfn_t *ret_gfn);

/*
 * Does an entry of [first, first + count) name a held guest frame? The pages must be in
 * the slices.
 */
bool xengt_gtt_names_frames(const struct xengt_gtt *gtt, uint32_t first,
			    uint32_t count);

/*
 * XENGT_VGPU_IOC_REVALIDATE in two functions, so that other threads can work between
 * the calls. First call xengt_gtt_drop_moved(): entries whose frame moved get scratch,
 * and these frames are released; *ret_dropped is their number. 0, -ESTALE or -EIO.
 * Then call xengt_gtt_resolve(), first with *cursor = 0, while it returns 1:
 * each call tries again up to XENGT_GTT_BATCH entries that named no RAM, and
 * adds to *ret_resolved the number of entries that name RAM now. Returns 0: done;
 * -ESTALE; -EIO: the GPU is lost; or the error of frames_get(), and the call may be
 * repeated.
 */
int xengt_gtt_drop_moved(struct xengt_gtt *gtt, uint64_t *ret_dropped);
int xengt_gtt_resolve(struct xengt_gtt *gtt, uint32_t *cursor,
		      uint64_t *ret_resolved);

/*
 * XENGT_VGPU_IOC_ZAP: makes every entry name scratch, flushes, and releases every
 * frame. All later calls return -ESTALE. Idempotent, cannot fail. Returns the number
 * of released frames: 0 if the GPU is lost.
 */
uint64_t xengt_gtt_zap(struct xengt_gtt *gtt);

#endif /* XENGT_GTT_H */
