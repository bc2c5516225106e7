// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the page tables of one vGPU: src/boundary/ppgtt.c, ppgtt_leaf.c
 *
 * The world around the tables is a model of the hardware that checks the rules. The model
 * walks every pinned root as the GPU would, with pages of 64 KiB and 2 MiB, and remembers
 * the frames that it found until the next flush, as a TLB does. A frame may be released,
 * and a page of a table freed, only if no walk finds it and the model does not remember it.
 * A walk may find only held frames and read-only scratch. Built with a planted fault
 * (FAULT=NO_ZAP or FAULT=NO_FLUSH), this file must fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/ppgtt.h"
#include "edge.h"
#include "hw/platform.h"

enum {
	GFNS = 4096,
	ROOTS = 8,
	N = XENGT_PPGTT_ENTRIES,
};

#define RAM_FRAME	0x100000ull	/* bus frame of gfn 0 at the beginning */
#define SCRATCH		0x5c000ull
#define TABLES_AT	0x40000000ull	/* bus address of the first table */
#define RW		3ull
#define E(gfn)		((uint64_t)(gfn) << 12 | RW)
#define E2M(gfn)	(E(gfn) | 0x80)
#define NOTHING		UINT64_MAX

static struct world {
	uint64_t p2m[GFNS];		/* bus frame of each gfn; 0: no RAM */
	uint64_t held[GFNS];
	uint32_t holds[GFNS];
	/* for each bus frame: may the TLB have it? is it held? */
	uint8_t seen[GFNS * 4], is_held[GFNS * 4];
	struct xengt_ppgtt_table *pages[XENGT_PPGTT_TABLES_MAX + 8];
	uint8_t page_seen[XENGT_PPGTT_TABLES_MAX + 8];
	uint32_t n_pages;		/* number of elements of pages[] in use */
	uint32_t live_pages, flushes, gets, released, moved_asked;
	uint64_t roots[ROOTS];		/* bus addresses of pinned roots; 0: none */
	int fail_get_in, fail_alloc_in;
	struct xengt_hw_health health;
} w;

static struct xengt_ppgtt_tables tables;
static struct xengt_ppgtt_table *by_id[XENGT_PPGTT_TABLES_MAX + 1];

/* ---- the hardware ---- */

static uint64_t *page_at(uint64_t entry)
{
	uint64_t slot = ((entry & XENGT_PTE_ADDR_MASK) - TABLES_AT) >> 12;

	assert_true(slot < w.n_pages && w.pages[slot]);
	w.page_seen[slot] = 1;
	return w.pages[slot]->page;
}

static void found(uint64_t entry)
{
	uint64_t frame = (entry & XENGT_PTE_ADDR_MASK) >> 12;

	if (frame << 12 == SCRATCH) {
		assert_false(entry & 2);
		return;
	}
	assert_in_range(frame, RAM_FRAME, RAM_FRAME + sizeof(w.seen) - 1);
	w.seen[frame - RAM_FRAME] = 1;
}

/* Walk one page table. 'step' is 16 if the table has pages of 64 KiB, otherwise 1. */
static void walk_leaf(const uint64_t *pt, uint32_t step)
{
	for (uint32_t i = 0; i < N; i += step)
		for (uint32_t k = 0; k < step && pt[i] & 1; k++)
			found((step > 1 ? pt[i] & ~0xf000ull : pt[i]) +
			      k * 4096);
}

static void walk(uint64_t bus, uint32_t level)
{
	const uint64_t *t = page_at(bus);

	for (uint32_t i = 0; i < N; i++) {
		if (!(t[i] & 1))
			continue;
		if (level > 2)
			walk(t[i], level - 1);
		else if (t[i] & 0x80)
			for (uint64_t k = 0; k < N; k++)
				found((t[i] & ~0x1fff80ull) + k * 4096);
		else
			walk_leaf(page_at(t[i]), t[i] & 0x800 ? 16 : 1);
	}
}

static void walk_all(void)
{
	for (uint32_t i = 0; i < ROOTS; i++)
		if (w.roots[i])
			walk(w.roots[i], 4);
	for (uint32_t i = 0; i < sizeof(w.seen); i++)
		assert_true(!w.seen[i] || w.is_held[i]);
}

