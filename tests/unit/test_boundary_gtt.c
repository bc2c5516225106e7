// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests the GGTT of one vGPU: src/boundary/gtt.c
 *
 * The world around the GGTT is a model that checks the law of release: a frame
 * may be released only if no entry of the GPU points to it, and no entry has pointed to
 * it since the last flush. The model checks the law at each release, so every
 * test here tests the law. Built with a planted fault (FAULT=NO_ZAP or
 * FAULT=NO_FLUSH), this file must fail.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/gtt.h"
#include "edge.h"

enum {
	GFNS = 64,
	LOW_FIRST = 4096, LOW_COUNT = 1024,
	HIGH_FIRST = 65536, HIGH_COUNT = 512,
	PAGES = HIGH_FIRST + HIGH_COUNT + 16,
	STALE_MAX = 4096,
};

#define SCRATCH_BUS	0x5c000ull
#define SCRATCH_PTE	(SCRATCH_BUS | 1)
#define PTE(gfn)	((uint64_t)(gfn) << 12 | 1)

/* ---- the world ---- */

static struct world {
	uint64_t p2m[GFNS];		/* bus address of the RAM; 0: no RAM */
	uint64_t held[GFNS];		/* bus address of the held frame of each gfn */
	uint32_t holds[GFNS];
	uint64_t gpu[PAGES];		/* the GPU's entries */
	uint64_t stale[STALE_MAX];	/* translations that the TLB may still have */
	uint32_t n_stale;
	uint32_t pte_writes, flushes, gets, released;
	uint32_t moved_asked;
	int fail_get_in;		/* n: the n-th call from now on fails */
	struct xengt_hw_health health;
	bool flush_sticks, reset_sticks;
	uint32_t full_resets;
	uint32_t wakes;
	bool unsure_about_moves;
	char log[256];			/* a letter for each call; a letter that repeats the one
					 * before is not recorded */
} w;

static struct xengt_gtt gtt;
static uint32_t *entries;

static void log_call(char c)
{
	size_t n = strlen(w.log);

	if ((!n || w.log[n - 1] != c) && n + 1 < sizeof(w.log))
		w.log[n] = c;
}

static int world_get(void *ctx, const xengt_gfn_t *gfns, uint32_t count,
		     xengt_bus_t *ret_bus)
{
	uint32_t i;

	assert_ptr_equal(ctx, &w);
	assert_in_range(count, 1, XENGT_GTT_BATCH);
	w.gets++;
	log_call('g');
	if (w.fail_get_in && !--w.fail_get_in)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		uint32_t g = xengt_gfn_x(gfns[i]);

		if (g >= GFNS || (!w.holds[g] && !w.p2m[g])) {
			ret_bus[i] = XENGT_BUS_NONE;
			continue;
		}
		if (!w.holds[g]++)
			w.held[g] = w.p2m[g];
		ret_bus[i] = xengt_bus(w.held[g]);
	}
	return 0;
}

