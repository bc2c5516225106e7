// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IOMMU between the simulated PCI function and memory: translates bus
 * addresses as a VT-d unit would (Intel Virtualization Technology for Directed
 * I/O, chapters 3, 6 and 9: legacy mode, second level). The unit itself is the
 * machine's. The simulator reads the unit's registers by a callback of the
 * program that runs the simulator, and the unit's tables and invalidation queue
 * in machine memory.
 *
 * A translation that was used stays, as in a unit's own TLB, until the queue
 * has an invalidation that names it. This finds software that forgets to
 * invalidate.
 *
 * The unit is not asked at each access, because asking takes long. The unit is
 * asked if this file does not have the translation, or if the tables now differ
 * from the translation: only then the content of the queue matters.
 *
 * A translation that does not exist is not kept (the unit has no caching mode).
 */
#include "sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GSTS_TES	(1U << 31)	/* translation is enabled */
#define RTADDR_TTM	0xc00ULL	/* not 0: a mode other than the legacy
					 * mode */
#define ENTRY_ADDR	0xffffffffff000ULL
#define ENTRY_PRESENT	1ULL
#define CONTEXT_TT	0xcULL
#define CONTEXT_TT_PASS	0x8ULL
#define CONTEXT_AW(hi)	((hi) & 7)
#define CONTEXT_DID(hi)	((uint16_t)((hi) >> 8))
#define PTE_READ	1ULL
#define PTE_WRITE	2ULL
#define PTE_LARGE	0x80ULL

/* the queue: its size in descriptors, and their fields */
#define QUEUE_SIZE(iqa)	(256U << ((iqa) & 7))
#define DESC_TYPE	0xfULL
#define DESC_IOTLB	2U
#define DESC_BY(lo)	((lo) >> 4 & 3)
#define DESC_BY_PAGE	3U
#define DESC_BY_DOMAIN	2U
#define DESC_DID(lo)	((uint16_t)((lo) >> 16))
#define DESC_AM(hi)	((hi) & 0x3f)

#define TLB_ENTRIES	4096U

struct tlb_entry {
	uint64_t page;			/* number of the page on the bus */
	uint64_t target;		/* number of the page in the machine's
					 * memory */
	uint16_t did;
	uint8_t may;			/* PTE_READ | PTE_WRITE */
	bool is_valid;
};

struct sim_iommu {
	struct xengt_sim_unit unit;	/* the unit's registers as the callback
					 * gave them last */
	bool is_known;
	uint32_t head;			/* the next descriptor to look at */
	struct tlb_entry tlb[TLB_ENTRIES];
};

int sim_iommu_init(struct xengt_sim *sim)
{
	if (!sim->ops.iommu)
		return 0;
	sim->iommu = calloc(1, sizeof(*sim->iommu));
	return sim->iommu ? 0 : -ENOMEM;
}

void sim_iommu_forget(struct xengt_sim *sim)
{
	if (sim->iommu)
		memset(sim->iommu, 0, sizeof(*sim->iommu));
}

void sim_iommu_fini(struct xengt_sim *sim)
{
	free(sim->iommu);
	sim->iommu = NULL;
}

/* A word of the unit's own tables; 0 where there is no memory. */
static uint64_t read_word(struct xengt_sim *sim, uint64_t at)
{
	uint64_t *word = sim_region_at(sim, at);

	return word ? *(volatile uint64_t *)word : 0;
}

/* ---- the queue ---- */

static bool is_named(const struct tlb_entry *e, uint64_t lo, uint64_t hi)
{
	switch (DESC_BY(lo)) {
	case DESC_BY_PAGE:
		return e->did == DESC_DID(lo) &&
		       !((e->page ^ hi / XENGT_SIM_PAGE_BYTES) >> DESC_AM(hi));
	case DESC_BY_DOMAIN:
		return e->did == DESC_DID(lo);
	default:
		return true;
	}
}

static void obey(struct sim_iommu *u, uint64_t lo, uint64_t hi)
{
	if ((lo & DESC_TYPE) != DESC_IOTLB)
		return;
	for (unsigned int i = 0; i < TLB_ENTRIES; i++) {
		struct tlb_entry *e = &u->tlb[i];

		if (e->is_valid && is_named(e, lo, hi))
			e->is_valid = false;
	}
}

/*
 * Ask the unit, and carry out the descriptors that came into its queue since
 * the last question. If more descriptors came than the queue has room for, some
 * are missed: then a translation stays too long, and counts as stale. 0 or
 * -errno.
 */
