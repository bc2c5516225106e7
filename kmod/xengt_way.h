/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way consists of the functions by which the module has Xen map and hold a
 * guest's frames, and learns the frames' bus addresses. Each kind of dom0 has a
 * way; src/boundary/way.c chooses it. xengt_frames.c calls these functions for
 * one vGPU at a time, where sleeping is allowed.
 */
#ifndef XENGT_KMOD_WAY_H
#define XENGT_KMOD_WAY_H

#include <linux/pci.h>
#include <linux/pgtable.h>

#include "boundary/bnd_types.h"
#include "boundary/way.h"
#include "hw/platform.h"
#include "xengt_frames.h"
#include "xengt_gpu.h"

struct page;

/*
 * A place: an address at which one frame can be mapped, and the frame that is
 * mapped there.
 */
struct xengt_frame {
	struct xengt_frame *next_free;
	void *addr;			/* address of the place */
	union {
		struct {		/* xengt_way_pv.c */
			pte_t *pte;
			u64 pte_maddr;	/* machine address of *pte */
			xengt_mfn_t mfn;
		};
		xen_pfn_t pfn;		/* xengt_way_pvh.c: the place's frame
					 * number in dom0 */
	};
	u64 bus_page;			/* page number of the frame's bus
					 * address, while the frame is mapped */
	xengt_gfn_t gfn;
	u32 holds;
	bool is_mapped;			/* Xen holds a frame for this place */
	bool is_dirty;			/* a CPU's TLB may still have the frame
					 * that was mapped here before */
	bool is_current;		/* the guest had this frame at gfn when
					 * hold() or look() saw it last */
};

/* No member may be NULL. */
struct xengt_way_ops {
	/* Size of the work space at frames->work. */
	size_t work_bytes;
	/*
	 * Make a place from an unpopulated page; no frame is mapped at the
	 * place yet. Returns 0; -EIO: this way cannot use the page.
	 */
	int (*place_init)(struct xengt_frame *f, struct page *page);
	/*
	 * Have Xen map and hold the guest frames of frames->batch[0..n). For
	 * each frame sets is_mapped, false if Xen refused the frame; if true,
	 * sets bus_page and is_current, too.
	 */
	void (*hold)(struct xengt_frames *frames, u32 n);
	/*
	 * Look whether the guest still has the held frames of
	 * frames->batch[0..n) where they were. Sets is_current: false if the
	 * guest has another frame there, or none. A way that cannot tell two
	 * frames apart sets it to false only for "none".
	 */
	void (*look)(struct xengt_frames *frames, u32 n);
	/*
	 * Unmap and release frames->batch[0..n), which must all be mapped. On
	 * return no device reaches them by their bus_page. If Xen refuses a
	 * frame, its is_mapped stays true.
	 */
	void (*let_go)(struct xengt_frames *frames, u32 n);
	/*
	 * Call this after let_go() and before a place is used again. Returns 0;
	 * -errno: the places must not be used.
	 */
	int (*flush)(struct xengt_frames *frames);
};

extern const struct xengt_way_ops xengt_way_pv;		/* xengt_way_pv.c */
extern const struct xengt_way_ops xengt_way_pvh;	/* xengt_way_pvh.c */

/* xengt_way_find.c */

/* Choose the way of holding frames on this dom0. -ENODEV: there is none, and the reason
 * is in the log; -ENOMEM. */
int xengt_way_find(struct pci_dev *pdev, const struct xengt_platform *platform,
		   enum xengt_way *ret_way);
const struct xengt_way_ops *xengt_way_of(const struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_WAY_H */
