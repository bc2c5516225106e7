// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tests page tables on a lost GPU, which ends no flush and no reset, not even a reset of
 * the whole GPU (src/boundary/hw.c). Every frame and every table that the GPU may still
 * use stays held, whatever the worker requests. test_boundary_gtt tests the same for the
 * GGTT, test_boundary_sched for engines. Built with FAULT=TRUST_FLUSH, this file must
 * fail.
 *
 * promise: P14
 */
#include "boundary_world.h"

#define FRAME		5u
#define ENTRY(n)	((uint64_t)(n) << 12 | 3)
#define LARGE		(ENTRY(512) | 0x80)

static struct world *w;
static struct world_guest *g;
static uint32_t root, pdp, pd, pt, live;

static int put(uint32_t table, uint32_t index, uint64_t entry)
{
	return xengt_ppgtt_write(&g->ppgtt, table, index, &entry, 1, NULL);
}

/*
 * Make an address space that is in use, with a page of 4 KiB and a page of 2 MiB. After
 * this no flush ends.
 */
static int setup(void **state)
{
	uint64_t pdps[XENGT_PPGTT_PDPS];

	(void)state;
	w = world_create(XENGT_PLATFORM_SKL, 1);
	g = &w->guests[0];
	root = guest_table(g, 4, 0);
	pdp = guest_table(g, 3, root);
	pd = guest_table(g, 2, pdp);
	pt = guest_table(g, 1, pd);
	assert_int_equal(put(pt, 0, ENTRY(FRAME)), 0);
	assert_int_equal(put(pd, 1, LARGE), 0);
	assert_int_equal(xengt_ppgtt_root_get(&g->ppgtt, root, 4, pdps), 0);
	assert_int_equal(g->ppgtt.mapped, 1 + 512);
	assert_int_equal(g->ppgtt.unresolved, 0);
	g->put = 0;
	live = g->ppgtt.live;
	w->flush_sticks = true;
	w->full_reset_sticks = true;
	return 0;
}

/* Ends the vGPU, and checks that the frames and tables are still held. */
static int teardown(void **state)
{
	(void)state;
	assert_int_equal(xengt_ppgtt_zap(&g->ppgtt), 0);
	assert_true(w->health.is_lost);
	assert_int_equal(w->health.flushes_failed, 1);
	assert_int_equal(w->full_resets, 1);
	assert_int_equal(g->put, 0);
	assert_int_equal(g->ppgtt.live, live);
	if (g->ppgtt.pins)
		xengt_ppgtt_root_put(&g->ppgtt, root);
	assert_int_equal(g->ppgtt.live, live);
	world_destroy(w);
	return 0;
}

static void at_an_entry(void **state)
{
	(void)state;
	assert_int_equal(put(pt, 0, ENTRY(FRAME + 1)), -EIO);
	/* the module does not try another flush */
	w->flush_sticks = false;
	assert_int_equal(put(pt, 0, ENTRY(FRAME + 2)), -EIO);
}

static void at_a_large_page(void **state)
{
	(void)state;
	assert_int_equal(put(pd, 1, 0), -EIO);
}

/* An entry no longer points to a table, but the GPU may still walk the table. */
static void at_a_table_of_a_root(void **state)
{
	(void)state;
	assert_int_equal(put(root, 0, 0), -EIO);
	assert_int_equal(xengt_ppgtt_destroy(&g->ppgtt, pdp), -EIO);
}

static void at_a_table_of_a_table(void **state)
{
	(void)state;
	assert_int_equal(put(pd, 0, 0), -EIO);
	assert_int_equal(xengt_ppgtt_destroy(&g->ppgtt, pt), -EIO);
}

static void at_a_destruction(void **state)
{
	(void)state;
	xengt_ppgtt_root_put(&g->ppgtt, root);
	assert_int_equal(xengt_ppgtt_destroy(&g->ppgtt, root), -EIO);
}

static void at_a_revalidation(void **state)
{
	uint64_t dropped = 0;
	uint32_t cursor = 0;
	int r;

	(void)state;
	g->moved = FRAME;
	do
		r = xengt_ppgtt_drop_moved(&g->ppgtt, &cursor, &dropped);
	while (r == 1);
	assert_int_equal(r, -EIO);
	assert_int_equal(dropped, 0);
}

static void at_the_zap(void **state)
{
	(void)state;
	assert_int_equal(xengt_ppgtt_zap(&g->ppgtt), 0);
}

#define LOST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LOST(at_an_entry),
		LOST(at_a_large_page),
		LOST(at_a_table_of_a_root),
		LOST(at_a_table_of_a_table),
		LOST(at_a_destruction),
		LOST(at_a_revalidation),
		LOST(at_the_zap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
