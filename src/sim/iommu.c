// SPDX-License-Identifier: GPL-2.0-only
/*
 * The IOMMU between the simulated PCI function and memory: translates bus
 * addresses as a VT-d unit would (Intel Virtualization Technology for Directed
 * I/O, chapters 3, 6 and 9: legacy mode, second level). The machine has the
 * unit itself; this file simulates only its translations. This file reads the
 * unit's registers by a callback of the program that runs the simulator, and
 * reads the unit's tables and invalidation queue from machine memory.
 *
 * A translation that was used stays cached, as in the TLB of a real unit, until
 * the queue has an invalidation that names the translation. So software that
 * forgets an invalidation uses old translations, and tests find this mistake.
 *
 * Reading the unit's registers takes long, so this file does not read them at
 * each access. This file reads the registers if the translation is not cached,
 * or if the tables now differ from the cached translation: only in these cases
 * the content of the queue matters.
 *
 * The absence of a translation is not cached (the unit has no caching mode).
 */
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define GSTS_TES	(1U << 31)	/* translation is enabled */
#define RTADDR_TTM	0xc00ULL	/* these bits are not 0 in modes other
					 * than the legacy mode */
#define ENTRY_ADDR	0xffffffffff000ULL
#define ENTRY_PRESENT	1ULL
#define CONTEXT_TT	0xcULL
#define CONTEXT_TT_PASS	0x8ULL
#define CONTEXT_AW(hi)	((hi) & 7)
#define CONTEXT_DID(hi)	((uint16_t)((hi) >> 8))
#define PTE_READ	1ULL
#define PTE_WRITE	2ULL
#define PTE_LARGE	0x80ULL

/*
 * The invalidation queue: its size in descriptors, and the fields of a
 * descriptor.
 */
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
	uint32_t head;			/* index of the next descriptor to carry
					 * out */
	uint64_t *seen;			/* copy of the queue at the time of the
					 * last call of ask() */
	uint32_t size;			/* size of the queue in descriptors */
	struct tlb_entry tlb[TLB_ENTRIES];
	uint32_t asks;			/* number of calls of ask() */
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

/*
 * Reads a word of the unit's tables or queue; returns 0 if there is no memory
 * at the address.
 */
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

/* Returns word 0 or 1 of descriptor i. */
static uint64_t queue_word(struct xengt_sim *sim, uint32_t i, unsigned int word)
{
	uint64_t base = sim->iommu->unit.iqa & ENTRY_ADDR;

	return read_word(sim, base + i * 16ULL + 8 * word);
}

/*
 * Copy the queue. Returns true if a descriptor outside of [head, tail) has
 * changed.
 */
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

/*
 * Call this if the unit has another queue than before. Nothing is known about
 * that queue's past, so all translations are dropped.
 */
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
 * Read the unit's registers, and carry out the descriptors that were added to
 * its queue since the last call. If the queue has wrapped around since the last
 * call, some descriptors were overwritten; descriptors that changed outside of
 * [head, tail) show this. Then all translations are dropped, and iommu_laps
 * counts the event. Returns 0 or -errno.
 */
static int ask(struct xengt_sim *sim)
{
	struct sim_iommu *u = sim->iommu;
	uint64_t base = u->unit.iqa;
	uint32_t tail;
	int r;

	u->asks++;
	r = sim->ops.iommu(sim->opaque, &u->unit);

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

/*
 * Returns the page's translation according to the tables; 'may' is 0 if the
 * page has no translation.
 */
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

/*
 * Returns the translation that the unit would use for the page; 'may' is 0 if
 * the page has no translation.
 */
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

uint32_t sim_iommu_asks(const struct xengt_sim *sim)
{
	return sim->iommu ? sim->iommu->asks : 0;
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
