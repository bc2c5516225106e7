// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: the module's own part of the GGTT
 *
 * One bit for each page says whether the page is used. An area gets the first
 * free range of its region that is large enough, so that the free pages of the
 * region stay contiguous if possible.
 */
#include "boundary/area.h"
#include "boundary/bnd_hw.h"
#include "boundary/gtt.h"

static bool is_used(const struct xengt_space *space, uint32_t page)
{
	return space->used[page / 64] >> page % 64 & 1;
}

static void mark(struct xengt_space *space, uint32_t first, uint32_t pages,
		 bool used)
{
	uint32_t i;

	for (i = first; i < first + pages; i++) {
		if (used)
			space->used[i / 64] |= 1ull << i % 64;
		else
			space->used[i / 64] &= ~(1ull << i % 64);
	}
}

/*
 * The first page of a free range of 'pages' pages in the region, or -ENOSPC.
 */
static int find(const struct xengt_space *space, uint32_t region,
		uint32_t pages)
{
	const uint32_t begin = region * XENGT_REGION_PAGES;
	uint32_t i, run = 0;

	for (i = begin; i < begin + XENGT_REGION_PAGES; i++) {
		if (!(i % 64) && !~space->used[i / 64]) {
			run = 0;
			i += 63;
			continue;
		}
		run = is_used(space, i) ? 0 : run + 1;
		if (run == pages)
			return i + 1 - pages;
	}
	return -ENOSPC;
}

int xengt_space_init(struct xengt_space *space, const struct xengt_hw *hw,
		     uint32_t first)
{
	memset(space, 0, sizeof(*space));
	space->hw = hw;
	space->first = first;
	return xengt_pte_encode(hw->scratch, &space->scratch_pte);
}

static void pte_write(struct xengt_space *space, uint32_t page, uint64_t pte)
{
	space->hw->ops->pte_write(space->hw->ctx, page, pte);
}

static int flush(struct xengt_space *space, enum xengt_hw_tlb tlb)
{
	space->flushes++;
	return xengt_hw_flush(space->hw, tlb);
}

/*
 * Point the entries at the scratch page, and flush the TLBs. Returns 0: the
 * pages that the entries pointed to may now be freed.
 */
static int clear_entries(struct xengt_space *space, uint32_t first,
			 uint32_t pages)
{
	uint32_t i;

	for (i = 0; i < pages; i++)
		pte_write(space, first + i, space->scratch_pte);
	return flush(space, XENGT_HW_PPGTT);
}

int xengt_area_create(struct xengt_space *space, uint32_t region,
		      uint32_t pages, struct xengt_area *ret_area)
{
	uint32_t first, i;
	uint64_t pte;
	void *mem;
	int at;

	memset(ret_area, 0, sizeof(*ret_area));
	if (!pages || pages > XENGT_AREA_PAGES_MAX || region >= XENGT_REGIONS)
		return -EINVAL;
	at = find(space, region, pages);
	if (at < 0)
		return at;
	first = space->first + (uint32_t)at;
	mem = space->hw->mem_ops->pages_alloc(space->hw->ctx, pages, ret_area->bus);
	if (!mem)
		return -ENOMEM;
	for (i = 0; i < pages; i++) {
		if (xengt_pte_encode(ret_area->bus[i], &pte))
			goto fail;
		pte_write(space, first + i, pte);
	}
	mark(space, (uint32_t)at, pages, true);
	/*
	 * the GPU is lost: the pages are not freed, and the entries are not
	 * changed
	 */
	if (flush(space, XENGT_HW_GGTT))
		return -EIO;
	ret_area->mem = mem;
	ret_area->pages = pages;
	ret_area->first = first;
	return 0;

fail:
	if (clear_entries(space, first, i))
		return -EIO;
	space->hw->mem_ops->pages_free(space->hw->ctx, mem, pages, ret_area->bus);
	return -ENOMEM;
}

void xengt_area_restore(struct xengt_space *space,
			const struct xengt_area *area)
{
	uint64_t pte;
	uint32_t i;

	for (i = 0; i < area->pages; i++) {
		if (!xengt_pte_encode(area->bus[i], &pte))
			pte_write(space, area->first + i, pte);
	}
	flush(space, XENGT_HW_GGTT);
}

void xengt_area_destroy(struct xengt_space *space, struct xengt_area *area)
{
	if (!area->pages)
		return;
	if (!clear_entries(space, area->first, area->pages)) {
		mark(space, area->first - space->first, area->pages, false);
		space->hw->mem_ops->pages_free(space->hw->ctx, area->mem,
					       area->pages, area->bus);
	}
	memset(area, 0, sizeof(*area));
}
