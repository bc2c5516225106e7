// SPDX-License-Identifier: GPL-2.0-only
/*
 * Accesses memory for the engines: through the GGTT, or through the page tables
 * of a context (walk.c). A store to a page whose entry has bit 1 (writable)
 * clear is dropped. If an entry of any level is not present, the fault
 * registers are filled and the engine stops.
 *
 * Each engine keeps its translations in a TLB until a command or a context
 * switch invalidates the TLB. No translation is evicted, so a forgotten
 * invalidation always has an effect. The whole TLB is emptied only when the TLB
 * would get more than SIM_TLB_PAGES_MAX entries, or when there is no memory for
 * more entries.
 *
 * Address bits above the bits that the tables translate are ignored.
 */
#include "sim/engine.h"
#include "sim/exec.h"
#include "sim/sim.h"
#include "sim/sim_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TLB_SLOTS_MIN	512U
#define TLB_GGTT	(1ULL << 52)	/* bit in a page's number: the page is
					 * in the GGTT's address space */

#define FAULT_VALID	0x001U
#define FAULT_GTT	0x800U		/* the access went through the GGTT */
#define FAULT_TLB_GTT	0x010U
#define REG_RING_FAULT	0x4094U
#define REG_TLB_DATA0	0x4b10U
#define REG_TLB_DATA1	0x4b14U

/* Numbers of the engines in the fault register. */
static const uint32_t fault_ids[SIM_ENGINES] = {
	[SIM_RCS] = 0, [SIM_VCS] = 1, [SIM_VECS] = 3, [SIM_BCS] = 4,
};

int sim_vm_init(struct sim_engine *e)
{
	e->tlb.slots = calloc(TLB_SLOTS_MIN, sizeof(*e->tlb.slots));
	e->tlb.n_slots = TLB_SLOTS_MIN;
	e->tlb.epoch = 1;
	return e->tlb.slots ? 0 : -ENOMEM;
}

void sim_vm_fini(struct sim_engine *e)
{
	free(e->tlb.slots);
	e->tlb.slots = NULL;
}

void sim_vm_flush(struct sim_engine *e)
{
	struct sim_tlb *tlb = &e->tlb;

	tlb->n_used = 0;
	if (++tlb->epoch == 0) {
		memset(tlb->slots, 0, tlb->n_slots * sizeof(*tlb->slots));
		tlb->epoch = 1;
	}
}

/* Returns the page's entry, or the free entry that the page would get. */
static struct sim_tlb_entry *tlb_slot(const struct sim_tlb *tlb, uint64_t page)
{
	uint32_t i = (uint32_t)(page * 0x9e3779b97f4a7c15ULL >> 32);

	for (;; i++) {
		struct sim_tlb_entry *t = &tlb->slots[i & (tlb->n_slots - 1)];

		if (t->epoch != tlb->epoch || t->page == page)
			return t;
	}
}

/* Double the size of the table. Returns 0 or -ENOMEM. */
static int tlb_grow(struct sim_tlb *tlb)
{
	struct sim_tlb bigger = {
		.n_slots = 2 * tlb->n_slots, .n_used = tlb->n_used, .epoch = 1,
	};

	bigger.slots = calloc(bigger.n_slots, sizeof(*bigger.slots));
	if (!bigger.slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < tlb->n_slots; i++) {
		struct sim_tlb_entry *t = &tlb->slots[i], *to;

		if (t->epoch != tlb->epoch)
			continue;
		to = tlb_slot(&bigger, t->page);
		*to = *t;
		to->epoch = bigger.epoch;
	}
	free(tlb->slots);
	*tlb = bigger;
	return 0;
}

/*
 * Make an entry for a page that has no entry. At least half of the slots stay
 * free.
 */
static struct sim_tlb_entry *tlb_add(struct sim_engine *e, uint64_t page)
{
	struct sim_tlb *tlb = &e->tlb;
	struct sim_tlb_entry *t;

	if (tlb->n_used == SIM_TLB_PAGES_MAX ||
	    (tlb->n_used == tlb->n_slots / 2 && tlb_grow(tlb)))
		sim_vm_flush(e);
	tlb->n_used++;
	t = tlb_slot(tlb, page);
	t->page = page;
	t->epoch = tlb->epoch;
	return t;
}

