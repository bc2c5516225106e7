/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The GGTT of one vGPU: the state of the entries that the guest wrote, and the GPU's
 * entries.
 *
 * The module has one word for each graphics page of the vGPU's slices. The word has
 * the guest frame and the state of the entry:
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
 * In state MAPPED the GPU's entry points to a frame; in all other states the
 * GPU's entry points to the scratch page. The rule of this file: first the
 * entry is changed so that it does not point to the frame any more, then the
 * TLBs of the GPU and of its engines are flushed, then the frame is released.
 * The rule also holds when an entry gets another frame.
 *
 * The module and gpu_sim use the same code. The code calls only the operations of
 * struct xengt_hw and struct xengt_guest. The code takes no lock: the caller
 * serialises the calls.
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
	XENGT_PTE_ABSENT,	/* bit 0 is clear: the other bits have no
				 * meaning */
	XENGT_PTE_FRAME,	/* the entry points to guest frame *ret_gfn */
	XENGT_PTE_UNREACHABLE,	/* the entry is present, but a bit above the
				 * address is set, so it points to no frame */
};

/*
 * Decode a guest's entry. *ret_gfn (27 bits) is set only if the result is
 * XENGT_PTE_FRAME.
 */
enum xengt_pte_kind xengt_pte_decode(uint64_t pte, xengt_gfn_t *ret_gfn);

/*
 * *ret_pte gets the GPU's entry that points to this bus address. -EINVAL: the
 * address is not aligned to a page; -ERANGE: the address has too many bits for
 * an entry.
 */
int xengt_pte_encode(xengt_bus_t bus, uint64_t *ret_pte);

/* ---- slices ---- */

struct xengt_gtt_slice {
	uint32_t first;			/* number of the slice's first page of
					 * graphics memory */
	uint32_t count;			/* number of pages; 0: the vGPU does not
					 * have this slice */
};

enum { XENGT_GTT_LOW, XENGT_GTT_HIGH, XENGT_GTT_SLICES };

/*
 * Returns true if all pages of [first, first + count) are in the slices. first
 * and count may have any values. A range may cross from one slice to the other
 * if the slices are adjacent.
 */
bool xengt_gtt_contains(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
			uint32_t first, uint32_t count);

/* ---- the GGTT of a vGPU ---- */

struct xengt_gtt_counters {
	uint64_t entries_written;	/* number of entries that the guest
					 * wrote */
	uint64_t entries_scratched;	/* number of written entries that were
					 * present and pointed to no RAM */
	uint64_t tlb_flushes;
	uint64_t revalidations;
	uint64_t frames_followed;	/* number of frames that were released
					 * because the guest moved them */
};

struct xengt_gtt {
	const struct xengt_hw *hw;
	struct xengt_guest guest;
	struct xengt_gtt_slice slices[XENGT_GTT_SLICES];
	uint64_t scratch_pte;
	bool is_zapped;
	uint32_t *entries;		/* memory of the caller: one word for
					 * each page */
	uint32_t mapped;		/* number of entries in state MAPPED */
	uint32_t unresolved;		/* number of entries in state
					 * UNRESOLVED */
	struct xengt_gtt_counters counters;
	/* the following members are temporary memory for one call */
	xengt_gfn_t gfns[XENGT_GTT_BATCH];
	xengt_gfn_t old[XENGT_GTT_BATCH];
	uint32_t positions[XENGT_GTT_BATCH];
	uint16_t where[XENGT_GTT_BATCH];
	xengt_bus_t bus[XENGT_GTT_BATCH];
	uint64_t ptes[XENGT_GTT_BATCH];	/* 0: there is no entry for this
					 * frame */
};

/*
 * The number of elements that the array 'entries' of xengt_gtt_init() must
 * have.
 */
uint32_t
xengt_gtt_entries_needed(const struct xengt_gtt_slice slices[XENGT_GTT_SLICES]);

/*
 * Initialise *gtt. 'entries' is zeroed memory that must outlive the object. scratch is
 * the bus address of the vGPU's own scratch page; the GPU's entries of the slices do not
 * point to this page before xengt_gtt_point_all(). -EINVAL: the slices overlap,
 * or end beyond the GGTT; or the error of xengt_pte_encode() for the scratch
 * page. hw must outlive the object. The function copies *guest.
 */
int xengt_gtt_init(struct xengt_gtt *gtt, const struct xengt_hw *hw,
		   const struct xengt_guest *guest,
		   const struct xengt_gtt_slice slices[XENGT_GTT_SLICES],
		   xengt_bus_t scratch, uint32_t *entries);

/*
 * Set all of the GPU's entries of the slices to 'pte'. The function does not change the
 * array gtt->entries, so no word of this array may be in state MAPPED. Returns 0: no TLB
 * has an older entry; -EIO: the GPU is lost.
 */
int xengt_gtt_point_all(struct xengt_gtt *gtt, uint64_t pte);

/*
 * XENGT_VGPU_IOC_GGTT_WRITE: write 'count' of the guest's entries, from
 * graphics page 'first' on. *ret_scratched gets the number of entries that were
 * present but pointed to no RAM. ret_scratched may be NULL. -EINVAL, -ERANGE,
 * -ESTALE: see the ioctl; or the error of frames_get(). After these errors no
 * entry has changed. -EIO: the GPU is lost (bnd_hw.h), and the frames to which the
 * entries pointed earlier stay held for ever.
 */
int xengt_gtt_write(struct xengt_gtt *gtt, uint32_t first,
		    const uint64_t *entries, uint32_t count,
		    uint32_t *ret_scratched);

/*
 * *ret_gfn gets the held guest frame that the entry of a graphics page points
 * to. Returns false if the entry points to no frame.
 */
bool xengt_gtt_frame(const struct xengt_gtt *gtt, uint32_t page,
		     xengt_gfn_t *ret_gfn);

/*
 * Returns true if the entry of at least one page of [first, first + count) points to a held
 * guest frame. The pages must be in the slices.
 */
bool xengt_gtt_names_frames(const struct xengt_gtt *gtt, uint32_t first,
			    uint32_t count);

/*
 * XENGT_VGPU_IOC_REVALIDATE in two functions, so that other threads can work between
 * the calls. First call xengt_gtt_drop_moved(): entries whose frame moved get scratch,
 * and these frames are released; *ret_dropped is their number. 0, -ESTALE or -EIO.
 * Then call xengt_gtt_resolve(), first with *cursor = 0, while it returns 1:
 * each call tries again up to XENGT_GTT_BATCH entries that pointed to no RAM, and
 * adds to *ret_resolved the number of entries that point to RAM now. Returns 0: done;
 * -ESTALE; -EIO: the GPU is lost; or the error of frames_get(), and the call may be
 * repeated.
 */
int xengt_gtt_drop_moved(struct xengt_gtt *gtt, uint64_t *ret_dropped);
int xengt_gtt_resolve(struct xengt_gtt *gtt, uint32_t *cursor,
		      uint64_t *ret_resolved);

/*
 * XENGT_VGPU_IOC_ZAP: set every entry to scratch, flush the TLBs, and release every
 * frame. All later writes and revalidations return -ESTALE. The function cannot
 * fail; a second call does nothing. Returns the number of released frames. If the
 * GPU is lost, no frame is released and the result is 0.
 */
uint64_t xengt_gtt_zap(struct xengt_gtt *gtt);

#endif /* XENGT_GTT_H */