/* Returns the entry through which the GPU reaches addr, or NOTHING. */
static uint64_t gpu_at(uint64_t root, uint64_t addr)
{
	uint64_t e = root | 1;

	for (uint32_t level = 4; level > 1; level--) {
		e = page_at(e)[addr >> (12 + 9 * (level - 1)) & 511];
		if (!(e & 1))
			return NOTHING;
		if (level == 2 && e & 0x80)
			return (e & ~0x1fff80ull) | (addr & 0x1ff000);
	}
	if (e & 0x800) {
		e = page_at(e)[addr >> 12 & 0x1f0];
		return e & 1 ? (e & ~0xf000ull) | (addr & 0xf000) : NOTHING;
	}
	e = page_at(e)[addr >> 12 & 511];
	return e & 1 ? e : NOTHING;
}

/* ---- ops ---- */

static bool is_seen(uint64_t frame)
{
	return frame - RAM_FRAME < sizeof(w.seen) && w.seen[frame - RAM_FRAME];
}

static void set_held(uint64_t frame, int by)
{
	if (frame - RAM_FRAME < sizeof(w.seen))
		w.is_held[frame - RAM_FRAME] += by;
}

static int world_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		     xengt_bus_t *ret_bus)
{
	assert_ptr_equal(ctx, &w);
	assert_in_range(count, 1, XENGT_GTT_BATCH);
	w.gets++;
	if (w.fail_get_in && !--w.fail_get_in)
		return -ENOMEM;
	for (uint32_t i = 0; i < count; i++) {
		uint32_t g = xengt_gfn_x(gfns[i]);

		ret_bus[i] = XENGT_BUS_NONE;
		if (g >= GFNS || (!w.holds[g] && !w.p2m[g]))
			continue;
		if (!w.holds[g]++) {
			w.held[g] = w.p2m[g];
			set_held(w.held[g], 1);
		}
		ret_bus[i] = xengt_bus(w.held[g] << 12);
	}
	return 0;
}

static uint32_t world_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	uint32_t n = 0;

	assert_ptr_equal(ctx, &w);
	assert_in_range(count, 1, XENGT_GTT_BATCH);
	walk_all();
	for (uint32_t i = 0; i < count; i++) {
		uint32_t g = xengt_gfn_x(gfns[i]);

		assert_true(g < GFNS && w.holds[g] > 0);
		if (--w.holds[g])
			continue;
		assert_false(is_seen(w.held[g]));
		set_held(w.held[g], -1);
		w.held[g] = 0;
		n++;
	}
	w.released += n;
	return n;
}

static bool world_moved(void *ctx, xengt_gfn_t g)
{
	assert_ptr_equal(ctx, &w);
	assert_true(xengt_gfn_x(g) < GFNS && w.holds[xengt_gfn_x(g)] > 0);
	w.moved_asked++;
	return w.p2m[xengt_gfn_x(g)] != w.held[xengt_gfn_x(g)];
}

static bool world_any_moved(void *ctx)
{
	assert_ptr_equal(ctx, &w);
	for (uint32_t g = 0; g < GFNS; g++)
		if (w.holds[g] && w.p2m[g] != w.held[g])
			return true;
	return false;
}

static struct xengt_ppgtt_table *world_alloc(void *ctx)
{
	struct xengt_ppgtt_table *t;
	uint32_t slot = 0;

	assert_ptr_equal(ctx, &w);
	if (w.fail_alloc_in && !--w.fail_alloc_in)
		return NULL;
	while (w.pages[slot])
		slot++;
	if (slot == w.n_pages)
		w.n_pages++;
	t = calloc(1, sizeof(*t));
	t->page = edge_alloc(N, sizeof(t->page[0]));
	t->words = edge_alloc(N, sizeof(t->words[0]));
	t->bus = xengt_bus(TABLES_AT + (uint64_t)slot * 4096);
	w.pages[slot] = t;
	w.live_pages++;
	return t;
}

static void world_free(void *ctx, struct xengt_ppgtt_table *t)
{
	uint32_t slot = (uint32_t)((xengt_bus_x(t->bus) - TABLES_AT) >> 12);

	assert_ptr_equal(ctx, &w);
	walk_all();
	assert_int_equal(w.page_seen[slot], 0);
	w.pages[slot] = NULL;
	w.live_pages--;
	edge_free(t->page);
	edge_free(t->words);
	free(t);
}

static int world_flush(void *ctx)
{
	assert_ptr_equal(ctx, &w);
	w.flushes++;
	memset(w.seen, 0, sizeof(w.seen));
	memset(w.page_seen, 0, sizeof(w.page_seen));
	return 0;
}

static const struct xengt_guest_ops guest_ops = {
	.frames_get = world_get,
	.frames_put = world_put,
	.frame_has_moved = world_moved,
	.frames_look = world_any_moved,
};

static const struct xengt_guest guest = { .ops = &guest_ops, .ctx = &w };

