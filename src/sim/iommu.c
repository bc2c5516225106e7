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
#include "sim/sim.h"
#include "sim/sim_priv.h"

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
	uint64_t *seen;			/* the queue as the last ask() saw it */
	uint32_t size;			/* of the queue, in descriptors */
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
	if (!sim->iommu)
		return;
	free(sim->iommu->seen);
	memset(sim->iommu, 0, sizeof(*sim->iommu));
}

void sim_iommu_fini(struct xengt_sim *sim)
{
	sim_iommu_forget(sim);
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

static void forget_translations(struct sim_iommu *u)
{
	memset(u->tlb, 0, sizeof(u->tlb));
}

/* A word of descriptor i, 0 or 1. */
static uint64_t queue_word(struct xengt_sim *sim, uint32_t i, unsigned int word)
{
	uint64_t base = sim->iommu->unit.iqa & ENTRY_ADDR;

	return read_word(sim, base + i * 16ULL + 8 * word);
}

/* Copy the queue. Returns whether a descriptor outside of [head, tail) is new. */
static bool copy_queue(struct xengt_sim *sim, uint32_t tail)
{
	struct sim_iommu *u = sim->iommu;
	bool is_new = false;

	for (uint32_t i = 0; i < u->size; i++) {
		bool is_expected = (i - u->head) % u->size <
				   (tail - u->head) % u->size;

		for (unsigned int word = 0; word < 2; word++) {
			uint64_t now = queue_word(sim, i, word);

			is_new |= !is_expected && u->seen[2 * i + word] != now;
			u->seen[2 * i + word] = now;
		}
	}
	return is_new;
}

/* The unit has another queue, of which nothing is known: no translation stays. */
static int begin_queue(struct xengt_sim *sim, uint32_t tail)
{
	struct sim_iommu *u = sim->iommu;

	forget_translations(u);
	u->is_known = false;
	free(u->seen);
	u->size = QUEUE_SIZE(u->unit.iqa);
	u->seen = calloc(u->size, 16);
	if (!u->seen)
		return -ENOMEM;
	u->is_known = true;
	u->head = tail;
	(void)copy_queue(sim, tail);
	return 0;
}

/*
 * Ask the unit, and obey what came into its queue since the last time. If the queue
 * went all the way around since, which shows by new descriptors behind its tail, some
 * descriptors are lost. Then no translation stays, and iommu_laps counts that. 0 or
 * -errno.
 */
static int ask(struct xengt_sim *sim)
{
	struct sim_iommu *u = sim->iommu;
	uint64_t base = u->unit.iqa;
	uint32_t tail;
	int r = sim->ops.iommu(sim->opaque, &u->unit);

	if (r)
		return r;
	tail = (uint32_t)(u->unit.iqt >> 4) % QUEUE_SIZE(u->unit.iqa);
	if (!u->is_known || base != u->unit.iqa)
		return begin_queue(sim, tail);
	if (copy_queue(sim, tail)) {
		forget_translations(u);
		sim->stats.iommu_laps++;
	}
	for (; u->head != tail; u->head = (u->head + 1) % u->size)
		obey(u, queue_word(sim, u->head, 0), queue_word(sim, u->head, 1));
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

int sim_iommu_peek(struct xengt_sim *sim, uint64_t bus, bool write,
		   uint64_t *ret_machine)
{
	uint64_t stale = sim->stats.iommu_stale;
	struct tlb_entry e;

	if (!sim->iommu) {
		*ret_machine = bus;
		return 0;
	}
	e = lookup(sim, bus / XENGT_SIM_PAGE_BYTES);
	sim->stats.iommu_stale = stale;
	if (!(e.may & (write ? PTE_WRITE : PTE_READ)))
		return -EFAULT;
	*ret_machine = e.target * XENGT_SIM_PAGE_BYTES + bus % XENGT_SIM_PAGE_BYTES;
	return 0;
}