static uint32_t world_put(void *ctx, const xengt_gfn_t *gfns, uint32_t count)
{
	uint32_t i, k, n = 0;

	assert_ptr_equal(ctx, &w);
	assert_in_range(count, 1, XENGT_GTT_BATCH);
	log_call('p');
	for (i = 0; i < count; i++) {
		uint32_t g = xengt_gfn_x(gfns[i]);

		assert_true(g < GFNS && w.holds[g] > 0);
		if (--w.holds[g])
			continue;
		for (k = 0; k < PAGES; k++)
			assert_int_not_equal(w.gpu[k], w.held[g] | 1);
		for (k = 0; k < w.n_stale; k++)
			assert_int_not_equal(w.stale[k], w.held[g] | 1);
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
	uint32_t g;

	assert_ptr_equal(ctx, &w);
	if (w.unsure_about_moves)
		return true;
	for (g = 0; g < GFNS; g++) {
		if (w.holds[g] && w.p2m[g] != w.held[g])
			return true;
	}
	return false;
}

static void world_write(void *ctx, uint32_t index, uint64_t pte)
{
	assert_ptr_equal(ctx, &w);
	assert_true((index >= LOW_FIRST && index < LOW_FIRST + LOW_COUNT) ||
		    (index >= HIGH_FIRST && index < HIGH_FIRST + HIGH_COUNT));
	log_call('w');
	w.pte_writes++;
	assert_true(w.n_stale < STALE_MAX);
	w.stale[w.n_stale++] = w.gpu[index];
	w.gpu[index] = pte;
}

static int world_flush(void *ctx)
{
	assert_ptr_equal(ctx, &w);
	log_call('f');
	w.flushes++;
	if (w.flush_sticks)
		return -EIO;
	w.n_stale = 0;
	return 0;
}

/* A write to GDRST: the reset never ends, or it ends at once and empties the TLB. */
static void world_reg_write(void *ctx, uint32_t off, uint32_t val)
{
	assert_ptr_equal(ctx, &w);
	assert_int_equal(off, 0x941c);
	assert_int_equal(val, 1);
	assert_true(w.wakes);
	w.full_resets++;
	w.flush_sticks &= w.reset_sticks;
}

static uint32_t world_reg_read(void *ctx, uint32_t off)
{
	(void)ctx;
	(void)off;
	assert_true(w.wakes);
	return w.reset_sticks;
}

static void world_wait(void *ctx, uint32_t us)
{
	(void)ctx;
	(void)us;
}

static void world_sync(void *ctx)
{
	(void)ctx;
}

static void world_power(void *ctx, bool is_on)
{
	assert_ptr_equal(ctx, &w);
	assert_true(is_on || w.wakes);
	w.wakes += is_on ? 1 : -1;
}

static void world_lost(void *ctx)
{
	assert_ptr_equal(ctx, &w);
	log_call('!');
}

static const struct xengt_guest_ops guest_ops = {
	.frames_get = world_get,
	.frames_put = world_put,
	.frame_has_moved = world_moved,
	.frames_look = world_any_moved,
};

static const struct xengt_guest the_guest = { .ops = &guest_ops, .ctx = &w };

static bool world_is_master(void *ctx)
{
	(void)ctx;
	return true;
}

static const struct xengt_hw_ops hw_ops = {
	.is_master = world_is_master,
	.pte_write = world_write,
	.ggtt_flush = world_flush,
	.ppgtt_flush = world_flush,
	.reg_read = world_reg_read,
	.reg_write = world_reg_write,
	.sync = world_sync,
	.wait_us = world_wait,
	.power = world_power,
	.lost = world_lost,
};

static struct xengt_hw hw = {
	.ops = &hw_ops, .ctx = &w, .health = &w.health,
};

static const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW_FIRST, LOW_COUNT }, { HIGH_FIRST, HIGH_COUNT },
};

static uint64_t bus_of(uint32_t gfn)
{
	return 0x100000000ull + ((uint64_t)gfn << 12);
}

static int setup(void **state)
{
	uint32_t i;

	(void)state;
	memset(&w, 0, sizeof(w));
	for (i = 0; i < GFNS; i++)
		w.p2m[i] = bus_of(i);
	for (i = 0; i < PAGES; i++)
		w.gpu[i] = SCRATCH_PTE;
	entries = edge_alloc(xengt_gtt_entries_needed(slices), sizeof(*entries));
	hw.scratch = xengt_bus(SCRATCH_BUS);
	return xengt_gtt_init(&gtt, &hw, &the_guest, slices, hw.scratch,
			      entries);
}

/* Zap the vGPU, and check that nothing is left. */
static int teardown(void **state)
{
	uint32_t i;

	(void)state;
	xengt_gtt_zap(&gtt);
	for (i = 0; i < GFNS; i++)
		assert_int_equal(w.holds[i], 0);
	for (i = 0; i < PAGES; i++)
		assert_int_equal(w.gpu[i], SCRATCH_PTE);
	assert_int_equal(gtt.mapped, 0);
	assert_int_equal(gtt.unresolved, 0);
	edge_free(entries);
	return 0;
}