static const struct xengt_hw_ops hw_ops = { .ppgtt_flush = world_flush };

static const struct xengt_mem_ops mem_ops = {
	.table_alloc = world_alloc,
	.table_free = world_free,
};

static struct xengt_hw hw = {
	.ops = &hw_ops, .mem_ops = &mem_ops, .ctx = &w, .health = &w.health,
};

/* ---- shorthand ---- */

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	for (uint32_t g = 0; g < GFNS; g++)
		w.p2m[g] = RAM_FRAME + g;
	memset(by_id, 0, sizeof(by_id));
	hw.platform = xengt_platform_get(XENGT_PLATFORM_SKL);
	hw.scratch = xengt_bus(SCRATCH);
	return xengt_ppgtt_tables_init(&tables, &hw, &guest, hw.scratch, by_id);
}

static int teardown(void **state)
{
	(void)state;
	xengt_ppgtt_zap(&tables);
	for (uint32_t g = 0; g < GFNS; g++)
		assert_int_equal(w.holds[g], 0);
	assert_int_equal(w.live_pages, 0);
	return 0;
}

static uint32_t make(uint32_t level, uint32_t flags)
{
	uint32_t id = 0;

	assert_int_equal(xengt_ppgtt_create(&tables, level, flags, &id), 0);
	assert_int_not_equal(id, 0);
	return id;
}

static int put(uint32_t id, uint32_t index, uint64_t entry)
{
	return xengt_ppgtt_write(&tables, id, index, &entry, 1, NULL);
}

/* A pinned space of 4 levels: its root, and the tables of the other levels for address 0. */
struct space {
	uint32_t root, pdp, pd, pt;
	uint64_t bus;
};

static struct space space(uint32_t pt_flags)
{
	struct space s = { make(4, 0), make(3, 0), make(2, 0),
			   make(1, pt_flags), 0 };
	uint64_t pdps[4];

	assert_int_equal(put(s.root, 0, E(s.pdp)), 0);
	assert_int_equal(put(s.pdp, 0, E(s.pd)), 0);
	assert_int_equal(put(s.pd, 0, E(s.pt) | 0x800), 0);
	assert_int_equal(xengt_ppgtt_root_get(&tables, s.root, 4, pdps), 0);
	s.bus = pdps[0];
	for (uint32_t i = 0; i < ROOTS; i++) {
		if (w.roots[i])
			continue;
		w.roots[i] = s.bus;
		break;
	}
	return s;
}

static void unpin(const struct space *s)
{
	/* entries that the GPU has read stay in its TLB */
	walk_all();
	for (uint32_t i = 0; i < ROOTS; i++)
		if (w.roots[i] == s->bus)
			w.roots[i] = 0;
	xengt_ppgtt_root_put(&tables, s->root);
}

static uint64_t bus_of(uint32_t gfn)
{
	return w.p2m[gfn] << 12;
}

static int revalidate(uint64_t *dropped, uint64_t *resolved)
{
	uint32_t cursor = 0;
	int r;

	*dropped = *resolved = 0;
	do {
		r = xengt_ppgtt_drop_moved(&tables, &cursor, dropped);
		walk_all();
	} while (r == 1);
	cursor = 0;
	while (!r && (r = xengt_ppgtt_resolve(&tables, &cursor, resolved)) == 1)
		r = 0;
	return r;
}

/* ---- cases ---- */

static void creation(void **state)
{
	uint32_t id = 77;

	(void)state;
	assert_int_equal(xengt_ppgtt_create(&tables, 0, 0, &id), -EINVAL);
	assert_int_equal(xengt_ppgtt_create(&tables, 5, 0, &id), -EINVAL);
	assert_int_equal(xengt_ppgtt_create(&tables, 1, 2, &id), -EINVAL);
	assert_int_equal(xengt_ppgtt_create(&tables, 2, XENGT_PPGTT_64K, &id),
			 -EINVAL);
	w.fail_alloc_in = 1;
	assert_int_equal(xengt_ppgtt_create(&tables, 1, 0, &id), -ENOMEM);
	assert_int_equal(id, 77);
	for (uint32_t i = 0; i < XENGT_PPGTT_TABLES_MAX; i++)
		make(1 + i % 4, 0);
	assert_int_equal(xengt_ppgtt_create(&tables, 1, 0, &id), -ENOSPC);
	assert_int_equal(xengt_ppgtt_destroy(&tables, 4711), 0);
	assert_int_equal(make(2, 0), 4711);
	/* the GPU has not read these entries, so no flush is necessary */
	assert_int_equal(w.flushes, 0);
}

