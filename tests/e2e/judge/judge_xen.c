// SPDX-License-Identifier: GPL-2.0-only
#include "judge_priv.h"

#include <linux/mm.h>
#include <linux/slab.h>

#include <asm/pgtable.h>
#include <asm/xen/page.h>
#include <xen/interface/memory.h>
#include <xen/xen.h>

/*
 * M2P has no pages for holes in the machine's memory, so a read of M2P may
 * fault.
 */
unsigned long judge_m2p(unsigned long mfn)
{
	unsigned long gfn;

	if (mfn >= machine_to_phys_nr ||
	    xen_safe_read_ulong(&machine_to_phys_mapping[mfn], &gfn))
		return ~0UL;
	return gfn;
}

bool judge_is_dom0s(unsigned long mfn, unsigned long pfn)
{
	return pfn < xen_max_p2m_pfn && __pfn_to_mfn(pfn) == mfn;
}

int judge_prober_create(void)
{
	unsigned int level;
	int r;

	judge.prober = kvzalloc(sizeof(*judge.prober), GFP_KERNEL);
	if (!judge.prober)
		return -ENOMEM;
	r = xen_alloc_unpopulated_pages(BATCH, judge.prober->pages);
	if (r) {
		kvfree(judge.prober);
		judge.prober = NULL;
		return r;
	}
	for (unsigned int i = 0; i < BATCH; i++) {
		void *va = page_address(judge.prober->pages[i]);
		pte_t *pte = lookup_address((unsigned long)va, &level);

		if (!pte || level != PG_LEVEL_4K || pte->pte) {
			pr_err("page %u has no empty 4K entry\n", i);
			xen_free_unpopulated_pages(BATCH, judge.prober->pages);
			kvfree(judge.prober);
			judge.prober = NULL;
			return -EOPNOTSUPP;
		}
		judge.prober->ptes[i] = pte;
		judge.prober->pte_maddr[i] = arbitrary_virt_to_machine(pte).maddr;
	}
	return 0;
}

void judge_prober_destroy(void)
{
	if (!judge.prober)
		return;
	xen_free_unpopulated_pages(BATCH, judge.prober->pages);
	kvfree(judge.prober);
	judge.prober = NULL;
}

static void fill_calls(domid_t domid)
{
	for (unsigned int i = 0; i < judge.prober->n; i++) {
		struct multicall_entry *c = &judge.prober->calls[i];

		memset(c, 0, sizeof(*c));
		c->op = __HYPERVISOR_mmu_update;
		c->args[0] = (unsigned long)&judge.prober->updates[i];
		c->args[1] = 1;
		c->args[3] = domid;
	}
}

void judge_probe(domid_t domid)
{
	struct mmuext_op flush = { .cmd = MMUEXT_TLB_FLUSH_ALL };
	int r;

	for (unsigned int i = 0; i < judge.prober->n; i++) {
		judge.prober->updates[i].ptr = judge.prober->pte_maddr[i] |
			MMU_NORMAL_PT_UPDATE;
		judge.prober->updates[i].val = ((u64)judge.prober->gfns[i] << PAGE_SHIFT) |
			_PAGE_PRESENT | _PAGE_ACCESSED | _PAGE_NX;
	}
	fill_calls(domid);
	r = HYPERVISOR_multicall(judge.prober->calls, judge.prober->n);
	for (unsigned int i = 0; i < judge.prober->n; i++) {
		u64 raw = READ_ONCE(judge.prober->ptes[i]->pte);

		if (r)
			judge.prober->result[i] = r;
		else if (judge.prober->calls[i].result)
			judge.prober->result[i] = judge.prober->calls[i].result;
		else
			judge.prober->result[i] = (raw & XEN_PTE_MFN_MASK) >>
				PAGE_SHIFT;
		judge.prober->updates[i].val = 0;
	}
	fill_calls(DOMID_SELF);
	r = HYPERVISOR_multicall(judge.prober->calls, judge.prober->n);
	for (unsigned int i = 0; i < judge.prober->n; i++)
		if (WARN_ON_ONCE(r || judge.prober->calls[i].result ||
				 judge.prober->ptes[i]->pte))
			pr_err("cannot unmap: %d\n", r);
	if (HYPERVISOR_mmuext_op(&flush, 1, NULL, DOMID_SELF))
		pr_err_once("cannot flush the TLB\n");
}

long judge_count_pages(const struct judge_domain *d)
{
	domid_t domid = d->id;

	return HYPERVISOR_memory_op(XENMEM_current_reservation, &domid);
}