static int ask(struct xengt_sim *sim)
{
	struct sim_iommu *u = sim->iommu;
	uint64_t base = u->unit.iqa & ENTRY_ADDR;
	uint32_t size, tail;
	int r = sim->ops.iommu(sim->opaque, &u->unit);

	if (r)
		return r;
	size = QUEUE_SIZE(u->unit.iqa);
	tail = (uint32_t)(u->unit.iqt >> 4) % size;
	if (!u->is_known || base != (u->unit.iqa & ENTRY_ADDR)) {
		/* the unit has a new queue: forget all translations */
		memset(u->tlb, 0, sizeof(u->tlb));
		u->is_known = true;
		u->head = tail;
	}
	base = u->unit.iqa & ENTRY_ADDR;
	for (; u->head != tail; u->head = (u->head + 1) % size)
		obey(u, read_word(sim, base + u->head * 16ULL),
		     read_word(sim, base + u->head * 16ULL + 8));
	return 0;
}

/* ---- the tables ---- */

static uint64_t walk_levels(struct xengt_sim *sim, uint64_t table,
			    unsigned int levels, uint64_t page, uint8_t *ret_may)
{
	uint8_t may = PTE_READ | PTE_WRITE;

	while (levels--) {
		unsigned int shift = 9 * levels;
		uint64_t pte = read_word(sim, (table & ENTRY_ADDR) +
					      8 * (page >> shift & 511));

		may &= pte;
		if (!may)
			break;
		table = pte;
		if (!levels || !(pte & PTE_LARGE))
			continue;
		*ret_may = may;
		return ((pte & ENTRY_ADDR) / XENGT_SIM_PAGE_BYTES & ~0ULL << shift) |
		       (page & ((1ULL << shift) - 1));
	}
	*ret_may = may;
	return (table & ENTRY_ADDR) / XENGT_SIM_PAGE_BYTES;
}

/* The page's translation, from the tables. 'may' is 0: there is none. */
static struct tlb_entry walk(struct xengt_sim *sim, uint64_t page)
{
	const struct xengt_sim_unit *unit = &sim->iommu->unit;
	struct tlb_entry e = { .page = page, .is_valid = true };
	uint64_t lo, hi, at = unit->rtaddr & ENTRY_ADDR;

	if (unit->rtaddr & RTADDR_TTM)
		return e;
	lo = read_word(sim, at + 16ULL * (unit->rid >> 8));
	if (!(lo & ENTRY_PRESENT))
		return e;
	at = (lo & ENTRY_ADDR) + 16ULL * (unit->rid & 0xff);
	lo = read_word(sim, at);
	hi = read_word(sim, at + 8);
	if (!(lo & ENTRY_PRESENT))
		return e;
	e.did = CONTEXT_DID(hi);
	if ((lo & CONTEXT_TT) == CONTEXT_TT_PASS) {
		e.target = page;
		e.may = PTE_READ | PTE_WRITE;
	} else if (!(lo & CONTEXT_TT) && CONTEXT_AW(hi) >= 1 && CONTEXT_AW(hi) <= 3) {
		unsigned int levels = CONTEXT_AW(hi) + 2;

		if (!(page >> 9 * levels))
			e.target = walk_levels(sim, lo, levels, page, &e.may);
	}
	return e;
}

/* ---- the translation ---- */

static bool is_same(const struct tlb_entry *a, const struct tlb_entry *b)
{
	return a->target == b->target && a->may == b->may && a->did == b->did;
}

/* The translation that the unit would use. 'may' is 0: there is none. */
static struct tlb_entry lookup(struct xengt_sim *sim, uint64_t page)
{
	struct sim_iommu *u = sim->iommu;
	struct tlb_entry *slot = &u->tlb[page % TLB_ENTRIES], now;

	if (slot->is_valid && slot->page == page) {
		now = walk(sim, page);
		if (is_same(&now, slot))
			return *slot;
	}
	if (ask(sim))
		return (struct tlb_entry){ .page = page };
	if (slot->is_valid && slot->page == page) {
		now = walk(sim, page);
		if (!is_same(&now, slot))
			sim->stats.iommu_stale++;
		return *slot;
	}
	if (!(u->unit.gsts & GSTS_TES))
		return (struct tlb_entry){ .page = page, .target = page,
					   .may = PTE_READ | PTE_WRITE };
	now = walk(sim, page);
	if (now.may)
		*slot = now;
	return now;
}

int sim_iommu_translate(struct xengt_sim *sim, uint64_t bus, bool write,
			uint64_t *ret_machine)
{
	struct tlb_entry e;

	if (!sim->iommu) {
		*ret_machine = bus;
		return 0;
	}
	e = lookup(sim, bus / XENGT_SIM_PAGE_BYTES);
	if (!(e.may & (write ? PTE_WRITE : PTE_READ))) {
		sim->stats.iommu_faults++;
		sim_log(sim, XENGT_SIM_LOG_WARN,
			"the IOMMU refuses a %s of 0x%llx", write ? "write" : "read",
			(unsigned long long)bus);
		return -EFAULT;
	}
	if (sim->iommu->unit.gsts & GSTS_TES) {
		sim->stats.iommu_translations++;
		sim->stats.iommu_moved += e.target != e.page;
	}
	*ret_machine = e.target * XENGT_SIM_PAGE_BYTES + bus % XENGT_SIM_PAGE_BYTES;
	return 0;
}