static void no_64k_on_gen8(void **state)
{
	uint32_t id;

	(void)state;
	tables.has_64k = false;
	assert_int_equal(xengt_ppgtt_create(&tables, 1, XENGT_PPGTT_64K, &id),
			 -EINVAL);
}

static void bad_writes(void **state)
{
	uint32_t pt = make(1, 0), pd = make(2, 0), pdp = make(3, 0);
	uint64_t e[2] = { E(1), E(pdp) };

	(void)state;
	assert_int_equal(xengt_ppgtt_write(&tables, pt, 0, e, 0, NULL),
			 -EINVAL);
	assert_int_equal(xengt_ppgtt_write(&tables, pt, 511, e, 2, NULL),
			 -ERANGE);
	assert_int_equal(xengt_ppgtt_write(&tables, pt, 512, e, 1, NULL),
			 -ERANGE);
	assert_int_equal(xengt_ppgtt_write(&tables, pt, UINT32_MAX, e, 1, NULL),
			 -ERANGE);
	assert_int_equal(xengt_ppgtt_write(&tables, pt, 1, e, UINT32_MAX, NULL),
			 -ERANGE);
	assert_int_equal(put(0, 0, 0), -ENOENT);
	assert_int_equal(put(99, 0, 0), -ENOENT);
	assert_int_equal(put(XENGT_PPGTT_TABLES_MAX + 1, 0, 0), -ENOENT);
	/* the child does not exist or has a wrong level: nothing is changed */
	assert_int_equal(put(pd, 0, E(99)), -ENOENT);
	assert_int_equal(put(pd, 0, E(0)), -ENOENT);
	assert_int_equal(put(pd, 0, E(pdp)), -ENOENT);
	assert_int_equal(put(pd, 0, E(pd)), -ENOENT);
	assert_int_equal(put(pd, 0, UINT64_MAX & ~0x80ull), -ENOENT);
	e[0] = E2M(512);
	assert_int_equal(xengt_ppgtt_write(&tables, pd, 0, e, 2, NULL),
			 -ENOENT);
	assert_int_equal(tables.live, 3);
	assert_int_equal(w.holds[512], 0);
	/* the guest has no id for the table that the module makes for a split 2 MiB entry */
	assert_int_equal(put(pd, 7, E2M(512)), 0);
	assert_int_equal(tables.live, 4);
	assert_int_equal(put(4, 0, E(1)), -ENOENT);
	assert_int_equal(put(pd, 8, E(4)), -ENOENT);
	assert_int_equal(xengt_ppgtt_destroy(&tables, 4), -ENOENT);
}

static void entries(void **state)
{
	struct space s = space(0);
	uint64_t e[6] = { E(5), E(1ull << 27), 0, E(9) & ~2ull, E(GFNS),
			  E(6) | 0x98 | 0xfff0ull << 48 };
	uint32_t scratched = 7;
	xengt_gfn_t gfn;

	(void)state;
	assert_false(xengt_ppgtt_write(&tables, s.pt, 3, e, 6, &scratched));
	assert_int_equal(scratched, 2);
	assert_int_equal(gpu_at(s.bus, 0x3000), bus_of(5) | 3);
	/* the frames are no RAM: the entries point to scratch, which is read-only */
	assert_int_equal(gpu_at(s.bus, 0x4000), SCRATCH | 1);
	assert_int_equal(gpu_at(s.bus, 0x5000), NOTHING);
	assert_int_equal(gpu_at(s.bus, 0x6000), bus_of(9) | 1);
	assert_int_equal(gpu_at(s.bus, 0x7000), SCRATCH | 1);
	assert_int_equal(gpu_at(s.bus, 0x8000), bus_of(6) | 0x9b);
	assert_int_equal(xengt_ppgtt_walk(&tables, s.root, 0x6123, &gfn), 0);
	assert_int_equal(xengt_gfn_x(gfn), 9);
	assert_int_equal(xengt_ppgtt_walk(&tables, s.root, 0x7123, &gfn),
			 -EFAULT);
	assert_int_equal(xengt_ppgtt_walk(&tables, s.root, 1ull << 39, &gfn),
			 -EFAULT);
	assert_int_equal(xengt_ppgtt_walk(&tables, s.pt, 0, &gfn), -ENOENT);
	assert_int_equal(tables.counters.entries_written, 9);
	assert_int_equal(tables.counters.pages_scratched, 2);
	unpin(&s);
}

