/* SPDX-License-Identifier: GPL-2.0-only */
/* The guest frames that the module holds for a vGPU. */
#ifndef XENGT_KMOD_FRAMES_H
#define XENGT_KMOD_FRAMES_H

#include <linux/list.h>
#include <linux/xarray.h>
#include <xen/interface/xen.h>

#include "boundary/bnd_types.h"

struct xengt_way_ops;
struct xengt_frame;

struct xengt_frames_counters {
	u64 held;		/* number of frames that are held now, without
				 * the anchor */
	u64 mapped;		/* ever */
	u64 released;		/* ever */
	u64 hypercalls;
};

struct xengt_frames {
	const struct xengt_way_ops *way_ops;
	domid_t domid;
	struct xarray held;	/* struct xengt_frame by gfn */
	struct list_head chunks;
	struct xengt_frame *free;
	struct xengt_frame *dirty;	/* places without a frame whose old
					 * frame a CPU's TLB may still have */
	/* frames that frames_keep() has kept: the oldest, and the last of the list */
	struct xengt_frame *kept;
	struct xengt_frame *kept_last;
	struct xengt_frame *anchor;
	struct xengt_frames_counters counters;
	/*
	 * range of XENGT_VGPU_IOC_OWN_FRAMES: the module does not take these
	 * frames for RAM
	 */
	u64 own_first;
	u32 own_count;
	/* work space of the call that is going on */
	void *work;			/* xengt_way_ops.work_bytes; NULL if
					 * frames_fini() was called */
	struct xengt_frame **batch;
};

/*
 * Bind to a domain and hold one page of it (the anchor), so that Xen does not
 * give the domain's number to another domain. Returns 0; -ESRCH: there is no
 * such domain, or it has no page where every HVM guest has one; -ENOMEM. On
 * error nothing is left.
 */
int xengt_frames_init(struct xengt_frames *frames,
		      const struct xengt_way_ops *way_ops, domid_t domid);
/*
 * Release the anchor and the address space for frames. No frame may be held.
 * Afterwards no frame can be mapped any more. May be called again.
 */
void xengt_frames_fini(struct xengt_frames *frames);
/*
 * These functions do what the ops of struct xengt_guest_ops with these names
 * do.
 */
int xengt_frames_get(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count, xengt_bus_t *ret_bus);
u32 xengt_frames_put(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count);
u32 xengt_frames_keep(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		      u32 count);
void xengt_frames_release(struct xengt_frames *frames, u32 count);
bool xengt_frames_has_moved(struct xengt_frames *frames, xengt_gfn_t gfn);
bool xengt_frames_look(struct xengt_frames *frames);
/*
 * The bytes of a held frame. The pointer is valid until the last hold of the
 * frame is put.
 */
void *xengt_frames_at(struct xengt_frames *frames, xengt_gfn_t gfn);

#endif /* XENGT_KMOD_FRAMES_H */
