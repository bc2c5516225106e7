// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads the owner of a machine frame from Xen's own structures in machine memory.
 *
 * The following facts hold for Xen on x86 without CONFIG_BIGMEM. These facts
 * are the same in RELEASE-4.17.6, 4.20.3 and 4.22.0:
 *
 * - xen/arch/x86/include/asm/config.h: slot 258 of a level 4 table names the
 *   table itself (LINEAR_PT_VIRT_START); slot 261 maps the M2P table
 *   (RDWR_MPT_VIRT_START, a word of 8 bytes a frame), Xen's image
 *   (XEN_VIRT_START) and the frame table (FRAMETABLE_VIRT_START); slot 262
 *   begins the direct map.
 * - xen/arch/x86/x86_64/mm.c, paging_init(): slot 258 of idle_pg_table, which
 *   is in Xen's image, also names the table itself. Xen never frees this table.
 *   xen/arch/x86/xen.lds.S: the image has at most 16 MiB.
 * - xen/arch/x86/include/asm/mm.h, struct page_info: 32 bytes; count_info at 8,
 *   v.inuse._domain (32 bits, the PDX of struct domain; 0: nobody) at 24.
 *   PGC_xen_heap is bit 62, PGC_state bits 59:58 (3: free). The count of
 *   references is the low part of count_info: 54 bits, or more in later
 *   versions (the only difference between these three versions). v.inuse is
 *   valid while the count of references is not 0.
 * - xen/include/xen/sched.h, struct domain: domain_id (16 bits) is the first
 *   member. A struct domain is in a page of Xen's heap (alloc_domain_struct()).
 * - xen/arch/x86/x86_64/mm.c, subarch_init_memory(): the pages of the M2P table
 *   belong to DOMID_XEN (xen/include/public/xen.h).
 * - xen/include/xen/pdx.h: without compression a PDX is a frame number. A
 *   machine has compression only if its memory has large gaps;
 *   is_layout_known() refuses such a machine, because there the owner of the
 *   M2P table's pages does not seem to be DOMID_XEN.
 */
#include "sim/xen_memory.h"
#include "sim/sim.h"

#include "sim/sim_priv.h"

#include <string.h>

#define SLOT_LINEAR	258U
#define SLOT_M2P	261U
#define SLOT_DIRECTMAP	262U
#define M2P_AT		0xffff828000000000ULL
#define IMAGE_AT	0xffff82d040000000ULL
#define IMAGE_BYTES	(16ULL << 20)
#define FRAMETABLE_AT	0xffff82e000000000ULL
#define PAGE_INFO_BYTES	32U
#define COUNT_INFO	8U
#define OWNER		24U
#define PGC_XEN_HEAP	(1ULL << 62)
#define PGC_STATE	(3ULL << 58)
#define PGC_STATE_FREE	(3ULL << 58)
#define PGC_COUNT	((1ULL << 54) - 1)
#define DOMID_XEN	0x7ff2U
#define DOMID_DOM0	0U
#define NO_GFN		(1ULL << 40)	/* M2P entries from this value on name
					 * no guest frame (INVALID_M2P_ENTRY and
					 * others) */

#define PTE_PRESENT	1ULL
#define PTE_LARGE	0x80ULL
#define PTE_ADDR	0xffffffffff000ULL
#define FRAMES_MAX	(4ULL << 20)	/* number of frames that are searched
					 * (16 GiB); one of them must belong to
					 * dom0 */

typedef uint64_t __attribute__((may_alias)) word64;
typedef uint32_t __attribute__((may_alias)) word32;
typedef uint16_t __attribute__((may_alias)) word16;

/*
 * Reads a word of machine memory, which Xen may write at the same time. Returns
 * false if there is no memory at this address.
 */
static bool read_word(struct xengt_sim *sim, uint64_t at, uint64_t *ret_val)
{
	void *host = sim_region_at(sim, at);

	if (host)
		*ret_val = *(volatile word64 *)host;
	return host;
}

