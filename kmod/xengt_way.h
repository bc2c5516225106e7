/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ways of dom0: how the module has a guest's frame mapped and held, and what its
 * number on the bus is. Which way it is, src/boundary/way.c decides. xengt_frames.c
 * calls these functions for one vGPU at a time, and may sleep.
 */
#ifndef XENGT_WAY_H
#define XENGT_WAY_H

#include <linux/pgtable.h>

#include "way.h"
#include "xengt_priv.h"

struct page;

/*
 * A place: an address at which one frame can be mapped, and the frame that is
 * mapped there.
 */
struct xengt_frame {
	struct xengt_frame *next_free;
	void *addr;			/* address of the place */
	/* the next three are of xengt_way_pv.c */
	pte_t *pte;
	u64 pte_maddr;			/* machine address of *pte */
	xengt_mfn_t mfn;
	u64 bus_page;			/* number on the bus, while it is mapped */
	xengt_gfn_t gfn;
	u32 holds;
	bool is_mapped;			/* Xen holds a frame for this place */
	bool is_dirty;			/* a CPU's TLB may still have the frame
					 * that was mapped here before */
};

/* All mandatory. */
struct xengt_way_ops {
	/* Of the working space that frames->work points to. */
	size_t work_bytes;
	/* The unpopulated page becomes a place, which is not mapped. -EIO: it is not
	 * what the way needs. */
	int (*place_init)(struct xengt_frame *f, struct page *page);
	/*
	 * Have Xen map and hold the guest frames of frames->batch[0..n). Sets is_mapped
	 * and, where that is true, bus_page. Where Xen refuses, is_mapped is false.
	 */
	void (*hold)(struct xengt_frames *frames, u32 n);
	/*
	 * End that for frames->batch[0..n), all of them mapped. On return no device
	 * reaches them by their bus_page. Where Xen does not obey, is_mapped stays true.
	 */
	void (*let_go)(struct xengt_frames *frames, u32 n);
	/* Call it after let_go() and before such a place is used again. -errno: no. */
	int (*flush)(struct xengt_frames *frames);
	/* Is what hold() just mapped the frame that the guest has at f->gfn? */
	bool (*is_right)(const struct xengt_frame *f);
	/* Has the guest another frame at f->gfn by now, or none? True if unsure. */
	bool (*has_moved)(const struct xengt_frame *f);
};

extern const struct xengt_way_ops xengt_way_pv;		/* xengt_way_pv.c */

#endif /* XENGT_WAY_H */