static void forget_log(void)
{
	memset(w.log, 0, sizeof(w.log));
	w.pte_writes = 0;
	w.flushes = 0;
	w.gets = 0;
	w.released = 0;
	w.moved_asked = 0;
}

static uint32_t write_ok(uint32_t first, const uint64_t *e, uint32_t count)
{
	uint32_t scratched = ~0u;

	assert_int_equal(xengt_gtt_write(&gtt, first, e, count, &scratched), 0);
	return scratched;
}

static uint32_t write_one(uint32_t index, uint64_t e)
{
	return write_ok(index, &e, 1);
}

/* ---- slices ---- */

static void init_refuses(void **state)
{
	static const struct xengt_gtt_slice bad[][XENGT_GTT_SLICES] = {
		{ { 100, 10 }, { 109, 5 } },
		{ { 100, 10 }, { 100, 10 } },
		{ { 109, 10 }, { 100, 10 } },
		{ { 1u << 20, 1 }, { 0, 0 } },
		{ { 0, (1u << 20) + 1 }, { 0, 0 } },
		{ { 0, 1 }, { (1u << 20) - 1, 2 } },
		{ { 0, 1 }, { UINT32_MAX, UINT32_MAX } },
		{ { (1u << 20) + 1, 0 }, { 0, 1 } },
		{ { 0, 1 }, { (1u << 20) + 1, 0 } },
	};
	/* adjacent slices are allowed, and stay two slices */
	static const struct xengt_gtt_slice good[][XENGT_GTT_SLICES] = {
		{ { 100, 10 }, { 110, 5 } },
		{ { 110, 5 }, { 100, 10 } },
		{ { 100, 10 }, { (1u << 20) - 2, 2 } },
		{ { (1u << 20) - 2, 2 }, { 100, 10 } },
		{ { 1u << 20, 0 }, { 100, 10 } },
		{ { 100, 10 }, { 1u << 20, 0 } },
	};
	struct xengt_gtt g;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(xengt_gtt_init(&g, &hw, &the_guest, bad[i],
						hw.scratch, entries), -EINVAL);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		assert_int_equal(xengt_gtt_init(&g, &hw, &the_guest, good[i],
						hw.scratch, entries), 0);
	assert_int_equal(xengt_gtt_init(&g, &hw, &the_guest, slices,
					xengt_bus(0x5c001), entries), -EINVAL);
	assert_int_equal(xengt_gtt_init(&g, &hw, &the_guest, slices,
					xengt_bus(1ull << 40), entries),
			 -ERANGE);
}

/* ---- writes ---- */

static void write_maps(void **state)
{
	const uint64_t e[] = { PTE(3), PTE(9), 0, PTE(3) | 0xffe };

	(void)state;
	assert_int_equal(write_ok(LOW_FIRST + 5, e, 4), 0);
	assert_string_equal(w.log, "gwf");
	assert_true(w.gpu[LOW_FIRST + 5] == (bus_of(3) | 1));
	assert_true(w.gpu[LOW_FIRST + 6] == (bus_of(9) | 1));
	assert_true(w.gpu[LOW_FIRST + 7] == SCRATCH_PTE);
	assert_true(w.gpu[LOW_FIRST + 8] == (bus_of(3) | 1));
	assert_int_equal(w.holds[3], 2);
	assert_int_equal(gtt.mapped, 3);
	assert_int_equal(gtt.counters.entries_written, 4);
	assert_int_equal(gtt.counters.tlb_flushes, 1);

	assert_int_equal(write_one(HIGH_FIRST + HIGH_COUNT - 1, PTE(1)), 0);
	assert_true(w.gpu[HIGH_FIRST + HIGH_COUNT - 1] == (bus_of(1) | 1));
}