/*
 * Translates a virtual address of Xen to a machine address. Returns false if
 * the address is not mapped.
 */
static bool walk(struct xengt_sim *sim, uint64_t root, uint64_t addr,
		 uint64_t *ret_machine)
{
	uint64_t table = root, pte;

	for (unsigned int shift = 39; shift >= 12; shift -= 9) {
		uint64_t mask = (1ULL << shift) - 1;

		if (!read_word(sim, table + 8 * (addr >> shift & 511), &pte) ||
		    !(pte & PTE_PRESENT))
			return false;
		table = pte & PTE_ADDR;
		if (shift == 12 || (shift < 39 && (pte & PTE_LARGE))) {
			*ret_machine = (table & ~mask) | (addr & mask);
			return true;
		}
	}
	return false;
}

/*
 * Reads the struct page_info of a frame: count_info, and the owner's PDX.
 * Returns false if Xen has no struct page_info for the frame.
 */
static bool read_info(struct xengt_sim *sim, uint64_t root, uint64_t mfn,
		      uint64_t *ret_count, uint32_t *ret_owner)
{
	uint64_t at;
	uint8_t *host;

	if (mfn >= FRAMES_MAX ||
	    !walk(sim, root, FRAMETABLE_AT + mfn * PAGE_INFO_BYTES, &at))
		return false;
	host = sim_region_at(sim, at);
	if (!host)
		return false;
	*ret_count = *(volatile word64 *)(void *)(host + COUNT_INFO);
	*ret_owner = *(volatile word32 *)(void *)(host + OWNER);
	return true;
}

static bool is_in_use(uint64_t count)
{
	return (count & PGC_COUNT) && (count & PGC_STATE) != PGC_STATE_FREE;
}

/*
 * Reads the id of the domain whose struct domain is in the frame pdx. Returns
 * false if the frame has no struct domain.
 */
static bool read_domid(struct xengt_sim *sim, uint64_t root, uint32_t pdx,
		       uint16_t *ret_domid)
{
	void *host = sim_region_at(sim, (uint64_t)pdx * XENGT_SIM_PAGE_BYTES);
	uint64_t count;
	uint32_t owner;

	if (!host || !read_info(sim, root, pdx, &count, &owner) ||
	    !(count & PGC_XEN_HEAP) || (count & PGC_STATE) == PGC_STATE_FREE)
		return false;
	*ret_domid = *(volatile word16 *)host;
	return true;
}

static void look(struct xengt_sim *sim, uint64_t root, uint64_t mfn,
		 struct sim_xen_frame *f)
{
	uint64_t count, at;
	uint32_t owner;

	memset(f, 0, sizeof(*f));
	if (!read_info(sim, root, mfn, &count, &owner) || !is_in_use(count) || !owner)
		return;
	f->has_owner = read_domid(sim, root, owner, &f->domid);
	if (!f->has_owner || !walk(sim, root, M2P_AT + 8 * mfn, &at) ||
	    !read_word(sim, at, &f->gfn))
		return;
	f->has_gfn = f->gfn < NO_GFN;
}

/* ---- the search ---- */

static bool is_level_4(struct xengt_sim *sim, uint64_t at)
{
	uint64_t linear, m2p, directmap;

	return read_word(sim, at + 8 * SLOT_LINEAR, &linear) &&
	       read_word(sim, at + 8 * SLOT_M2P, &m2p) &&
	       read_word(sim, at + 8 * SLOT_DIRECTMAP, &directmap) &&
	       (linear & PTE_PRESENT) && (linear & PTE_ADDR) == at &&
	       (m2p & PTE_PRESENT) && (directmap & PTE_PRESENT);
}

/*
 * Returns true if the structures of Xen have the layout that this file assumes.
 * The test: the owner of the M2P table's first page must be DOMID_XEN, and dom0
 * must own a frame for which the M2P table names a guest frame.
 */