/* The module flushes only if an entry has changed that the GPU may have read. */
static void flushes(void **state)
{
	struct space s = space(0);
	uint32_t before;

	(void)state;
	assert_int_equal(w.flushes, 0);
	assert_int_equal(put(s.pt, 0, E(1)), 0);
	assert_int_equal(w.flushes, 0);
	assert_int_equal(put(s.pt, 0, E(1)), 0);
	assert_int_equal(w.flushes, 0);
	assert_int_equal(put(s.pt, 0, E(2)), 0);
	assert_int_equal(w.flushes, 1);
	assert_int_equal(put(s.pt, 0, 0), 0);
	assert_int_equal(w.flushes, 2);
	assert_int_equal(put(s.pt, 0, E(3)), 0);
	/* one flush is enough to destroy a whole tree */
	unpin(&s);
	before = w.flushes;
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.root), 0);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pdp), 0);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pd), 0);
	assert_int_equal(put(s.pt, 0, E(4)), 0);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pt), 0);
	assert_int_equal(w.flushes, before + 1);
	assert_int_equal(tables.live, 0);
}

static void busy_tables(void **state)
{
	struct space s = space(0);
	uint32_t pdp32 = make(3, 0);
	uint64_t pdps[4];

	(void)state;
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pt), -EBUSY);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.root), -EBUSY);
	assert_int_equal(xengt_ppgtt_root_get(&tables, s.pdp, 4, pdps),
			 -ENOENT);
	assert_int_equal(xengt_ppgtt_root_get(&tables, 99, 4, pdps), -ENOENT);
	/* the image of a 32-bit context holds a copy of the entries of a pinned root */
	assert_int_equal(put(pdp32, 1, E(s.pd)), 0);
	assert_int_equal(xengt_ppgtt_root_get(&tables, pdp32, 3, pdps), 0);
	assert_int_equal(pdps[1], xengt_bus_x(by_id[s.pd]->bus));
	assert_int_equal(pdps[0], xengt_bus_x(tables.empty->bus));
	assert_int_equal(pdps[3], xengt_bus_x(tables.empty->bus));
	assert_int_equal(put(pdp32, 1, 0), -EBUSY);
	assert_int_equal(xengt_ppgtt_destroy(&tables, pdp32), -EBUSY);
	assert_int_equal(put(s.pdp, 0, 0), 0);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pd), -EBUSY);
	xengt_ppgtt_root_put(&tables, pdp32);
	assert_int_equal(put(pdp32, 1, 0), 0);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pd), 0);
	unpin(&s);
}

static void large_2m(void **state)
{
	struct space s = space(0);
	uint64_t pde = E2M(512) | 0x1000 | 8;
	xengt_gfn_t gfn;
	uint32_t scratched;

	(void)state;
	assert_int_equal(put(s.pd, 1, pde), 0);
	/* the module ignores bits 20:13; bit 12 is the PAT */
	assert_int_equal(gpu_at(s.bus, 0x200000 + 0x7000) & ~0x1fffffull,
			 bus_of(512));
	assert_int_equal(by_id[s.pd]->page[1], bus_of(512) | 0x108b);
	assert_int_equal(tables.counters.folds, 1);
	assert_int_equal(xengt_ppgtt_walk(&tables, s.root, 0x207000, &gfn), 0);
	assert_int_equal(xengt_gfn_x(gfn), 519);
	/* one frame has moved: the module writes small entries with the same attributes */
	w.p2m[1024 + 100] = RAM_FRAME + GFNS + 3;
	pde = E2M(1024) | 0x1000;
	assert_int_equal(put(s.pd, 1, pde), 0);
	assert_int_equal(gpu_at(s.bus, 0x200000 + 100 * 4096),
			 bus_of(1124) | 0x83);
	assert_int_equal(gpu_at(s.bus, 0x200000 + 101 * 4096),
			 bus_of(1125) | 0x83);
	assert_int_equal(w.holds[512], 0);
	/* frames that are contiguous but not aligned do not become one large page */
	for (uint32_t i = 0; i < N; i++)
		w.p2m[2048 + i] = RAM_FRAME + GFNS + 1024 + 1 + i;
	assert_int_equal(put(s.pd, 1, E2M(2048)), 0);
	assert_false(by_id[s.pd]->page[1] & 0x80);
	/* if half of the 2 MiB is not RAM, there is no large page */
	pde = E2M(GFNS - 512);
	for (uint32_t i = 256; i < N; i++)
		w.p2m[GFNS - 512 + i] = 0;
	assert_int_equal(xengt_ppgtt_write(&tables, s.pd, 1, &pde, 1,
					   &scratched), 0);
	assert_int_equal(scratched, 256);
	assert_int_equal(gpu_at(s.bus, 0x3ff000), SCRATCH | 1);
	assert_int_equal(put(s.pd, 1, 0), 0);
	assert_int_equal(tables.live, 4);
	unpin(&s);
}