static void write_is_all_there_is(void **state)
{
	static uint64_t e[XENGT_GTT_BATCH];
	uint32_t i, left = LOW_COUNT + HIGH_COUNT;

	(void)state;
	for (i = 0; i < XENGT_GTT_BATCH; i++)
		e[i] = PTE(i % GFNS);
	for (i = 0; i < LOW_COUNT; i += XENGT_GTT_BATCH)
		write_ok(LOW_FIRST + i, e, XENGT_GTT_BATCH);
	write_ok(HIGH_FIRST, e, HIGH_COUNT);
	assert_int_equal(gtt.mapped, left);
	assert_int_equal(w.holds[0], left / GFNS);
	assert_int_equal(xengt_gtt_zap(&gtt), GFNS);
	assert_int_equal(gtt.counters.tlb_flushes, 4);
}

static void not_ram_is_scratch(void **state)
{
	const uint64_t e[] = {
		PTE(5),			/* a hole */
		PTE(GFNS + 1),		/* a frame beyond the guest's RAM */
		PTE(6),			/* RAM that the GPU cannot reach */
		PTE(7) | 1ull << 39,	/* bits above the address */
		~0ull,
		PTE(8),
	};

	(void)state;
	w.p2m[5] = 0;
	w.p2m[6] = 1ull << 39;
	assert_int_equal(write_ok(LOW_FIRST, e, 6), 5);
	assert_int_equal(gtt.counters.entries_scratched, 5);
	assert_int_equal(gtt.mapped, 1);
	assert_int_equal(gtt.unresolved, 3);
	assert_int_equal(w.pte_writes, 1);
	assert_int_equal(w.holds[6], 0);
	assert_int_equal(w.holds[7], 0);
}

static void write_refuses(void **state)
{
	static const uint64_t e[XENGT_GTT_BATCH + 1];
	uint32_t scratched = 77;

	(void)state;
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, e, 0, &scratched),
			 -EINVAL);
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, e,
					 XENGT_GTT_BATCH + 1, &scratched),
			 -EINVAL);
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, e, UINT32_MAX,
					 &scratched), -EINVAL);
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST - 1, e, 1, &scratched),
			 -ERANGE);
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST + LOW_COUNT - 1, e, 2,
					 &scratched), -ERANGE);
	assert_int_equal(xengt_gtt_write(&gtt, UINT32_MAX, e, 2, &scratched),
			 -ERANGE);
	assert_int_equal(scratched, 77);
	assert_int_equal(gtt.counters.entries_written, 0);
	assert_string_equal(w.log, "");
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, e, 1, NULL), 0);
}

static void overwrite_releases_after_flush(void **state)
{
	(void)state;
	write_one(LOW_FIRST, PTE(1));
	forget_log();
	write_one(LOW_FIRST, PTE(2));
	assert_string_equal(w.log, "gwfp");
	assert_int_equal(w.released, 1);
	assert_int_equal(w.holds[1], 0);

	forget_log();
	write_one(LOW_FIRST, 0);
	assert_string_equal(w.log, "wfp");
	assert_true(w.gpu[LOW_FIRST] == SCRATCH_PTE);

	write_one(LOW_FIRST, PTE(1));
	forget_log();
	write_one(LOW_FIRST, PTE(GFNS + 5));	/* an entry for a gfn without RAM */
	assert_string_equal(w.log, "gwfp");
	assert_int_equal(gtt.mapped, 0);
	assert_int_equal(gtt.unresolved, 1);
}

static void frame_stays_while_named_elsewhere(void **state)
{
	(void)state;
	write_one(LOW_FIRST, PTE(1));
	write_one(HIGH_FIRST, PTE(1));
	write_one(LOW_FIRST, PTE(2));
	assert_int_equal(w.released, 0);
	assert_int_equal(w.holds[1], 1);
	write_one(HIGH_FIRST, PTE(2));
	assert_int_equal(w.released, 1);
}

