/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the allocation of module memory that the GPU reaches (src/boundary/area.c): each
 * vGPU gets the memory that it was promised, however much memory other vGPUs use.
 *
 * promise: P16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "xengt/each.h"

#define FIRST	0xf0000u
#define SCRATCH	0x1000u

static struct world {
	uint32_t pages;			/* number of pages that the host has allocated */
	uint32_t pages_max;
	uint64_t bus_offset;		/* added to the bus addresses behind the first good_pages
					 * pages of an allocation */
	uint32_t good_pages;
	void *mem;			/* memory of the last allocation */
	uint64_t ggtt[XENGT_SPACE_PAGES]; /* the entries; 0: scratch */
	struct xengt_space space;
} w;

static void *alloc(void *ctx, uint32_t pages, xengt_bus_t *ret_bus)
{
	(void)ctx;
	if (w.pages + pages > w.pages_max)
		return NULL;
	for (uint32_t i = 0; i < pages; i++)
		ret_bus[i] = xengt_bus(0x100000 + (w.pages + i) * 4096ull +
				       (i < w.good_pages ? 0 : w.bus_offset));
	w.pages += pages;
	return w.mem = malloc(1);
}

static void give_back(void *ctx, void *mem, uint32_t pages,
		      const xengt_bus_t *bus)
{
	(void)ctx;
	(void)bus;
	/* the boundary frees only memory that alloc() returned */
	assert_non_null(mem);
	assert_true(pages > 0);
	w.pages -= pages;
	free(mem);
}

static void pte_write(void *ctx, uint32_t index, uint64_t pte)
{
	(void)ctx;
	assert_true(index - FIRST < XENGT_SPACE_PAGES);
	w.ggtt[index - FIRST] = pte == w.space.scratch_pte ? 0 : pte;
}

static int flush(void *ctx)
{
	(void)ctx;
	return 0;
}

static const struct xengt_hw_ops hw_ops = {
	.pte_write = pte_write,
	.ggtt_flush = flush,
	.ppgtt_flush = flush,
};

static const struct xengt_mem_ops mem_ops = {
	.pages_alloc = alloc,
	.pages_free = give_back,
};

static struct xengt_hw_health health;
static struct xengt_hw hw = { .ops = &hw_ops, .mem_ops = &mem_ops, .health = &health };

static int setup(void **state)
{
	(void)state;
	memset(&w, 0, sizeof(w));
	w.pages_max = UINT32_MAX / 2;
	hw.scratch = xengt_bus(SCRATCH);
	return xengt_space_init(&w.space, &hw, FIRST);
}

static uint32_t entries(void)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < XENGT_SPACE_PAGES; i++)
		n += w.ggtt[i] != 0;
	return n;
}

static bool is_in_region(const struct xengt_area *area, uint32_t region)
{
	uint32_t first = area->first - FIRST;

	return first >= region * XENGT_REGION_PAGES &&
	       first + area->pages <= (region + 1) * XENGT_REGION_PAGES;
}

/*
 * The largest possible number of vGPUs can use all their promised memory at the same time.
 */
static void all_promises_are_kept(void **state)
{
	enum { EACH = XENGT_REGION_PAGES / XENGT_AREA_PAGES_MAX };
	struct xengt_area *areas = calloc(XENGT_REGIONS * EACH, sizeof(*areas));
	struct xengt_area more;

	(void)state;
	assert_non_null(areas);
	for (uint32_t i = 0; i < XENGT_REGIONS * EACH; i++) {
		assert_int_equal(xengt_area_create(&w.space, i / EACH,
						   XENGT_AREA_PAGES_MAX,
						   &areas[i]), 0);
		assert_true(is_in_region(&areas[i], i / EACH));
	}
	assert_int_equal(entries(), XENGT_REGIONS * XENGT_REGION_PAGES);
	for (uint32_t i = 0; i < XENGT_REGIONS; i++)
		assert_int_equal(xengt_area_create(&w.space, i, 1, &more),
				 -ENOSPC);
	/* when one vGPU frees memory, only that vGPU can allocate it again */
	xengt_area_destroy(&w.space, &areas[7 * EACH]);
	assert_int_equal(xengt_area_create(&w.space, 8, 1, &more), -ENOSPC);
	assert_int_equal(xengt_area_create(&w.space, 7, XENGT_AREA_PAGES_MAX,
					   &areas[7 * EACH]), 0);
	for (uint32_t i = 0; i < XENGT_REGIONS * EACH; i++)
		xengt_area_destroy(&w.space, &areas[i]);
	assert_int_equal(entries() + w.pages, 0);
	free(areas);
}

