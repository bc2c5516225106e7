/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * promise: P22
 * Tests the pages that show a picture to a viewer, on an imitated gntalloc that keeps
 * each page which it ever granted, and knows what the viewer may have mapped.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>
#include <xengnttab.h>

#include "xengt-share/pool.h"
#include "xengt/limits.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"

#define VIEWER	9
#define GRANTS	(XENGT_VIEW_PAGES_MAX + XENGT_VIEW_DIRS + 1)

static struct {
	uint8_t *page[GRANTS + 1];	/* by grant; grant 0 is never used */
	bool is_shared[GRANTS + 1];
	uint32_t grants, shared;
	uint32_t room;			/* after so many pages gntalloc fails */
} world;

void *xengntshr_share_pages(xengntshr_handle *shr, uint32_t domid, int count, uint32_t *refs,
			    int writable)
{
	uint8_t *at;

	assert_ptr_equal(shr, &world);
	assert_int_equal(domid, VIEWER);
	assert_false(writable);
	if (world.shared + (uint32_t)count > world.room) {
		errno = ENOSPC;
		return NULL;
	}
	at = calloc((size_t)count, XENGT_PAGE_SIZE);
	for (int i = 0; i < count; i++) {
		refs[i] = ++world.grants;
		assert_true(world.grants <= GRANTS);
		world.page[refs[i]] = at + (size_t)i * XENGT_PAGE_SIZE;
		world.is_shared[refs[i]] = true;
	}
	world.shared += (uint32_t)count;
	return at;
}

/* The viewer has not unmapped the pages, so their content still matters. */
int xengntshr_unshare(xengntshr_handle *shr, void *start, uint32_t count)
{
	assert_ptr_equal(shr, &world);
	for (uint32_t ref = 1; ref <= world.grants; ref++) {
		uint64_t at = (uint64_t)(world.page[ref] - (uint8_t *)start);

		if (at >= (uint64_t)count * XENGT_PAGE_SIZE || !world.is_shared[ref])
			continue;
		for (size_t i = 0; i < XENGT_PAGE_SIZE; i++)
			assert_int_equal(world.page[ref][i], 0);
		world.is_shared[ref] = false;
		world.shared--;
	}
	free(start);
	return 0;
}

static struct xengt_pool *pool;

static const struct xengt_view_control *control(void)
{
	return (const void *)world.page[xengt_pool_control_ref(pool)];
}

/* A page of the picture, as the viewer finds it. */
static const uint32_t *page(uint32_t i)
{
	const uint32_t *dir = (const void *)
		world.page[control()->dir[i / XENGT_VIEW_PAGE_REFS]];

	return (const void *)world.page[dir[i % XENGT_VIEW_PAGE_REFS]];
}

static uint8_t *new_picture(uint32_t width, uint32_t height, uint32_t seed)
{
	size_t len = 3 * (size_t)width * height;
	uint8_t *rgb = malloc(len);

	for (size_t i = 0; i < len; i++) {
		seed = seed * 1103515245 + 12345;
		rgb[i] = (uint8_t)(seed >> 16);
	}
	return rgb;
}

static void assert_shown(const uint8_t *rgb, uint32_t width, uint32_t height)
{
	uint64_t pixels = (uint64_t)width * height;

	assert_int_equal(control()->sequence & 1, 0);
	assert_int_equal(control()->width, width);
	assert_int_equal(control()->height, height);
	for (uint64_t i = 0; i < (uint64_t)control()->pages * XENGT_VIEW_PAGE_PIXELS; i++) {
		uint32_t want = i < pixels ? (uint32_t)rgb[3 * i] << 16 |
					     (uint32_t)rgb[3 * i + 1] << 8 | rgb[3 * i + 2] : 0;

		assert_int_equal(page(i / XENGT_VIEW_PAGE_PIXELS)[i % XENGT_VIEW_PAGE_PIXELS],
				 want);
	}
}

/* All granted pages except the control page and the directories are 0. */
static void assert_empty(uint32_t pages)
{
	assert_int_equal(control()->width, 0);
	assert_int_equal(control()->pages, 0);
	for (uint32_t i = 0; i < pages; i++)
		for (uint32_t j = 0; j < XENGT_VIEW_PAGE_PIXELS; j++)
			assert_int_equal(page(i)[j], 0);
}

static struct xengt_pool_counts counts(void)
{
	struct xengt_pool_counts c;

	xengt_pool_counts(pool, &c);
	assert_int_equal(c.pages, world.shared);
	return c;
}

static int begin(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.room = GRANTS;
	return xengt_pool_create((xengntshr_handle *)&world, VIEWER, &pool);
}

static int end(void **state)
{
	(void)state;
	xengt_pool_destroy(pool);
	return world.shared != 0;
}