/* A write that changes nothing for the GPU stores nothing to the GPU. */
static void no_change_no_store(void **state)
{
	const uint64_t e[] = { PTE(1), PTE(GFNS), 0 };

	(void)state;
	write_ok(LOW_FIRST, e, 3);
	forget_log();
	write_ok(LOW_FIRST, e, 3);
	assert_string_equal(w.log, "gp");
	assert_int_equal(w.holds[1], 1);
	assert_int_equal(w.released, 0);

	forget_log();
	write_one(LOW_FIRST + 1, 0);	/* the entry points to scratch before and after
					 * the write */
	assert_string_equal(w.log, "");
	assert_int_equal(gtt.unresolved, 0);
}

/* One call swaps frames between entries: no frame is released. */
static void swap_in_one_call(void **state)
{
	const uint64_t a[] = { PTE(1), PTE(2) }, b[] = { PTE(2), PTE(1) };

	(void)state;
	write_ok(LOW_FIRST, a, 2);
	write_ok(LOW_FIRST, b, 2);
	assert_int_equal(w.released, 0);
	assert_int_equal(w.holds[1], 1);
	assert_true(w.gpu[LOW_FIRST] == (bus_of(2) | 1));
}

/* ---- the guest gives frames away, or moves them ---- */

/* Do a whole revalidation, step by step, as the module does. */
static int revalidate(struct xengt_gtt *g, uint64_t *ret_dropped,
		      uint64_t *ret_resolved)
{
	uint32_t cursor = 0;
	int r;

	*ret_resolved = 0;
	r = xengt_gtt_drop_moved(g, ret_dropped);
	if (r)
		return r;
	do {
		r = xengt_gtt_resolve(g, &cursor, ret_resolved);
	} while (r == 1);
	return r;
}

static void revalidate_ok(uint64_t want_dropped, uint64_t want_resolved)
{
	uint64_t dropped = 77, resolved = 77;

	assert_int_equal(revalidate(&gtt, &dropped, &resolved), 0);
	assert_int_equal(dropped, want_dropped);
	assert_int_equal(resolved, want_resolved);
}

static void revalidate_nothing(void **state)
{
	(void)state;
	revalidate_ok(0, 0);
	write_one(LOW_FIRST, PTE(1));
	forget_log();
	revalidate_ok(0, 0);
	assert_string_equal(w.log, "");
	assert_int_equal(w.moved_asked, 0);
	w.unsure_about_moves = true;
	revalidate_ok(0, 0);
	assert_string_equal(w.log, "");
	assert_int_equal(gtt.counters.revalidations, 3);
}

static void revalidate_follows(void **state)
{
	uint32_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		write_one(LOW_FIRST + i, PTE(1));
	write_one(HIGH_FIRST, PTE(2));
	write_one(HIGH_FIRST + 1, PTE(1));
	w.p2m[1] = 0x7000;
	forget_log();
	revalidate_ok(1, 4);
	assert_string_equal(w.log, "wfpgwf");
	for (i = 0; i < 3; i++)
		assert_true(w.gpu[LOW_FIRST + i] == 0x7001);
	assert_true(w.gpu[HIGH_FIRST + 1] == 0x7001);
	assert_true(w.gpu[HIGH_FIRST] == (bus_of(2) | 1));
	assert_int_equal(gtt.counters.frames_followed, 1);
	assert_int_equal(w.holds[1], 4);
	/*
	 * for adjacent entries with the same frame, the boundary asks only once whether the
	 * frame has moved
	 */
	assert_int_equal(w.moved_asked, 3);
}

static void revalidate_after_balloon_out_and_in(void **state)
{
	(void)state;
	write_one(LOW_FIRST, PTE(1));
	w.p2m[1] = 0;
	revalidate_ok(1, 0);
	assert_true(w.gpu[LOW_FIRST] == SCRATCH_PTE);
	assert_int_equal(gtt.unresolved, 1);
	revalidate_ok(0, 0);
	w.p2m[1] = 0x9000;
	revalidate_ok(0, 1);
	assert_true(w.gpu[LOW_FIRST] == 0x9001);
}

