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
				 * the anchor (xengt_frames_init()) */
	u64 mapped;		/* number of frames mapped since the vGPU's creation */
	u64 released;		/* number of frames released since the creation */
	u64 hypercalls;
};

struct xengt_frames {
	const struct xengt_way_ops *way_ops;
	domid_t domid;
	struct xarray held;	/* the held frames (struct xengt_frame); the
				 * index is the gfn */
	struct list_head chunks;
	struct xengt_frame *free;
	struct xengt_frame *dirty;	/* list of places that have no frame
					 * now, but whose old frame a CPU's TLB
					 * may still have */
	/*
	 * list of the frames that xengt_frames_keep() has kept: kept is the oldest
	 * frame, kept_last the newest
	 */
	struct xengt_frame *kept;
	struct xengt_frame *kept_last;
	struct xengt_frame *anchor;
	struct xengt_frames_counters counters;
	/*
	 * range of XENGT_VGPU_IOC_OWN_FRAMES: the module treats these frames as
	 * no RAM
	 */
	u64 own_first;
	u32 own_count;
	/* the following members are temporary memory for one call */
	void *work;			/* memory of the way's functions; its size is
					 * work_bytes of struct xengt_way_ops.
					 * NULL: xengt_frames_fini() was called */
	struct xengt_frame **batch;
};

/*
 * Bind *frames to a domain and hold one page of the domain (the anchor), so
 * that Xen does not give the domain's id to another domain. Returns 0;
 * -ESRCH: there is no such domain, or the domain has RAM at none of the
 * addresses where HVM guests have RAM; -ENOMEM. After an error *frames has no
 * memory and no frame.
 */
int xengt_frames_init(struct xengt_frames *frames,
		      const struct xengt_way_ops *way_ops, domid_t domid);
/*
 * Release the anchor and the memory for places. No frame may be held.
 * Afterwards *frames cannot hold frames any more. May be called again.
 */
void xengt_frames_fini(struct xengt_frames *frames);
/*
 * These functions implement the operations of struct xengt_guest_ops with
 * similar names; their contracts are in boundary/bnd_guest.h.
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
 * The CPU address of a held frame's bytes. The pointer is valid until the last
 * hold of the frame is put.
 */
void *xengt_frames_at(struct xengt_frames *frames, xengt_gfn_t gfn);

#endif /* XENGT_KMOD_FRAMES_H */