static void shows_pictures(void **state)
{
	uint8_t *rgb = new_picture(640, 480, 1);
	struct xengt_pool_counts before;

	(void)state;
	assert_int_equal(control()->magic, XENGT_VIEW_MAGIC);
	assert_int_equal(control()->version, XENGT_VIEW_VERSION);
	assert_false(xengt_pool_has_picture(pool));
	assert_int_equal(xengt_pool_show(pool, rgb, 640, 480), 1);
	assert_true(xengt_pool_has_picture(pool));
	assert_shown(rgb, 640, 480);
	assert_int_equal(counts().copied, 300);
	/* one pixel differs: one page is copied */
	before = counts();
	rgb[3 * (5 * XENGT_VIEW_PAGE_PIXELS + 7)] ^= 1;
	assert_int_equal(xengt_pool_show(pool, rgb, 640, 480), 1);
	assert_shown(rgb, 640, 480);
	assert_int_equal(counts().copied, before.copied + 1);
	assert_int_equal(control()->changed_first, 5);
	assert_int_equal(control()->changed_pages, 1);
	free(rgb);
}

static void still_picture_costs_nothing(void **state)
{
	uint8_t *rgb = new_picture(640, 480, 2);
	struct xengt_pool_counts before;
	uint32_t sequence;

	(void)state;
	xengt_pool_show(pool, rgb, 640, 480);
	before = counts();
	sequence = control()->sequence;
	for (int i = 0; i < 3; i++)
		assert_int_equal(xengt_pool_show(pool, rgb, 640, 480), 0);
	assert_int_equal(counts().copied, before.copied);
	assert_int_equal(counts().shown, before.shown);
	assert_int_equal(control()->sequence, sequence);
	free(rgb);
}

/* A smaller picture leaves nothing of the larger one; no page is granted twice. */
static void modes_change(void **state)
{
	static const uint32_t modes[][2] = {
		{ 640, 480 }, { 1024, 768 }, { 3, 1 }, { 1920, 1200 }, { 480, 640 },
	};
	uint32_t largest = 0;

	(void)state;
	for (uint32_t i = 0; i < XENGT_ARRAY_SIZE(modes); i++) {
		uint8_t *rgb = new_picture(modes[i][0], modes[i][1], i);

		assert_int_equal(xengt_pool_show(pool, rgb, modes[i][0], modes[i][1]), 1);
		assert_shown(rgb, modes[i][0], modes[i][1]);
		largest = control()->pages > largest ? control()->pages : largest;
		for (uint32_t p = control()->pages; p < largest; p++)
			for (uint32_t j = 0; j < XENGT_VIEW_PAGE_PIXELS; j++)
				assert_int_equal(page(p)[j], 0);
		free(rgb);
	}
	assert_int_equal(largest, 2250);
	/* units of 256 pages, directories, the control page */
	assert_int_equal(counts().pages, 9 * 256 + 3 + 1);
	assert_true(xengt_pool_clear(pool));
	assert_false(xengt_pool_clear(pool));
	assert_empty(largest);
}

/* A black picture has pages with the same content as no picture. */
static void black_is_a_picture(void **state)
{
	uint8_t *rgb = calloc(3, 64 * 64);

	(void)state;
	assert_int_equal(xengt_pool_show(pool, rgb, 64, 64), 1);
	assert_int_equal(control()->pages, 4);
	assert_int_equal(control()->changed_pages, 0);
	assert_int_equal(xengt_pool_show(pool, rgb, 64, 64), 0);
	/* the same pixels in another mode */
	assert_int_equal(xengt_pool_show(pool, rgb, 128, 32), 1);
	free(rgb);
}

static void pages_have_a_limit(void **state)
{
	uint8_t *rgb = new_picture(2048, 2049, 3);

	(void)state;
	assert_int_equal(xengt_pool_show(pool, rgb, 0, 5), -EINVAL);
	assert_int_equal(xengt_pool_show(pool, rgb, 2048, 2049), -E2BIG);
	assert_int_equal(xengt_pool_show(pool, rgb, UINT32_MAX, UINT32_MAX), -E2BIG);
	assert_int_equal(counts().pages, 1);
	assert_int_equal(xengt_pool_show(pool, rgb, 2048, 2048), 1);
	assert_int_equal(counts().pages, GRANTS);
	assert_shown(rgb, 2048, 2048);
	free(rgb);
}

/* gntalloc has no more pages: the viewer keeps the picture that it had. */
static void gntalloc_fails(void **state)
{
	uint8_t *rgb = new_picture(1024, 768, 4);

	(void)state;
	for (world.room = 0; world.room < 1 + 1 + 3 * 256; world.room++) {
		assert_int_equal(xengt_pool_show(pool, rgb, 1024, 768), -ENOSPC);
		assert_int_equal(control()->width, 0);
	}
	assert_int_equal(xengt_pool_show(pool, rgb, 1024, 768), 1);
	assert_shown(rgb, 1024, 768);
	free(rgb);
}

static void no_control_page(void **state)
{
	struct xengt_pool *other = NULL;

	(void)state;
	world.room = world.shared;
	assert_int_equal(xengt_pool_create((xengntshr_handle *)&world, VIEWER, &other), -ENOSPC);
	assert_null(other);
	xengt_pool_destroy(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, begin, end)
	const struct CMUnitTest tests[] = {
		TEST(shows_pictures),
		TEST(still_picture_costs_nothing),
		TEST(modes_change),
		TEST(black_is_a_picture),
		TEST(pages_have_a_limit),
		TEST(gntalloc_fails),
		TEST(no_control_page),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