/* The guest writes another entry with a frame that has moved: the old frame is still held. */
static void write_while_moved(void **state)
{
	(void)state;
	write_one(LOW_FIRST, PTE(1));
	w.p2m[1] = 0xa000;
	write_one(LOW_FIRST + 1, PTE(1));	/* the entry gets the old frame, which is still
						 * held */
	assert_true(w.gpu[LOW_FIRST + 1] == (bus_of(1) | 1));
	revalidate_ok(1, 2);
	assert_true(w.gpu[LOW_FIRST] == 0xa001);
	assert_true(w.gpu[LOW_FIRST + 1] == 0xa001);
}

static void resolve_goes_in_batches(void **state)
{
	static uint64_t e[XENGT_GTT_BATCH];
	uint64_t resolved = 0;
	uint32_t i, cursor = 0;

	(void)state;
	for (i = 0; i < GFNS; i++)
		w.p2m[i] = 0;
	for (i = 0; i < XENGT_GTT_BATCH; i++)
		e[i] = PTE(i % GFNS);
	for (i = 0; i < LOW_COUNT; i += XENGT_GTT_BATCH)
		assert_int_equal(write_ok(LOW_FIRST + i, e, XENGT_GTT_BATCH),
				 XENGT_GTT_BATCH);
	write_one(HIGH_FIRST, PTE(3));
	for (i = 0; i < GFNS; i++)
		w.p2m[i] = bus_of(i);
	forget_log();
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &resolved), 1);
	assert_int_equal(resolved, XENGT_GTT_BATCH);
	assert_int_equal(w.flushes, 1);
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &resolved), 1);
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &resolved), 0);
	assert_int_equal(resolved, LOW_COUNT + 1);
	assert_int_equal(gtt.unresolved, 0);
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &resolved), 0);
}

/* ---- zap ---- */

static void zap_is_for_good(void **state)
{
	uint64_t a, b;
	uint32_t cursor = 0;
	const uint64_t e = PTE(1);

	(void)state;
	write_one(LOW_FIRST, PTE(1));
	write_one(HIGH_FIRST, PTE(2));
	write_one(HIGH_FIRST + 1, PTE(GFNS));
	forget_log();
	assert_int_equal(xengt_gtt_zap(&gtt), 2);
	assert_string_equal(w.log, "wfp");
	assert_int_equal(w.flushes, 1);
	assert_int_equal(gtt.mapped + gtt.unresolved, 0);
	forget_log();
	assert_int_equal(xengt_gtt_zap(&gtt), 0);
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, &e, 1, NULL),
			 -ESTALE);
	assert_int_equal(revalidate(&gtt, &a, &b), -ESTALE);
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &a), -ESTALE);
	assert_string_equal(w.log, "");
	/* an index outside the slices still gets -ERANGE */
	assert_int_equal(xengt_gtt_write(&gtt, 0, &e, 1, NULL), -ERANGE);
}

static void zap_of_nothing_is_silent(void **state)
{
	(void)state;
	assert_int_equal(xengt_gtt_zap(&gtt), 0);
	assert_string_equal(w.log, "");
}

/* ---- host failures ---- */

static void failed_write_changes_nothing(void **state)
{
	const uint64_t before[] = { PTE(1), 0, PTE(GFNS), PTE(4) };
	const uint64_t after[] = { PTE(2), PTE(3), PTE(1), 0 };
	uint32_t saved[4], scratched = 77;

	(void)state;
	write_ok(LOW_FIRST, before, 4);
	memcpy(saved, entries, sizeof(saved));
	forget_log();
	w.fail_get_in = 1;
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, after, 4, &scratched),
			 -ENOMEM);
	assert_string_equal(w.log, "g");
	assert_memory_equal(saved, entries, sizeof(saved));
	assert_int_equal(gtt.counters.entries_written, 4);
	assert_int_equal(scratched, 77);
	assert_int_equal(write_ok(LOW_FIRST, after, 4), 0);
}