/* Each page of a region can be allocated alone, and an area of two pages needs two neighbours. */
static void each_page_is_found(void **state)
{
	static struct xengt_area areas[XENGT_REGION_PAGES];
	struct xengt_area two, *area;

	(void)state;
	xengt_for_each(area, areas)
		assert_int_equal(xengt_area_create(&w.space, 1, 1, area), 0);
	assert_int_equal(xengt_area_create(&w.space, 1, 1, &two), -ENOSPC);
	for (uint32_t i = 0; i + 2 < XENGT_REGION_PAGES; i += 63) {
		xengt_area_destroy(&w.space, &areas[i]);
		assert_int_equal(xengt_area_create(&w.space, 1, 2, &two), -ENOSPC);
		xengt_area_destroy(&w.space, &areas[i + 1]);
		assert_int_equal(xengt_area_create(&w.space, 1, 2, &two), 0);
		xengt_area_destroy(&w.space, &two);
		assert_int_equal(xengt_area_create(&w.space, 1, 1, &areas[i]), 0);
		assert_int_equal(xengt_area_create(&w.space, 1, 1, &areas[i + 1]), 0);
	}
	xengt_for_each(area, areas)
		xengt_area_destroy(&w.space, area);
	assert_int_equal(entries() + w.pages, 0);
}

/* A lost GPU may still use the entries: they stay as they are, and the pages stay allocated. */
static void the_gpu_is_lost(void **state)
{
	struct xengt_area area;

	(void)state;
	health.is_lost = true;
	assert_int_equal(xengt_area_create(&w.space, 0, 3, &area), -EIO);
	assert_int_equal(area.pages, 0);
	assert_null(area.mem);
	assert_int_equal(w.pages, 3);
	assert_int_equal(entries(), 3);
	health.is_lost = false;
	free(w.mem);
}

/* The GPU cannot reach the memory: nothing is kept. */
static void memory_is_out_of_reach(void **state)
{
	struct xengt_area area;

	(void)state;
	w.bus_offset = 1ull << 39;
	for (w.good_pages = 0; w.good_pages < 5; w.good_pages++) {
		assert_int_equal(xengt_area_create(&w.space, 0, 5, &area), -ENOMEM);
		assert_int_equal(area.pages, 0);
		assert_int_equal(w.pages + entries(), 0);
	}
	assert_int_equal(xengt_area_create(&w.space, 0, 5, &area), 0);
	xengt_area_destroy(&w.space, &area);
	assert_int_equal(w.pages + entries(), 0);
}

static void wrong_requests(void **state)
{
	struct xengt_area area;

	(void)state;
	assert_int_equal(xengt_area_create(&w.space, 0, 0, &area), -EINVAL);
	assert_int_equal(xengt_area_create(&w.space, 0,
					   XENGT_AREA_PAGES_MAX + 1, &area),
			 -EINVAL);
	assert_int_equal(xengt_area_create(&w.space, XENGT_REGIONS, 1, &area),
			 -EINVAL);
	w.pages_max = 3;
	assert_int_equal(xengt_area_create(&w.space, 0, 4, &area), -ENOMEM);
	assert_int_equal(area.pages, 0);
	assert_int_equal(entries(), 0);
	assert_int_equal(xengt_area_create(&w.space, 0, 3, &area), 0);
	xengt_area_destroy(&w.space, &area);
	xengt_area_destroy(&w.space, &area);
	assert_int_equal(entries() + w.pages, 0);
}

/*
 * Areas of random sizes are made and destroyed: each page belongs to one area, and is in
 * that area's region.
 */
static void random_lives(void **state)
{
	enum { AREAS = 64 };
	struct xengt_area areas[AREAS] = { { 0 } }, whole[8];
	uint32_t total = 0;

	(void)state;
	srand(11);
	for (int round = 0; round < 20000; round++) {
		uint32_t i = (uint32_t)rand() % AREAS;

		total -= areas[i].pages;
		if (areas[i].pages)
			xengt_area_destroy(&w.space, &areas[i]);
		else if (!xengt_area_create(&w.space, i % 3,
					    1 + (uint32_t)rand() %
						    XENGT_AREA_PAGES_MAX,
					    &areas[i]))
			assert_true(is_in_region(&areas[i], i % 3));
		total += areas[i].pages;
		assert_int_equal(w.pages, total);
		if (round % 100 == 0)
			assert_int_equal(entries(), total);
	}
	for (uint32_t i = 0; i < AREAS; i++)
		xengt_area_destroy(&w.space, &areas[i]);
	assert_int_equal(entries() + w.pages, 0);
	/* at the end the largest pieces can be allocated again */
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(xengt_area_create(&w.space, 0,
						   XENGT_AREA_PAGES_MAX,
						   &whole[i]), 0);
	for (uint32_t i = 0; i < 8; i++)
		xengt_area_destroy(&w.space, &whole[i]);
}

#define TEST(f) cmocka_unit_test_setup(f, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_promises_are_kept),
		TEST(wrong_requests),
		TEST(memory_is_out_of_reach),
		TEST(the_gpu_is_lost),
		TEST(each_page_is_found),
		TEST(random_lives),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