enum sim_space sim_vm_space(struct xengt_sim *sim, const struct sim_engine *e)
{
	if (sim_engine_is_execlist(sim, e))
		return SIM_PPGTT;
	return *sim_ring_reg(sim, e, RING_MODE) & MODE_PPGTT ?
		SIM_PPGTT : SIM_GGTT;
}

static void fault(struct xengt_sim *sim, struct sim_engine *e,
		  enum sim_space space, uint64_t addr, unsigned int level)
{
	uint32_t *reg = &sim->regs[REG_RING_FAULT / 4];

	e->stats.faults++;
	/* the first fault stays until software clears it */
	if (!(*reg & FAULT_VALID)) {
		*reg = FAULT_VALID | fault_ids[e->id] << 12 |
			(space == SIM_GGTT ? FAULT_GTT : 0) | level << 1;
		sim->regs[REG_TLB_DATA0 / 4] = (uint32_t)(addr >> 12);
		sim->regs[REG_TLB_DATA1 / 4] =
			(uint32_t)(addr >> 44 & 0xf) |
			(space == SIM_GGTT ? FAULT_TLB_GTT : 0);
	}
	sim_log(sim, XENGT_SIM_LOG_INFO,
		"engine %d: %s fault at 0x%llx, level %u, command at 0x%llx",
		(int)e->id, space == SIM_GGTT ? "GGTT" : "PPGTT",
		(unsigned long long)addr, level,
		(unsigned long long)e->cmd_addr);
	sim_engine_stop(sim, e, SIM_STOP_FAULT);
}

static struct sim_tlb_entry *lookup(struct xengt_sim *sim,
				    struct sim_engine *e, uint64_t addr,
				    unsigned int *ret_level)
{
	uint64_t page = addr / XENGT_SIM_PAGE_BYTES;
	struct sim_tlb_entry *t = tlb_slot(&e->tlb, page);
	struct sim_walk w;

	if (t->epoch == e->tlb.epoch)
		return t;
	sim_vm_walk(sim, e, addr, &w);
	if (sim->judge.hdr)
		sim_judge_check_tables(sim, addr, &w);
	*ret_level = w.level;
	if (!w.pte)
		return NULL;
	t = tlb_add(e, page);
	t->bus = w.pte & XENGT_SIM_PTE_ADDR;
	t->writable = w.pte & SIM_PTE_RW;
	t->host = sim_dma_ptr(sim, t->bus);
	t->n_tables = (uint8_t)w.n_tables;
	for (unsigned int i = 0; i < w.n_tables; i++)
		t->table[i] = (uint32_t)(w.table[i] / XENGT_SIM_PAGE_BYTES);
	return t;
}

/* Let the judge check the page that an entry of the TLB names. */
static void judge(struct xengt_sim *sim, struct sim_engine *e, uint64_t addr,
		  const struct sim_tlb_entry *t, bool write)
{
	struct sim_walk used = {
		.pte = t->bus | SIM_PTE_P, .n_tables = t->n_tables,
	};

	for (unsigned int i = 0; i < used.n_tables; i++)
		used.table[i] = t->table[i] * (uint64_t)XENGT_SIM_PAGE_BYTES;
	sim_judge_check_page(sim, e, addr, &used, write);
}

uint8_t *sim_vm_page(struct xengt_sim *sim, struct sim_engine *e,
		     enum sim_space space, uint64_t addr, bool write)
{
	struct sim_tlb_entry *t;
	unsigned int level;

	if (space != SIM_PPGTT || !sim_pci_is_master(sim))
		return NULL;
	if (!sim_vm_is_4_level(e))
		addr &= 0xffffffffULL;
	t = lookup(sim, e, addr & 0xffffffffffffULL, &level);
	if (!t || !t->host || (write && !t->writable))
		return NULL;
	sim->stats.gpu_accesses++;
	if (sim->judge.hdr)
		judge(sim, e, addr, t, write);
	return t->host;
}