/*
 * The test makes one hold of frames after another fail for lack of memory: the law of
 * release holds, and a second call of revalidate() succeeds.
 */
static void failed_revalidate_is_repeatable(void **state)
{
	static uint64_t e[XENGT_GTT_BATCH];
	uint64_t dropped, resolved;
	uint32_t i;
	int fail, r;

	(void)state;
	for (i = 0; i < XENGT_GTT_BATCH; i++)
		e[i] = PTE(i % GFNS);
	for (fail = 1; fail < 5; fail++) {
		write_ok(LOW_FIRST, e, XENGT_GTT_BATCH);
		write_ok(LOW_FIRST + XENGT_GTT_BATCH, e, XENGT_GTT_BATCH);
		write_ok(HIGH_FIRST, e, HIGH_COUNT);
		for (i = 0; i < GFNS; i++)
			w.p2m[i] += 1ull << 30;
		w.fail_get_in = fail;
		r = revalidate(&gtt, &dropped, &resolved);
		assert_int_equal(r, fail <= 3 ? -ENOMEM : 0);
		w.fail_get_in = 0;
		assert_int_equal(dropped, GFNS);
		assert_int_equal(gtt.mapped, resolved);
		assert_int_equal(revalidate(&gtt, &dropped, &resolved), 0);
		assert_int_equal(gtt.unresolved, 0);
		assert_true(w.gpu[HIGH_FIRST + 5] == (w.p2m[5] | 1));
	}
}

/* ---- random calls, compared with the model ---- */

static void same_as_model(const uint64_t *guest)
{
	for (uint32_t i = 0; i < PAGES; i++) {
		uint32_t g = (uint32_t)(guest[i] >> 12);
		bool is_ram = guest[i] & 1 && g < GFNS && w.p2m[g];

		assert_true(w.gpu[i] == (is_ram ? w.p2m[g] | 1 : SCRATCH_PTE));
	}
}

static void random_life(void **state)
{
	static uint64_t guest[PAGES], e[XENGT_GTT_BATCH];
	uint64_t a, b;
	uint32_t i, first, count, g;
	int round, r;

	(void)state;
	srand(7);
	for (round = 0; round < 3000; round++) {
		if (rand() % 3 == 0) {
			g = (uint32_t)rand() % GFNS;
			/* every frame moves; one frame in four disappears */
			w.p2m[g] = rand() % 4 ?
				(uint64_t)(round + GFNS) << 20 : 0;
		}
		if (rand() % 5 == 0) {
			w.fail_get_in = rand() % 8 ? 0 : 1;
			r = revalidate(&gtt, &a, &b);
			w.fail_get_in = 0;
			if (!r)
				same_as_model(guest);
			continue;
		}
		count = 1 + (uint32_t)rand() % 40;
		first = rand() % 2 ?
			LOW_FIRST + (uint32_t)rand() % (LOW_COUNT - 40) :
			HIGH_FIRST + (uint32_t)rand() % (HIGH_COUNT - 40);
		for (i = 0; i < count; i++)
			e[i] = (uint64_t)rand() % (GFNS + 4) << 12 | (rand() % 4 > 0);
		w.fail_get_in = rand() % 20 ? 0 : 1;
		r = xengt_gtt_write(&gtt, first, e, count, NULL);
		w.fail_get_in = 0;
		assert_true(r == 0 || r == -ENOMEM);
		if (!r)
			memcpy(&guest[first], e, count * sizeof(*e));
	}
	assert_true(gtt.counters.frames_followed > 50);
}

/* ---- a GPU that does not obey ---- */