static bool is_layout_known(struct xengt_sim *sim, uint64_t root)
{
	struct sim_xen_frame f;
	uint64_t m2p;

	if (!walk(sim, root, M2P_AT, &m2p))
		return false;
	look(sim, root, m2p / XENGT_SIM_PAGE_BYTES, &f);
	if (!f.has_owner || f.domid != DOMID_XEN)
		return false;
	for (uint64_t mfn = 0; mfn < FRAMES_MAX; mfn++) {
		look(sim, root, mfn, &f);
		if (f.has_owner && f.domid == DOMID_DOM0 && f.has_gfn)
			return true;
	}
	return false;
}

/*
 * Each domain's level 4 table maps Xen's image, and the image contains the
 * level 4 table that Xen never frees. Returns the machine address of that
 * table; 0 if 'table' is not a table of Xen, or if the layout is not known.
 * *refused: the table whose layout was refused last, which is not checked
 * again.
 */
static uint64_t root_by(struct xengt_sim *sim, uint64_t table, uint64_t *refused)
{
	for (uint64_t off = 0; off < IMAGE_BYTES; off += XENGT_SIM_PAGE_BYTES) {
		uint64_t at;

		if (!walk(sim, table, IMAGE_AT + off, &at) || !is_level_4(sim, at))
			continue;
		if (at != *refused && is_layout_known(sim, at))
			return at;
		*refused = at;
		return 0;
	}
	return 0;
}

/*
 * Sets *off to the region's next byte with data, from *off on. Returns the
 * number of bytes with data there; 0 if there are no more data.
 */
static uint64_t next_data(struct xengt_sim *sim, const struct xengt_sim_region *r,
			  uint64_t *off)
{
	uint64_t skip = 0, n = r->len - *off;

	if (sim->ops.data_at && n)
		n = sim->ops.data_at(sim->opaque, (uint8_t *)r->host + *off, n, &skip);
	*off += skip;
	return n;
}

static uint64_t search_region(struct xengt_sim *sim, const struct xengt_sim_region *r,
			      unsigned int *tables)
{
	uint64_t off = 0, refused = 0, n;

	while ((n = next_data(sim, r, &off))) {
		for (uint64_t end = off + n; off < end; off += XENGT_SIM_PAGE_BYTES) {
			uint64_t root;

			if (!is_level_4(sim, r->bus + off))
				continue;
			++*tables;
			root = root_by(sim, r->bus + off, &refused);
			if (root)
				return root;
		}
	}
	return 0;
}

bool sim_xen_find(struct xengt_sim *sim)
{
	struct sim_xen *x = &sim->judge.xen;
	unsigned int tables = 0;

	if (x->state != SIM_XEN_NOT_SEARCHED)
		return x->state == SIM_XEN_FOUND;
	x->state = SIM_XEN_NOT_FOUND;
	for (size_t i = 0; i < sim->n_regions; i++) {
		x->root = search_region(sim, &sim->regions[i], &tables);
		if (!x->root)
			continue;
		x->state = SIM_XEN_FOUND;
		sim_log(sim, XENGT_SIM_LOG_INFO,
			"judge: Xen's level 4 table is at 0x%llx",
			(unsigned long long)x->root);
		return true;
	}
	sim_log(sim, XENGT_SIM_LOG_WARN,
		"judge: Xen's tables not found in machine memory (%u pages look like Xen's level 4 tables)",
		tables);
	return false;
}

bool sim_xen_look(struct xengt_sim *sim, uint64_t mfn, struct sim_xen_frame *ret_frame)
{
	struct sim_xen *x = &sim->judge.xen;

	if (x->state != SIM_XEN_FOUND)
		return false;
	if (!is_level_4(sim, x->root)) {
		sim_log(sim, XENGT_SIM_LOG_WARN,
			"judge: Xen's level 4 table is no longer at 0x%llx",
			(unsigned long long)x->root);
		x->state = SIM_XEN_NOT_FOUND;
		return false;
	}
	look(sim, x->root, mfn, ret_frame);
	return true;
}
