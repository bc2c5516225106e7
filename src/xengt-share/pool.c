/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Pages that are granted to a viewer; see pool.h and xengt/view_abi.h.
 *
 * gntalloc is asked for UNIT_PAGES pages at a time, because a smaller number would
 * cost more calls, and a larger number would waste pages for small pictures.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xengt-share/pool.h"
#include "xengt/limits.h"
#include "xengt/view_abi.h"

#define UNIT_PAGES	256u
#define UNITS		(XENGT_VIEW_PAGES_MAX / UNIT_PAGES)

_Static_assert(XENGT_VIEW_PAGE_REFS % UNIT_PAGES == 0,
	       "the grants of a unit are in one directory page");
_Static_assert(sizeof(struct xengt_view_control) <= XENGT_VIEW_PAGE_BYTES,
	       "the control page is one page");

struct xengt_pool {
	xengntshr_handle *shr;
	uint32_t viewer;
	struct xengt_view_control *control;
	uint32_t control_ref;
	uint32_t *dir[XENGT_VIEW_DIRS];
	uint8_t *unit[UNITS];
	uint32_t units;			/* how many units exist */
	uint32_t sequence;		/* the control page's number; the viewer cannot
					 * change this copy */
	uint32_t width, height;		/* 0: no picture */
	uint32_t used;			/* pages that may differ from 0 */
	struct xengt_pool_counts counts;
};

static void *share(struct xengt_pool *pool, uint32_t pages, uint32_t *ret_refs)
{
	void *at = xengntshr_share_pages(pool->shr, pool->viewer, (int)pages,
					 ret_refs, 0);

	if (at)
		pool->counts.pages += pages;
	return at;
}

static void unshare(struct xengt_pool *pool, void *at, uint32_t pages)
{
	if (!at)
		return;
	memset(at, 0, (size_t)pages * XENGT_VIEW_PAGE_BYTES);
	xengntshr_unshare(pool->shr, at, pages);
	pool->counts.pages -= pages;
}

int xengt_pool_create(xengntshr_handle *shr, uint32_t viewer,
		      struct xengt_pool **ret_pool)
{
	struct xengt_pool *pool = calloc(1, sizeof(*pool));
	int r;

	if (!pool)
		return -ENOMEM;
	pool->shr = shr;
	pool->viewer = viewer;
	pool->control = share(pool, 1, &pool->control_ref);
	if (!pool->control) {
		r = errno ? -errno : -ENOMEM;
		free(pool);
		return r;
	}
	pool->control->version = XENGT_VIEW_VERSION;
	pool->control->format = XENGT_VIEW_XRGB8888;
	pool->control->magic = XENGT_VIEW_MAGIC;
	*ret_pool = pool;
	return 0;
}

void xengt_pool_destroy(struct xengt_pool *pool)
{
	if (!pool)
		return;
	xengt_pool_clear(pool);
	for (uint32_t i = 0; i < UNITS; i++)
		unshare(pool, pool->unit[i], UNIT_PAGES);
	for (uint32_t i = 0; i < XENGT_VIEW_DIRS; i++)
		unshare(pool, pool->dir[i], 1);
	unshare(pool, pool->control, 1);
	free(pool);
}

uint32_t xengt_pool_control_ref(const struct xengt_pool *pool)
{
	return pool->control_ref;
}

void xengt_pool_counts(const struct xengt_pool *pool,
		       struct xengt_pool_counts *ret_counts)
{
	*ret_counts = pool->counts;
}

/* ---- changes ---- */