/* Teardown for a GPU that is lost: held frames stay held. */
static int teardown_lost(void **state)
{
	uint32_t word;

	(void)state;
	assert_int_equal(xengt_gtt_zap(&gtt), 0);
	assert_true(w.health.is_lost);
	assert_int_equal(w.full_resets, 1);
	assert_int_equal(w.released, 0);
	assert_int_equal(w.holds[3], 1);
	assert_non_null(strchr(w.log, '!'));
	assert_null(strchr(strchr(w.log, '!'), 'f'));
	/* another call does not forget the frame that is still held */
	word = entries[0];
	assert_int_equal(xengt_gtt_zap(&gtt), 0);
	assert_int_equal(entries[0], word);
	edge_free(entries);
	return 0;
}

static void nothing_obeys_after_a_write(void)
{
	const uint64_t e = PTE(3);

	write_ok(LOW_FIRST, &e, 1);
	forget_log();
	w.flush_sticks = true;
	w.reset_sticks = true;
}

static void lost_at_a_write(void **state)
{
	const uint64_t e = PTE(9);

	(void)state;
	nothing_obeys_after_a_write();
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, &e, 1, NULL), -EIO);
	assert_int_equal(w.gpu[LOW_FIRST], bus_of(9) | 1);
	/* the boundary does not access the GPU again, because the GPU stays lost */
	w.flush_sticks = false;
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST + 1, &e, 1, NULL),
			 -EIO);
}

static void lost_at_a_revalidation(void **state)
{
	uint64_t dropped = 7;

	(void)state;
	nothing_obeys_after_a_write();
	w.p2m[3] = 0;
	assert_int_equal(xengt_gtt_drop_moved(&gtt, &dropped), -EIO);
	assert_int_equal(dropped, 0);
}

/* The entry that got a frame again does not count as resolved: the next call tries it again. */
static void lost_at_a_resolution(void **state)
{
	const uint64_t e = PTE(9);
	uint64_t resolved = 0;
	uint32_t cursor = 0;

	(void)state;
	w.p2m[9] = 0;
	assert_int_equal(write_ok(LOW_FIRST + 1, &e, 1), 1);
	nothing_obeys_after_a_write();
	w.p2m[9] = bus_of(9);
	assert_int_equal(xengt_gtt_resolve(&gtt, &cursor, &resolved), -EIO);
	assert_int_equal(cursor, 0);
}

static void lost_at_the_zap(void **state)
{
	(void)state;
	nothing_obeys_after_a_write();
}

/*
 * After a failed flush, a reset of the whole GPU serves as the flush: the frames are released.
 */
static void a_full_reset_confirms(void **state)
{
	const uint64_t e = PTE(9);

	(void)state;
	nothing_obeys_after_a_write();
	w.reset_sticks = false;
	assert_int_equal(xengt_gtt_write(&gtt, LOW_FIRST, &e, 1, NULL), 0);
	assert_int_equal(w.full_resets, 1);
	assert_int_equal(w.released, 1);
	assert_true(w.health.is_stopped);
	assert_false(w.health.is_lost);
	assert_int_equal(w.health.flushes_failed, 1);
}

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
#define LOST(f) cmocka_unit_test_setup_teardown(f, setup, teardown_lost)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(init_refuses),
		T(write_maps), T(write_is_all_there_is), T(not_ram_is_scratch),
		T(write_refuses), T(overwrite_releases_after_flush),
		T(frame_stays_while_named_elsewhere), T(no_change_no_store),
		T(swap_in_one_call), T(revalidate_nothing),
		T(revalidate_follows), T(revalidate_after_balloon_out_and_in),
		T(write_while_moved), T(resolve_goes_in_batches),
		T(zap_is_for_good), T(zap_of_nothing_is_silent),
		T(failed_write_changes_nothing),
		T(failed_revalidate_is_repeatable), T(random_life),
		LOST(lost_at_a_write), LOST(lost_at_a_revalidation),
		LOST(lost_at_a_resolution),
		LOST(lost_at_the_zap), T(a_full_reset_confirms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
