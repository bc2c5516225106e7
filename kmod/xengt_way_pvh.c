// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: holding frames in a PVH dom0
 *
 * Xen translates the frame numbers of a PVH dom0, for its processors and, by the IOMMU,
 * for its devices. XENMEM_add_to_physmap_range with the space gmfn_foreign puts a guest's
 * frame at a free frame number of dom0's, takes a reference to the frame, and maps it
 * for dom0's devices, readable and writable. So the bus address is that of
 * dom0's frame number. XENMEM_remove_from_physmap ends all three, and returns when the
 * IOMMU has forgotten the mapping; it takes one frame a call (Xen 4.17 to 4.20,
 * xen/arch/x86/mm/p2m.c, xen/common/memory.c). A frame number that is in use is refused,
 * so a place is emptied before it is used again.
 *
 * Nobody tells a PVH dom0 which machine frame that is. So the module cannot notice that
 * the guest moved a frame: it takes each one for moved when it is asked, which happens
 * when the worker got an INVALIDATE. All frames are then let go and held anew.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <asm/xen/hypercall.h>

#include "xengt_way.h"

struct work {
	xen_ulong_t gfns[XENGT_GTT_BATCH];
	xen_pfn_t pfns[XENGT_GTT_BATCH];
	int errs[XENGT_GTT_BATCH];
};

static int pvh_place_init(struct xengt_frame *f, struct page *page)
{
	f->pfn = page_to_pfn(page);
	return 0;
}

static void pvh_hold(struct xengt_frames *frames, u32 n)
{
	struct work *work = frames->work;
	struct xen_add_to_physmap_range range = {
		.domid = DOMID_SELF,
		.space = XENMAPSPACE_gmfn_foreign,
		.size = n,
		.foreign_domid = frames->domid,
	};
	u32 i;
	int r;

	for (i = 0; i < n; i++) {
		work->gfns[i] = xengt_gfn_x(frames->batch[i]->gfn);
		work->pfns[i] = frames->batch[i]->pfn;
		/* what Xen does not look at is not mapped */
		work->errs[i] = -EINVAL;
	}
	set_xen_guest_handle(range.idxs, work->gfns);
	set_xen_guest_handle(range.gpfns, work->pfns);
	set_xen_guest_handle(range.errs, work->errs);
	r = HYPERVISOR_memory_op(XENMEM_add_to_physmap_range, &range);
	frames->counters.hypercalls++;
	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		f->is_mapped = !work->errs[i];
		f->bus_page = f->pfn;
	}
	/* -ESRCH: the domain has gone */
	WARN_ONCE(r < 0 && r != -ESRCH, "xengt: cannot hold guest frames: %d\n", r);
}

static void pvh_let_go(struct xengt_frames *frames, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];
		struct xen_remove_from_physmap remove = {
			.domid = DOMID_SELF,
			.gpfn = f->pfn,
		};
		int r = HYPERVISOR_memory_op(XENMEM_remove_from_physmap, &remove);

		frames->counters.hypercalls++;
		f->is_mapped = r;
		WARN_ONCE(r, "xengt: cannot let go of a guest frame: %d\n", r);
		cond_resched();
	}
}

/* Xen has flushed the processors' TLBs, for they know the place by its frame number. */
static int pvh_flush(struct xengt_frames *frames)
{
	return 0;
}

static bool pvh_is_right(const struct xengt_frame *f)
{
	return true;
}

static bool pvh_has_moved(const struct xengt_frame *f)
{
	return true;
}

const struct xengt_way_ops xengt_way_pvh = {
	.work_bytes = sizeof(struct work),
	.place_init = pvh_place_init,
	.hold = pvh_hold,
	.let_go = pvh_let_go,
	.flush = pvh_flush,
	.is_right = pvh_is_right,
	.has_moved = pvh_has_moved,
};