static void large_2m_moves(void **state)
{
	struct space s = space(0);
	uint64_t dropped, resolved, old;

	(void)state;
	assert_int_equal(put(s.pd, 1, E2M(512)), 0);
	walk_all();
	old = w.p2m[600];
	w.p2m[600] = 0;
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(dropped, 1);
	assert_int_equal(tables.unresolved, 1);
	assert_int_equal(gpu_at(s.bus, 0x200000 + 88 * 4096), SCRATCH | 1);
	assert_int_equal(gpu_at(s.bus, 0x200000 + 87 * 4096), bus_of(599) | 3);
	/* gfn 600 has its old frame again: the entry is one large page again */
	w.p2m[600] = old;
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(resolved, 1);
	assert_true(by_id[s.pd]->page[1] & 0x80);
	/* nothing has changed, so the module does not ask whether a frame has moved */
	w.moved_asked = 0;
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(w.moved_asked, 0);
	unpin(&s);
}

static void large_64k(void **state)
{
	struct space s = space(XENGT_PPGTT_64K);
	uint64_t e[17] = { E(32) | 0x80, [1] = E(1), [16] = E(64 + 5) };
	uint32_t pd2 = make(2, 0);

	(void)state;
	assert_int_equal(xengt_ppgtt_write(&tables, s.pt, 0, e, 17, NULL), 0);
	/* the GPU uses each 16th entry, without the low bits of the frame number */
	assert_int_equal(gpu_at(s.bus, 0x3000), bus_of(35) | 0x83);
	assert_int_equal(gpu_at(s.bus, 0x1f000), bus_of(79) | 3);
	assert_int_equal(gpu_at(s.bus, 0x20000), NOTHING);
	assert_true(by_id[s.pd]->page[0] & 0x800);
	/* the second entry that points to this table selects small pages */
	assert_int_equal(put(pd2, 0, E(s.pt)), 0);
	assert_false(by_id[pd2]->page[0] & 0x800);
	/* the frames are not contiguous, so the whole table has small pages */
	w.p2m[98] = RAM_FRAME + GFNS;
	assert_int_equal(put(s.pt, 16, E(96)), 0);
	assert_false(by_id[s.pd]->page[0] & 0x800);
	assert_int_equal(gpu_at(s.bus, 0x12000), bus_of(98) | 3);
	assert_int_equal(gpu_at(s.bus, 0x3000), bus_of(35) | 0x83);
	/* the table has large pages again; the 16 frames of the old page are released */
	assert_int_equal(put(s.pt, 16, E(128)), 0);
	assert_true(by_id[s.pd]->page[0] & 0x800);
	for (uint32_t g = 96; g < 112; g++)
		assert_int_equal(w.holds[g], 0);
	/* a store to an entry that the GPU does not use changes nothing */
	assert_int_equal(put(s.pt, 17, 0), 0);
	assert_int_equal(gpu_at(s.bus, 0x11000), bus_of(129) | 3);
	assert_int_equal(put(s.pt, 0, 0), 0);
	assert_int_equal(gpu_at(s.bus, 0x3000), NOTHING);
	assert_int_equal(w.holds[32], 0);
	unpin(&s);
}

static void large_64k_moves(void **state)
{
	struct space s = space(XENGT_PPGTT_64K);
	uint64_t dropped, resolved;

	(void)state;
	assert_int_equal(put(s.pt, 0, E(32)), 0);
	walk_all();
	w.p2m[32] = RAM_FRAME + GFNS;
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(dropped, 1);
	assert_int_equal(resolved, 1);
	assert_false(by_id[s.pd]->page[0] & 0x800);
	assert_int_equal(gpu_at(s.bus, 0), bus_of(32) | 3);
	assert_int_equal(gpu_at(s.bus, 0xf000), bus_of(47) | 3);
	unpin(&s);
}

/* An entry that pointed to scratch has its old attributes again when there is RAM. */
static void attributes_follow(void **state)
{
	struct space s = space(0);
	uint64_t dropped, resolved;

	(void)state;
	w.p2m[9] = 0;
	assert_int_equal(put(s.pt, 0, E(9) | 0x10), 0);
	assert_int_equal(put(s.pt, 1, (E(9) | 0x80) & ~2ull), 0);
	assert_int_equal(gpu_at(s.bus, 0), SCRATCH | 0x11);
	w.p2m[9] = RAM_FRAME + GFNS + 9;
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(resolved, 2);
	assert_int_equal(gpu_at(s.bus, 0), bus_of(9) | 0x13);
	assert_int_equal(gpu_at(s.bus, 0x1000), bus_of(9) | 0x81);
	unpin(&s);
}

