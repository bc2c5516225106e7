// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: holding frames in a PVH dom0
 *
 * Xen translates the frame numbers of a PVH dom0: for the processors by page
 * tables, and for devices by the IOMMU. XENMEM_add_to_physmap_range with the space
 * gmfn_foreign does three things: it maps a guest's frame at a free frame number of
 * dom0, takes a reference to the frame, and maps the frame for dom0's devices,
 * readable and writable. So the bus address of the frame is the address of dom0's
 * frame number. XENMEM_remove_from_physmap undoes these three things for one frame
 * number, and returns after the IOMMU was flushed. Xen refuses to map a frame at a
 * frame number that is in use, so a place's frame is removed before the place gets
 * a new frame. (Xen 4.17 to 4.20, xen/arch/x86/mm/p2m.c, xen/common/memory.c.)
 *
 * A PVH dom0 cannot get the machine frame number of a guest frame. So look() gets
 * the type of memory at each gfn from Xen (HVMOP_get_mem_type; in
 * xen/arch/x86/hvm/hvm.c everything that is not RAM has the type HVMMEM_mmio_dm).
 * If the type is not RAM, the guest has given its frame away. If the guest has
 * given the frame away and then got another frame at the same gfn, look() cannot
 * see the difference. In this case the module holds the old frame, which no other
 * domain can get, until the guest changes its GPU entry.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include <xen/interface/xen.h>
#include <xen/interface/memory.h>
#include <xen/interface/hvm/hvm_op.h>
#include <asm/xen/hypercall.h>

#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "xengt_frames.h"
#include "xengt_gpu.h"
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

/*
 * Map the first n guest frames of work->gfns at the first n frame numbers of
 * work->pfns in dom0. Sets the first n elements of work->errs.
 */
static void add(struct xengt_frames *frames, u32 n)
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

	/*
	 * if Xen returns before it has handled a frame, the frame is not mapped
	 */
	for (i = 0; i < n; i++)
		work->errs[i] = -EINVAL;
	set_xen_guest_handle(range.idxs, work->gfns);
	set_xen_guest_handle(range.gpfns, work->pfns);
	set_xen_guest_handle(range.errs, work->errs);
	r = HYPERVISOR_memory_op(XENMEM_add_to_physmap_range, &range);
	frames->counters.hypercalls++;
	/* -ESRCH: the domain does not exist any more */
	WARN_ONCE(r < 0 && r != -ESRCH, "xengt: cannot hold guest frames: %d\n",
		  r);
}

static int remove(struct xengt_frames *frames, xen_pfn_t pfn)
{
	struct xen_remove_from_physmap remove = {
		.domid = DOMID_SELF,
		.gpfn = pfn,
	};
	int r = HYPERVISOR_memory_op(XENMEM_remove_from_physmap, &remove);

	frames->counters.hypercalls++;
	WARN_ONCE(r, "xengt: cannot release a guest frame: %d\n", r);
	cond_resched();
	return r;
}

static void pvh_hold(struct xengt_frames *frames, u32 n)
{
	struct work *work = frames->work;
	u32 i;

	for (i = 0; i < n; i++) {
		work->gfns[i] = xengt_gfn_x(frames->batch[i]->gfn);
		work->pfns[i] = frames->batch[i]->pfn;
	}
	add(frames, n);
	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		f->is_mapped = !work->errs[i];
		f->is_current = f->is_mapped;
#ifdef XENGT_FAULT_BUS_IS_GFN
		f->bus_page = xengt_gfn_x(f->gfn);
#else
		f->bus_page = f->pfn;
#endif
	}
}

static void pvh_let_go(struct xengt_frames *frames, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		f->is_mapped = remove(frames, f->pfn);
	}
}

/*
 * Each hypercall handles one frame. If Xen returns an error, is_current is not
 * changed, because an error does not mean that the guest has given the frame
 * away.
 */
static void pvh_look(struct xengt_frames *frames, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];
		struct xen_hvm_get_mem_type type = {
			.domid = frames->domid,
			.pfn = xengt_gfn_x(f->gfn),
		};
		int r = HYPERVISOR_hvm_op(HVMOP_get_mem_type, &type);

		frames->counters.hypercalls++;
		WARN_ONCE(r && r != -ESRCH,
			  "xengt: cannot get the memory type of a guest frame: %d\n", r);
		if (!r)
			f->is_current = type.mem_type != HVMMEM_mmio_dm;
	}
}

/*
 * Nothing to do: Xen has flushed the CPUs' TLBs when it removed the frame from
 * the place's frame number.
 */
static int pvh_flush(struct xengt_frames *frames)
{
	return 0;
}

const struct xengt_way_ops xengt_way_pvh = {
	.work_bytes = sizeof(struct work),
	.place_init = pvh_place_init,
	.hold = pvh_hold,
	.look = pvh_look,
	.let_go = pvh_let_go,
	.flush = pvh_flush,
};