static int ppgtt_touch(struct xengt_sim *sim, struct sim_engine *e,
		       uint64_t addr, void *buf, size_t len, bool write)
{
	unsigned int level = 0;
	struct sim_tlb_entry *t = lookup(sim, e, addr, &level);
	uint64_t bus;

	if (!t) {
		fault(sim, e, SIM_PPGTT, addr, level);
		return -EFAULT;
	}
	bus = t->bus | addr % XENGT_SIM_PAGE_BYTES;
	if (sim->judge.hdr)
		judge(sim, e, addr, t, write && t->writable);
	if (write && !t->writable)
		return 0;
	if (write)
		sim_lines_wrote(sim, bus);
	if (t->host && len > 8) {
		uint8_t *p = t->host + addr % XENGT_SIM_PAGE_BYTES;

		if (write)
			memcpy(p, buf, len);
		else
			memcpy(buf, p, len);
		return 0;
	}
	if (sim_dma(sim, bus, buf, len, write)) {
		/*
		 * there is no memory: the bus drops the access, and the engine
		 * continues
		 */
		sim->stats.dma_faults++;
		if (!write)
			memset(buf, 0, len);
	}
	return 0;
}

/*
 * Returns the translation that the engine uses for a page of the GGTT. With
 * XENGT_SIM_STRICT_CACHES the engine's own TLB caches the translations that
 * commands use, besides those of the context's PPGTT.
 */
static struct sim_xlat ggtt_xlat(struct xengt_sim *sim, struct sim_engine *e,
				 uint32_t index)
{
	uint64_t page = TLB_GGTT | index;
	struct sim_tlb_entry *t;
	struct sim_xlat x;

	if (!e->in_command || !sim_is_strict(sim, XENGT_SIM_STRICT_CACHES))
		return sim_ggtt_xlat(sim, index);
	t = tlb_slot(&e->tlb, page);
	if (t->epoch == e->tlb.epoch) {
		x.pte = t->bus | XENGT_SIM_PTE_PRESENT;
		x.is_stale = (sim->pte[index] ^ x.pte) &
			(XENGT_SIM_PTE_ADDR | XENGT_SIM_PTE_PRESENT);
		return x;
	}
	x = sim_ggtt_xlat(sim, index);
	if (x.pte & XENGT_SIM_PTE_PRESENT) {
		t = tlb_add(e, page);
		t->bus = x.pte & XENGT_SIM_PTE_ADDR;
	}
	return x;
}

static int ggtt_touch(struct xengt_sim *sim, struct sim_engine *e,
		      uint64_t addr, void *buf, size_t len, bool write)
{
	uint32_t index = (uint32_t)(addr / XENGT_SIM_PAGE_BYTES);
	struct sim_xlat x = ggtt_xlat(sim, e, index);
	uint64_t faults = sim->stats.gtt_faults;

	(void)sim_ggtt_touch_by(sim, addr, &x, buf, len, write, SIM_BY_GPU);
	if (write && x.pte & XENGT_SIM_PTE_PRESENT)
		sim_lines_wrote(sim, x.pte & XENGT_SIM_PTE_ADDR);
	if (sim->stats.gtt_faults == faults)
		return 0;
	fault(sim, e, SIM_GGTT, addr, 0);
	return -EFAULT;
}

int sim_vm_access(struct xengt_sim *sim, struct sim_engine *e,
		  enum sim_space space, uint64_t addr, void *buf, size_t len,
		  bool write)
{
	uint64_t mask = space == SIM_GGTT || !sim_vm_is_4_level(e) ?
		0xffffffffULL : 0xffffffffffffULL;
	uint8_t *p = buf;

	if (!sim_pci_is_master(sim)) {
		sim->stats.dma_blocked++;
		if (!write)
			memset(buf, 0, len);
		return 0;
	}
	while (len) {
		size_t room = XENGT_SIM_PAGE_BYTES -
			(size_t)(addr % XENGT_SIM_PAGE_BYTES);
		size_t n = len < room ? len : room;
		int r;

		addr &= mask;
		sim->stats.gpu_accesses++;
		r = space == SIM_GGTT ?
			ggtt_touch(sim, e, addr, p, n, write) :
			ppgtt_touch(sim, e, addr, p, n, write);
		if (r) {
			if (!write)
				memset(p, 0, len);
			return r;
		}
		addr += n;
		p += n;
		len -= n;
	}
	return 0;
}