static void host_failures(void **state)
{
	struct space s = space(0);
	uint64_t e[2] = { E2M(512), E2M(1024) }, dropped, resolved;

	(void)state;
	assert_int_equal(put(s.pt, 0, E(1)), 0);
	w.fail_get_in = 1;
	assert_int_equal(put(s.pt, 0, E(2)), -ENOMEM);
	assert_int_equal(gpu_at(s.bus, 0), bus_of(1) | 3);
	/* two writes in one call; the second write fails, at each of its steps */
	w.fail_get_in = 2;
	assert_int_equal(xengt_ppgtt_write(&tables, s.pd, 1, e, 2, NULL),
			 -ENOMEM);
	w.fail_alloc_in = 2;
	assert_int_equal(xengt_ppgtt_write(&tables, s.pd, 1, e, 2, NULL),
			 -ENOMEM);
	assert_int_equal(tables.live, 4);
	assert_int_equal(w.holds[512], 0);
	assert_int_equal(gpu_at(s.bus, 0x200000), NOTHING);
	/* a frame that moved is released; the call fails and can be repeated */
	w.p2m[1] = RAM_FRAME + GFNS;
	w.fail_get_in = 1;
	assert_int_equal(revalidate(&dropped, &resolved), -ENOMEM);
	assert_int_equal(gpu_at(s.bus, 0), SCRATCH | 1);
	assert_int_equal(revalidate(&dropped, &resolved), 0);
	assert_int_equal(gpu_at(s.bus, 0), bus_of(1) | 3);
	unpin(&s);
}

/* If the GPU cannot reach a frame's address, the frame is treated like no RAM. */
static void unreachable_frames(void **state)
{
	struct space s = space(0);
	uint64_t was = w.p2m[5];

	(void)state;
	w.p2m[5] = 1ull << 27;
	assert_int_equal(put(s.pt, 0, E(5)), 0);
	assert_int_equal(gpu_at(s.bus, 0), SCRATCH | 1);
	assert_int_equal(w.holds[5], 0);
	w.p2m[5] = was;
	unpin(&s);
}

static void zapping(void **state)
{
	struct space s = space(0);
	uint64_t n = 0, pdps[4];
	uint32_t id, cursor = 0;

	(void)state;
	assert_int_equal(put(s.pt, 0, E(1)), 0);
	assert_int_equal(put(s.pd, 1, E2M(512)), 0);
	walk_all();
	assert_int_equal(xengt_ppgtt_zap(&tables), 513);
	assert_int_equal(xengt_ppgtt_zap(&tables), 0);
	/* the GPU may still walk the root: the page stays allocated, but has no entries */
	assert_int_equal(gpu_at(s.bus, 0), NOTHING);
	assert_int_equal(xengt_ppgtt_create(&tables, 1, 0, &id), -ESTALE);
	assert_int_equal(xengt_ppgtt_destroy(&tables, s.pt), -ESTALE);
	assert_int_equal(put(s.pt, 0, 0), -ESTALE);
	assert_int_equal(xengt_ppgtt_root_get(&tables, s.root, 4, pdps),
			 -ESTALE);
	assert_int_equal(xengt_ppgtt_drop_moved(&tables, &cursor, &n),
			 -ESTALE);
	assert_int_equal(xengt_ppgtt_resolve(&tables, &cursor, &n), -ESTALE);
	for (uint32_t i = 0; i < ROOTS; i++)
		w.roots[i] = 0;
	memset(w.page_seen, 0, sizeof(w.page_seen));
	xengt_ppgtt_root_put(&tables, s.root);
	assert_int_equal(w.live_pages, 0);
}

/* ---- random operations, compared with a model of the guest's tables ---- */

enum { PDS = 3, PTS = 12, STEPS = 2000 };

static struct model {
	struct space s;
	uint32_t pds[PDS], pts[PTS];
	bool is_64k[PTS];
	uint64_t pd[PDS][4], pt[PTS][N];	/* the guest's entries */
} m;

static uint32_t rnd_state;

static uint32_t rnd(uint32_t end)
{
	rnd_state = rnd_state * 1664525u + 1013904223u;
	return (rnd_state >> 8) % end;
}

