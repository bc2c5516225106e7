// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: holding frames in a PV dom0
 *
 * Xen holds a frame while a page table of dom0 maps the frame. The kernel's
 * page table entries of unpopulated pages are empty. The module sets these
 * entries by HYPERVISOR_mmu_update with the guest as the foreign domain.
 *
 * The module reads the machine frame number from the raw entry, because
 * pte_pfn() and similar functions return wrong numbers for foreign frames. The
 * module looks up the machine frame in Xen's machine-to-physical table (M2P),
 * which has the present guest frame number of each machine frame. By this table
 * the module also sees, without a hypercall, that the guest moved a frame or
 * gave a frame away.
 *
 * The bus address of a frame is its machine address if there is no IOMMU, if
 * the IOMMU is off for graphics, or if the IOMMU maps all RAM for dom0's
 * devices, which is Xen's default. With dom0-iommu=strict the IOMMU has no
 * mappings of foreign frames; src/boundary/way.c refuses such a dom0.
 */
#include <linux/mm.h>
#include <linux/sched.h>

#include <xen/page.h>
#include <xen/xen.h>
#include <asm/xen/hypercall.h>
#include <asm/xen/page.h>

#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "xengt_frames.h"
#include "xengt_gpu.h"
#include "xengt_way.h"

/*
 * The guest frame number of a machine frame, from the M2P. Returns ~0 if the
 * M2P has no entry for the machine frame.
 */
static unsigned long m2p(xengt_mfn_t frame)
{
	unsigned long mfn = xengt_mfn_x(frame);
	unsigned long gfn;

	if (mfn >= machine_to_phys_nr)
		return ~0ul;
	/* the table has holes where the machine has no RAM */
	if (xen_safe_read_ulong(&machine_to_phys_mapping[mfn], &gfn))
		return ~0ul;
	return gfn;
}

static void pv_look(struct xengt_frames *frames, u32 n)
{
	u32 i;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		f->is_current = m2p(f->mfn) == xengt_gfn_x(f->gfn);
	}
}

static int pv_place_init(struct xengt_frame *f, struct page *page)
{
	unsigned int level;

	f->pte = lookup_address((unsigned long)page_address(page), &level);
	if (WARN_ON_ONCE(!f->pte || level != PG_LEVEL_4K ||
			 READ_ONCE(f->pte->pte)))
		return -EIO;
	f->pte_maddr = arbitrary_virt_to_machine(f->pte).maddr;
	return 0;
}

static void pv_hold(struct xengt_frames *frames, u32 n)
{
	const pteval_t flags = _PAGE_PRESENT | _PAGE_RW | _PAGE_ACCESSED |
			       _PAGE_DIRTY | _PAGE_NX;
	struct mmu_update *updates = frames->work;
	u32 i;
	int r, done;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		updates[i].ptr = f->pte_maddr | MMU_NORMAL_PT_UPDATE;
		updates[i].val = (u64)xengt_gfn_x(f->gfn) << PAGE_SHIFT | flags;
	}

	/*
	 * Xen stops at the first frame that it refuses, so continue with the
	 * frame after the refused frame.
	 */
	for (i = 0; i < n; i += done + 1) {
		done = 0;
		r = HYPERVISOR_mmu_update(&updates[i], n - i, &done,
					  frames->domid);
		frames->counters.hypercalls++;
		if (r >= 0 || r == -ESRCH)
			break;	/* all frames are mapped, or the domain does not
				 * exist any more */
		cond_resched();
	}

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];
		pte_t pte = READ_ONCE(*f->pte);

		f->is_mapped = pte.pte & _PAGE_PRESENT;
		f->mfn = xengt_mfn(pte_mfn(pte));
		f->bus_page = xengt_mfn_x(f->mfn);
	}
	pv_look(frames, n);
}

static void pv_let_go(struct xengt_frames *frames, u32 n)
{
	struct mmu_update *updates = frames->work;
	u32 i;
	int r;

	for (i = 0; i < n; i++) {
		updates[i].ptr = frames->batch[i]->pte_maddr |
				 MMU_NORMAL_PT_UPDATE;
		updates[i].val = 0;
	}
	r = HYPERVISOR_mmu_update(updates, n, NULL, DOMID_SELF);
	frames->counters.hypercalls++;
	WARN_ONCE(r < 0, "xengt: cannot unmap guest frames: %d\n", r);
	for (i = 0; i < n; i++)
		frames->batch[i]->is_mapped = READ_ONCE(frames->batch[i]->pte->pte);
}

/*
 * Xen flushes TLBs before it gives a released frame to another domain, but not before
 * the module maps a new frame at the same address. So the module flushes the TLBs.
 */
static int pv_flush(struct xengt_frames *frames)
{
	struct mmuext_op op = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	int r = HYPERVISOR_mmuext_op(&op, 1, NULL, DOMID_SELF);

	frames->counters.hypercalls++;
	WARN_ONCE(r < 0, "xengt: cannot flush the TLB: %d\n", r);
	return r < 0 ? r : 0;
}

const struct xengt_way_ops xengt_way_pv = {
	.work_bytes = XENGT_GTT_BATCH * sizeof(struct mmu_update),
	.place_init = pv_place_init,
	.hold = pv_hold,
	.look = pv_look,
	.let_go = pv_let_go,
	.flush = pv_flush,
};