static void begin_change(struct xengt_pool *pool)
{
	if (pool->sequence & 1)
		return;
	__atomic_store_n(&pool->control->sequence, ++pool->sequence,
			 __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

static void end_change(struct xengt_pool *pool)
{
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_store_n(&pool->control->sequence, ++pool->sequence,
			 __ATOMIC_RELAXED);
}

/*
 * Gets one more unit of pages. A directory page is written before a viewer can learn
 * that the pages exist (the control page's member `pages`).
 */
static int grow(struct xengt_pool *pool)
{
	uint32_t n = pool->units * UNIT_PAGES / XENGT_VIEW_PAGE_REFS;
	uint32_t at = pool->units * UNIT_PAGES % XENGT_VIEW_PAGE_REFS;
	uint32_t refs[UNIT_PAGES], ref;

	errno = 0;
	if (!pool->dir[n]) {
		pool->dir[n] = share(pool, 1, &ref);
		if (!pool->dir[n])
			return errno ? -errno : -ENOMEM;
		pool->control->dir[n] = ref;
	}
	pool->unit[pool->units] = share(pool, UNIT_PAGES, refs);
	if (!pool->unit[pool->units])
		return errno ? -errno : -ENOMEM;
	memcpy(&pool->dir[n][at], refs, sizeof(refs));
	pool->units++;
	return 0;
}

static uint8_t *page_at(struct xengt_pool *pool, uint32_t page)
{
	return pool->unit[page / UNIT_PAGES] +
	       (size_t)(page % UNIT_PAGES) * XENGT_VIEW_PAGE_BYTES;
}

static void zero_pages(struct xengt_pool *pool, uint32_t from, uint32_t to)
{
	for (uint32_t page = from; page < to; page++)
		memset(page_at(pool, page), 0, XENGT_VIEW_PAGE_BYTES);
}

/*
 * Converts a page of pixels. The pixels behind the end of the picture are 0.
 */
static void convert(const uint8_t *rgb, uint32_t pixels, uint32_t *page)
{
	for (uint32_t i = 0; i < pixels; i++, rgb += 3)
		page[i] = (uint32_t)rgb[0] << 16 | (uint32_t)rgb[1] << 8 | rgb[2];
	for (uint32_t i = pixels; i < XENGT_VIEW_PAGE_PIXELS; i++)
		page[i] = 0;
}

/* Sets the members of the control page that describe the picture. */
static void describe(struct xengt_pool *pool, uint32_t width, uint32_t height,
		     uint32_t pages, uint32_t first, uint32_t count)
{
	struct xengt_view_control *control = pool->control;

	pool->width = width;
	pool->height = height;
	control->width = width;
	control->height = height;
	control->pages = pages;
	control->changed_first = first;
	control->changed_pages = count;
}

int xengt_pool_show(struct xengt_pool *pool, const uint8_t *rgb, uint32_t width,
		    uint32_t height)
{
	uint64_t pixels = (uint64_t)width * height;
	uint32_t page[XENGT_VIEW_PAGE_PIXELS], first = 0, end = 0, pages;

	if (!pixels)
		return -EINVAL;
	if (pixels > (uint64_t)XENGT_VIEW_PAGES_MAX * XENGT_VIEW_PAGE_PIXELS)
		return -E2BIG;
	pages = (uint32_t)((pixels + XENGT_VIEW_PAGE_PIXELS - 1) /
			   XENGT_VIEW_PAGE_PIXELS);
	while (pool->units * UNIT_PAGES < pages) {
		int r = grow(pool);

		if (r < 0)
			return r;
	}
	for (uint32_t i = 0; i < pages; i++) {
		uint64_t from = (uint64_t)i * XENGT_VIEW_PAGE_PIXELS;
		uint64_t left = pixels - from;

		convert(rgb + 3 * from,
			left < XENGT_VIEW_PAGE_PIXELS ? (uint32_t)left :
							XENGT_VIEW_PAGE_PIXELS, page);
		if (!memcmp(page, page_at(pool, i), sizeof(page)))
			continue;
		begin_change(pool);
		memcpy(page_at(pool, i), page, sizeof(page));
		pool->counts.copied++;
		first = end ? first : i;
		end = i + 1;
	}
	if (!end && pool->width == width && pool->height == height)
		return 0;
	begin_change(pool);
	if (pool->used > pages)
		zero_pages(pool, pages, pool->used);
	pool->used = pages;
	describe(pool, width, height, pages, first, end - first);
	end_change(pool);
	pool->counts.shown++;
	return 1;
}

bool xengt_pool_has_picture(const struct xengt_pool *pool)
{
	return pool->width != 0;
}

bool xengt_pool_clear(struct xengt_pool *pool)
{
	if (!pool->width)
		return false;
	begin_change(pool);
	describe(pool, 0, 0, 0, 0, 0);
#ifndef XENGT_FAULT_KEEP_PICTURE
	zero_pages(pool, 0, pool->used);
#endif
	pool->used = 0;
	end_change(pool);
	return true;
}
