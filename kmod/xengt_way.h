/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A way is a set of functions. By these functions the module lets Xen map and
 * hold a guest's frames, and gets the frames' bus addresses. There is a way for
 * each kind of dom0; src/boundary/way.c chooses the way. xengt_frames.c calls
 * the functions for one vGPU at a time, in code that may sleep.
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
 * A place: a kernel address at which one frame can be mapped. The struct also
 * describes the frame that is mapped at this address.
 */
struct xengt_frame {
	struct xengt_frame *next_free;
	void *addr;			/* kernel address of the place */
	union {
		struct {		/* used by xengt_way_pv.c */
			pte_t *pte;
			u64 pte_maddr;	/* machine address of *pte */
			xengt_mfn_t mfn;
		};
		xen_pfn_t pfn;		/* for xengt_way_pvh.c: the place's
					 * frame number in dom0 */
	};
	u64 bus_page;			/* page number of the mapped frame's bus
					 * address */
	xengt_gfn_t gfn;
	u32 holds;
	bool is_mapped;			/* a frame is mapped at this place, and
					 * Xen holds the frame */
	bool is_dirty;			/* no frame is mapped here, but a CPU's
					 * TLB may still have the frame that was
					 * mapped here before */
	bool is_current;		/* the guest had this frame at gfn when
					 * hold() or look() was last called */
};

/* No member may be NULL. */
struct xengt_way_ops {
	/* The size of the temporary memory frames->work, in bytes. */
	size_t work_bytes;
	/*
	 * Initialise a place from an unpopulated page. Afterwards no frame is
	 * mapped at the place. Returns 0; -EIO: this way cannot use the page.
	 */
	int (*place_init)(struct xengt_frame *f, struct page *page);
	/*
	 * Let Xen map and hold the guest frames of the first n places in
	 * frames->batch. For each place sets is_mapped: false if Xen refused
	 * the frame. If is_mapped is true, sets bus_page and is_current, too.
	 */
	void (*hold)(struct xengt_frames *frames, u32 n);
	/*
	 * For the first n places in frames->batch, look whether the guest still
	 * has the held frame at gfn. Sets is_current: false if the guest has
	 * another frame or no frame at gfn. A way that cannot see which frame
	 * the guest has sets is_current to false only if the guest has no frame
	 * at gfn.
	 */
	void (*look)(struct xengt_frames *frames, u32 n);
	/*
	 * Unmap and release the frames of the first n places in frames->batch.
	 * Each of these places must have a mapped frame. On return no device
	 * reaches a released frame by bus_page. If Xen refuses to release a
	 * frame, is_mapped of its place stays true.
	 */
	void (*let_go)(struct xengt_frames *frames, u32 n);
	/*
	 * Flush the CPUs' TLBs if this is necessary. Called after let_go() and
	 * before a place gets a new frame. Returns 0; -errno: the places of
	 * released frames must not be used again.
	 */
	int (*flush)(struct xengt_frames *frames);
};

extern const struct xengt_way_ops xengt_way_pv;		/* defined in xengt_way_pv.c */
extern const struct xengt_way_ops xengt_way_pvh;	/* defined in xengt_way_pvh.c */

/* The following functions are in xengt_way_find.c. */

/*
 * Choose the way to hold frames on this dom0. -ENODEV: no way works on this dom0, and the
 * function has logged the reason; -ENOMEM.
 */
int xengt_way_find(struct pci_dev *pdev, const struct xengt_platform *platform,
		   enum xengt_way *ret_way);
const struct xengt_way_ops *xengt_way_of(const struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_WAY_H */
