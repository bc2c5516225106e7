/* SPDX-License-Identifier: GPL-2.0-only */
/* Maps a guest's memory by foreign mappings; see hv_xen_map.h. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "hv/hv_xen_map.h"
#include "xengt/types.h"

#define FRAMES		XENGT_XEN_MAP_MAX
#define NONE		UINT64_MAX
#define FRAME_BITS	40	/* maximal number of bits of a guest frame
				 * number on any CPU */

struct xengt_xen_bucket {
	uint64_t number;	/* number of the bucket: gfn / FRAMES, or
				 * NONE */
	uint8_t *addr;
	uint64_t valid[FRAMES / 64];
};

void xengt_xen_map_init(struct xengt_xen_map *map,
			xenforeignmemory_handle *fmem, uint32_t domid)
{
	map->fmem = fmem;
	map->domid = domid;
}

static void drop_bucket(struct xengt_xen_map *map, struct xengt_xen_bucket *b)
{
	if (b->number == NONE)
		return;
	xenforeignmemory_unmap(map->fmem, b->addr, FRAMES);
	b->number = NONE;
	map->bucket_count--;
}

void xengt_xen_map_drop(struct xengt_xen_map *map)
{
	for (uint32_t i = 0; i < XENGT_XEN_MAP_BUCKETS && map->bucket_count; i++)
		if (map->buckets[i])
			drop_bucket(map, map->buckets[i]);
}

void xengt_xen_map_fini(struct xengt_xen_map *map)
{
	xengt_xen_map_drop(map);
	for (uint32_t i = 0; i < XENGT_XEN_MAP_BUCKETS; i++) {
		free(map->buckets[i]);
		map->buckets[i] = NULL;
	}
}

int xengt_xen_map_frames(struct xengt_xen_map *map, uint64_t first,
			 uint32_t frames, int *errs, uint8_t **ret_addr,
			 uint64_t *calls)
{
	xen_pfn_t few[FRAMES], *gfns = few;
	void *addr;
	int r = 0;

	if (first >> FRAME_BITS)
		return -EFAULT;
	if (frames > FRAMES)
		gfns = malloc(frames * sizeof(*gfns));
	if (!gfns)
		return -ENOMEM;
	for (uint32_t i = 0; i < frames; i++)
		gfns[i] = first + i;
	memset(errs, 0, frames * sizeof(*errs));
	if (calls)
		(*calls)++;
	addr = xenforeignmemory_map(map->fmem, map->domid,
				    PROT_READ | PROT_WRITE, frames, gfns, errs);
	if (!addr)
		r = errno ? -errno : -EFAULT;
	else
		*ret_addr = addr;
	if (gfns != few)
		free(gfns);
	return r;
}

static bool is_valid(const struct xengt_xen_bucket *b, uint32_t i)
{
	return b->valid[i / 64] >> (i % 64) & 1;
}

static int fill_bucket(struct xengt_xen_map *map, uint64_t number,
		       struct xengt_xen_bucket **ret, uint64_t *calls)
{
	uint32_t index = number % XENGT_XEN_MAP_BUCKETS;
	struct xengt_xen_bucket *b = map->buckets[index];
	int errs[FRAMES], r;

	if (!b) {
		b = calloc(1, sizeof(*b));
		if (!b)
			return -ENOMEM;
		b->number = NONE;
		map->buckets[index] = b;
	}
	*ret = b;
	if (b->number == number)
		return 0;
	drop_bucket(map, b);
	r = xengt_xen_map_frames(map, number * FRAMES, FRAMES, errs, &b->addr,
				 calls);
	if (r < 0)
		return r;
	memset(b->valid, 0, sizeof(b->valid));
	for (uint32_t i = 0; i < FRAMES; i++)
		if (!errs[i])
			b->valid[i / 64] |= 1ull << (i % 64);
	b->number = number;
	map->bucket_count++;
	return 0;
}

/*
 * Check whether a frame that was a hole when its bucket was mapped is still a
 * hole. If a guest names holes again and again, each check maps one page and
 * not a whole bucket.
 */
static bool is_still_hole(struct xengt_xen_map *map, uint64_t frame,
			  uint64_t *calls)
{
	uint8_t *addr;
	int err;

	if (xengt_xen_map_frames(map, frame, 1, &err, &addr, calls) < 0)
		return true;
	xenforeignmemory_unmap(map->fmem, addr, 1);
	return err != 0;
}

static int find_page(struct xengt_xen_map *map, uint64_t frame,
		     uint8_t **ret_page, uint64_t *calls)
{
	uint32_t i = frame % FRAMES;
	struct xengt_xen_bucket *b;
	int r;

	r = fill_bucket(map, frame / FRAMES, &b, calls);
	if (r == 0 && !is_valid(b, i)) {
		if (is_still_hole(map, frame, calls))
			return -EFAULT;
		drop_bucket(map, b);
		r = fill_bucket(map, frame / FRAMES, &b, calls);
		if (r == 0 && !is_valid(b, i))
			return -EFAULT;
	}
	if (r < 0)
		return r == -ENOMEM ? r : -EFAULT;
	*ret_page = b->addr + (size_t)i * XENGT_PAGE_SIZE;
	return 0;
}

int xengt_xen_map_copy(struct xengt_xen_map *map, uint64_t addr, void *to,
		       const void *from, size_t len_bytes, uint64_t *calls)
{
	const uint64_t end = 1ull << (FRAME_BITS + XENGT_PAGE_SHIFT);

	if (addr >= end || len_bytes > end - addr)
		return -EFAULT;
	for (size_t done = 0; done < len_bytes;) {
		size_t offset = (addr + done) % XENGT_PAGE_SIZE;
		size_t n = XENGT_PAGE_SIZE - offset;
		uint8_t *page;
		int r;

		if (n > len_bytes - done)
			n = len_bytes - done;
		r = find_page(map, (addr + done) >> XENGT_PAGE_SHIFT, &page,
			      calls);
		if (r < 0)
			return r;
		if (to)
			memcpy((uint8_t *)to + done, page + offset, n);
		else
			memcpy(page + offset, (const uint8_t *)from + done, n);
		done += n;
	}
	return 0;
}