/* Returns the frame that the GPU must reach at addr. */
static uint64_t want_at(uint64_t addr)
{
	uint32_t pd = (uint32_t)(addr >> 30 & 511), i = addr >> 12 & 511;
	uint64_t pde = pd < PDS ? m.pd[pd][addr >> 21 & 3] : 0, pte = 0;
	uint64_t frame;

	if (!(pde & 1))
		return NOTHING;
	if (pde & 0x80) {
		frame = (pde >> 12 & ~511ull) + i;
		pte = pde;
	} else {
		uint32_t k = 0;

		while (m.pts[k] != pde >> 12)
			k++;
		pte = m.pt[k][m.is_64k[k] ? i & ~15u : i];
		frame = pte >> 12;
		if (m.is_64k[k])
			frame = (frame & ~15ull) + (i & 15);
	}
	if (!(pte & 1))
		return NOTHING;
	if (frame >= GFNS || !w.p2m[frame])
		return SCRATCH | 1;
	return w.p2m[frame] << 12 | (pte & 3);
}

/* Returns a free frame of the machine. */
static uint64_t free_frame(void)
{
	for (;;) {
		uint64_t frame = RAM_FRAME + rnd(GFNS * 4);
		uint32_t g = 0;

		while (g < GFNS && w.p2m[g] != frame && w.held[g] != frame)
			g++;
		if (g == GFNS)
			return frame;
	}
}

static void random_step(void)
{
	uint32_t k = rnd(PTS), i = rnd(N), n = 1 + rnd(40), pd = rnd(PDS);
	uint64_t dropped, resolved, *e, frame = rnd(GFNS + 64);

	switch (rnd(8)) {
	case 0:		/* the guest's memory changes, then the module revalidates */
		w.p2m[rnd(GFNS)] = rnd(3) ? free_frame() : 0;
		assert_int_equal(revalidate(&dropped, &resolved), 0);
		break;
	case 1:
		e = &m.pd[pd][rnd(4)];
		*e = rnd(2) ? E2M(frame & ~511ull) : 0;
		assert_int_equal(put(m.pds[pd], (uint32_t)(e - m.pd[pd]), *e),
				 0);
		break;
	case 2:
		e = &m.pd[pd][rnd(4)];
		*e = E(m.pts[k]);
		assert_int_equal(put(m.pds[pd], (uint32_t)(e - m.pd[pd]), *e),
				 0);
		break;
	default:
		for (uint32_t j = i; j < i + n && j < N; j++)
			m.pt[k][j] = rnd(4) ? (E(frame + j - i) & ~2ull) |
					      rnd(2) * 2 : 0;
		n = i + n > N ? N - i : n;
		assert_int_equal(xengt_ppgtt_write(&tables, m.pts[k], i,
						   &m.pt[k][i], n, NULL), 0);
		break;
	}
}

static void anything(void **state)
{
	(void)state;
	rnd_state = 1;
	memset(&m, 0, sizeof(m));
	m.s = space(0);
	assert_int_equal(put(m.s.pd, 0, 0), 0);
	for (uint32_t i = 0; i < PDS; i++) {
		m.pds[i] = make(2, 0);
		assert_int_equal(put(m.s.pdp, i, E(m.pds[i])), 0);
	}
	for (uint32_t i = 0; i < PTS; i++) {
		m.is_64k[i] = i % 2;
		m.pts[i] = make(1, m.is_64k[i] ? XENGT_PPGTT_64K : 0);
	}
	for (uint32_t step = 0; step < STEPS; step++) {
		random_step();
		for (uint32_t i = 0; i < 64; i++) {
			uint64_t addr = (uint64_t)rnd(PDS) << 30 |
					(uint64_t)rnd(4) << 21 |
					(uint64_t)rnd(N) << 12;
			uint64_t got = gpu_at(m.s.bus, addr);

			if (got != NOTHING)
				got &= ~0xf9cull;
			if (got != want_at(addr))
				fail_msg("step %u, address 0x%lx: unexpected entry 0x%lx", step,
					 addr, got);
		}
		if (step % 16 == 0)
			walk_all();
	}
	assert_true(tables.counters.folds > 10);
	unpin(&m.s);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(creation),
		TEST(no_64k_on_gen8),
		TEST(bad_writes),
		TEST(entries),
		TEST(flushes),
		TEST(busy_tables),
		TEST(large_2m),
		TEST(large_2m_moves),
		TEST(large_64k),
		TEST(large_64k_moves),
		TEST(attributes_follow),
		TEST(host_failures),
		TEST(unreachable_frames),
		TEST(zapping),
		TEST(anything),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
