// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processors touch the guest's slice of the aperture while the slice's entries change: see
 * kernel.h. With vgt_aperture = "lazy" the host maps and unmaps pieces of the slice meanwhile,
 * and carries out the accesses to all other pieces itself. If the host mapped a piece twice, Xen
 * would end the guest. Loads outside of the slice must return all-ones.
 */
#include "kernel.h"

#include "hostile_gpu.h"

#define PAPERS		8u		/* frames to which entries point */
#define PLACES		64u		/* pages of the slice, in all its pieces */
#define FIRST		(EVIL_UNMAPPED / EVIL_PAGE)
#define DWORDS		(EVIL_PAGE / 4)

static uint32_t papers[PAPERS][DWORDS] __attribute__((aligned(4096)));

static uint32_t page_of(const struct evil *e, uint32_t place)
{
	const uint32_t pages = (e->low_end - e->low) / EVIL_PAGE;

	return FIRST + place * ((pages - FIRST) / PLACES);
}

static volatile uint32_t *at(volatile uint8_t *bar2, uint32_t addr)
{
	return (volatile uint32_t *)(bar2 + addr);
}

static void point(struct evil *e, uint32_t place, uint64_t entry)
{
	evil_pte(e, e->low / EVIL_PAGE + page_of(e, place), entry);
	e->ops->wr(e->ctx, EVIL_FLUSH, 1);
}

static bool is_nothing_outside(struct evil *e, volatile uint8_t *bar2, uint32_t val)
{
	const uint32_t where[] = { e->low - 4, e->low_end, e->victim, e->victim + 0x9000 };
	const uint32_t addr = where[val % 4];

	*at(bar2, addr) = val;
	return *at(bar2, addr) == ~0u;
}

/* Stores val through the aperture. Returns true if aperture and frame then have val. */
static bool is_in_frame(struct evil *e, volatile uint8_t *bar2, uint32_t place,
			uint32_t paper, uint32_t val)
{
	const uint32_t i = val % DWORDS;
	volatile uint32_t *mine = &papers[paper][i];

	*at(bar2, e->low + page_of(e, place) * EVIL_PAGE + 4 * i) = val;
	return *at(bar2, e->low + page_of(e, place) * EVIL_PAGE + 4 * i) == val &&
	       *mine == val;
}

const char *aperture_change(struct evil *e, volatile uint8_t *bar2, uint32_t count)
{
	uint8_t paper_of[PLACES];	/* 0: the entry names no frame */

	memset(paper_of, 0, sizeof(paper_of));
	for (uint32_t i = 0; i < count && !e->is_gone; i++) {
		const uint32_t place = evil_random(e, PLACES), n = evil_random(e, PAPERS);
		const uint32_t val = evil_random(e, ~0u);

		switch (evil_random(e, 6)) {
		case 0:
		case 1:
			point(e, place, (uintptr_t)papers[n] | 1);
			paper_of[place] = (uint8_t)(n + 1);
			break;
		case 2:
			point(e, place, 0);
			paper_of[place] = 0;
			break;
		case 3:
			if (!is_nothing_outside(e, bar2, val))
				return "something is outside of the slice";
			break;
		default:
			if (paper_of[place] &&
			    !is_in_frame(e, bar2, place, paper_of[place] - 1u, val))
				return "a store through the aperture is not in its frame";
		}
	}
	for (uint32_t place = 0; place < PLACES; place++)
		point(e, place, 0);
	return NULL;
}

void aperture_touch(struct evil *e, volatile uint8_t *bar2)
{
	const uint32_t page = page_of(e, evil_random(e, PLACES));

	(void)*at(bar2, e->low + page * EVIL_PAGE + 4 * evil_random(e, DWORDS));
	*at(bar2, evil_at(e, EVIL_DATA) + 4 * EVIL_SPARE) = evil_random(e, ~0u);
}
