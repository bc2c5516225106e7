// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two processors touch the guest's slice of the aperture while the slice's entries change: see
 * kernel.h. With vgt_aperture = "lazy" the host maps and unmaps pieces of the slice meanwhile,
 * and carries out the accesses to all other pieces itself. If the host mapped a piece twice, Xen
 * would end the guest. Loads outside of the slice must return all-ones.
 *
 * Meanwhile BAR2 may also move to another address and back, and the guest may give away frames to
 * which entries point. As soon as the write of the BAR has returned, its old address must have
 * nothing of the slice any more, and its new address the whole slice. As soon as Xen has taken a
 * frame, the aperture must not reach this frame any more.
 */
#include "kernel.h"

#include "hostile_gpu.h"

#define PAPERS		8u		/* frames to which entries point */
#define PLACES		64u		/* pages of the slice, in all its pieces */
#define SPARES		32u		/* frames that this guest gives away */
#define FIRST		(EVIL_UNMAPPED / EVIL_PAGE)
#define DWORDS		(EVIL_PAGE / 4)
#define PCI_MEMORY	2u

static uint32_t papers[PAPERS][DWORDS] __attribute__((aligned(4096)));
static uint32_t spares[SPARES][DWORDS] __attribute__((aligned(4096)));
static uint32_t given;			/* number of spares that this guest does not have any more */

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

/* The dword of the page that val chooses. */
static volatile uint32_t *dword_of(const struct evil *e, volatile uint8_t *bar2, uint32_t place,
				   uint32_t val)
{
	return at(bar2, e->low + page_of(e, place) * EVIL_PAGE + 4 * (val % DWORDS));
}

/* Stores val through the aperture. Returns true if aperture and frame then have val. */
static bool is_in_frame(struct evil *e, volatile uint8_t *bar2, uint32_t place,
			const volatile uint32_t *frame, uint32_t val)
{
	volatile uint32_t *there = dword_of(e, bar2, place, val);

	*there = val;
	return *there == val && frame[val % DWORDS] == val;
}

/*
 * Moves BAR2 to another address; with decode on, as no honest driver does, or off
 * meanwhile.
 */
static void move(struct evil *e, volatile uint8_t *to)
{
	const uint32_t command = pci_read(4) & 0xffff;
	const bool is_off = evil_random(e, 2);

	if (is_off)
		pci_write(4, command & ~PCI_MEMORY);
	pci_write(0x18, (uint32_t)(uintptr_t)to);
	if (is_off)
		pci_write(4, command);
}

/*
 * Gives a frame away to which an entry points. As soon as Xen has the frame, the aperture must not
 * reach the frame any more.
 */
static const char *give_away(struct evil *e, volatile uint8_t *bar2, uint32_t place, uint32_t val)
{
	const uint32_t *frame = spares[given];

	point(e, place, (uintptr_t)frame | 1);
	if (!is_in_frame(e, bar2, place, frame, val))
		return "a store through the aperture is not in a frame that will be given away";
	if (!xen_give_away((uintptr_t)frame / EVIL_PAGE, 1))
		return "Xen does not take a frame";
	given++;
	if (*dword_of(e, bar2, place, val) == val)
		return "the aperture reaches a frame that was given away";
	return NULL;
}

/* Moves BAR2, from which pieces are mapped, and checks both addresses. */
static const char *move_once(struct evil *e, volatile uint8_t *here, volatile uint8_t *there)
{
	const uint32_t place = evil_random(e, PLACES);
	const uint32_t *frame = papers[evil_random(e, PAPERS)];
	const char *why = NULL;

	point(e, place, (uintptr_t)frame | 1);
	if (!is_in_frame(e, here, place, frame, evil_random(e, ~0u)))
		why = "before a move: a store through the aperture is not in its frame";
	move(e, there);
	if (!why && *dword_of(e, here, place, 0) != ~0u)
		why = "after a move: something is at the old address";
	if (!why && !is_in_frame(e, there, place, frame, evil_random(e, ~0u)))
		why = "after a move: a store through the aperture is not in its frame";
	if (evil_random(e, 2))
		point(e, place, 0);
	return why;
}

const char *aperture_move(struct evil *e, volatile uint8_t *bar2, uint32_t count)
{
	volatile uint8_t *here = bar2, *there = (volatile uint8_t *)APERTURE_ELSEWHERE;
	const char *why = NULL;

	for (uint32_t i = 0; i < count && !e->is_gone && !why; i++) {
		volatile uint8_t *was = here;

		why = move_once(e, here, there);
		here = there;
		there = was;
		if (!why && given < SPARES && evil_random(e, 2))
			why = give_away(e, here, evil_random(e, PLACES), evil_random(e, ~0u));
	}
	if (here != bar2)
		move(e, bar2);
	for (uint32_t place = 0; place < PLACES; place++)
		point(e, place, 0);
	return why;
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
			    !is_in_frame(e, bar2, place, papers[paper_of[place] - 1u], val))
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
