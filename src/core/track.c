/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A hash of the protected pages. It grows by doubling, at most half full, so a
 * probe always ends; what it can grow to is bounded by its users (limits.h).
 */
#include "core/internal.h"

#include <errno.h>
#include <stdlib.h>

#define CAPACITY_MIN	64u

static uint32_t home(const struct xengt_track *track, uint64_t gfn)
{
	return (uint32_t)(gfn * 0x9e3779b97f4a7c15ull >> 32) &
	       (track->capacity - 1);
}

/* The page's slot, or the free one where it would be. */
static struct xengt_tracked *find(const struct xengt_track *track, uint64_t gfn)
{
	uint32_t i = home(track, gfn);

	while (track->slots[i].users && track->slots[i].gfn != gfn)
		i = (i + 1) & (track->capacity - 1);
	return &track->slots[i];
}

static int grow(struct xengt_track *track)
{
	struct xengt_track bigger = {
		.capacity = track->capacity ? track->capacity * 2 :
					      CAPACITY_MIN,
		.count = track->count,
	};

	bigger.slots = calloc(bigger.capacity, sizeof(bigger.slots[0]));
	if (!bigger.slots)
		return -ENOMEM;
	for (uint32_t i = 0; i < track->capacity; i++)
		if (track->slots[i].users)
			*find(&bigger, track->slots[i].gfn) = track->slots[i];
	free(track->slots);
	*track = bigger;
	return 0;
}

/* Close the gap, so that no probe ends early. */
static void remove_slot(struct xengt_track *track, uint32_t gap)
{
	const uint32_t mask = track->capacity - 1;

	for (uint32_t i = gap;;) {
		track->slots[gap].users = 0;
		do {
			i = (i + 1) & mask;
			if (!track->slots[i].users)
				return;
			/* while its home lies behind the gap */
		} while (((i - home(track, track->slots[i].gfn)) & mask) <
			 ((i - gap) & mask));
		track->slots[gap] = track->slots[i];
		gap = i;
	}
}

int xengt_track_get(struct xengt_vgpu *vgpu, gfn_t page)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_tracked *slot;
	int r;

	if (track->count * 2 >= track->capacity) {
		r = grow(track);
		if (r)
			return r;
	}
	slot = find(track, gfn_x(page));
	if (!slot->users) {
		r = hv->ops->track_writes(hv, page, 1, true);
		if (r)
			return r;
		slot->gfn = gfn_x(page);
		track->count++;
		vgpu->counters.tracked_pages = track->count;
	}
	slot->users++;
	return 0;
}

void xengt_track_put(struct xengt_vgpu *vgpu, gfn_t page)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_tracked *slot = find(track, gfn_x(page));

	if (--slot->users)
		return;
	/* It fails for a page that the guest gave away: not protected either. */
	hv->ops->track_writes(hv, page, 1, false);
	slot->users = 1;
	remove_slot(track, (uint32_t)(slot - track->slots));
	track->count--;
	vgpu->counters.tracked_pages = track->count;
}

bool xengt_track_is_on(const struct xengt_vgpu *vgpu, gfn_t page)
{
	return vgpu->track.count && find(&vgpu->track, gfn_x(page))->users;
}

void xengt_track_fini(struct xengt_vgpu *vgpu)
{
	free(vgpu->track.slots);
	vgpu->track = (struct xengt_track){ 0 };
}
