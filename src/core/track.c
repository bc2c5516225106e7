/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps a hash table of the protected pages. The table grows by doubling and is
 * at most half full, so a probe always ends. The limits on protected pages
 * (limits.h) bound the table's size.
 */
#include "core/track.h"
#include "core/internal.h"
#include "hv/hv.h"
#include "xengt/each.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>

#define CAPACITY_MIN	64u
/*
 * Time in ns, from the worker's answer, within which Xen finishes a store: Xen
 * only wakes the vCPU and emulates one instruction.
 */
#define LINGER_NS	20000000u

static bool is_taken(const struct xengt_tracked *slot)
{
	return slot->users || slot->lingers;
}

static uint32_t home(const struct xengt_track *track, uint64_t gfn)
{
	return (uint32_t)(gfn * 0x9e3779b97f4a7c15ull >> 32) &
	       (track->capacity - 1);
}

/*
 * Returns the page's entry in the table, or the free entry that the page would
 * get.
 */
static struct xengt_tracked *find(const struct xengt_track *track, uint64_t gfn)
{
	uint32_t i = home(track, gfn);

	while (is_taken(&track->slots[i]) && track->slots[i].gfn != gfn)
		i = (i + 1) & (track->capacity - 1);
	return &track->slots[i];
}

static int grow(struct xengt_track *track)
{
	struct xengt_tracked *old = track->slots;
	uint32_t old_capacity = track->capacity;
	uint32_t capacity = old_capacity ? old_capacity * 2 : CAPACITY_MIN;

	track->slots = calloc(capacity, sizeof(track->slots[0]));
	if (!track->slots) {
		track->slots = old;
		return -ENOMEM;
	}
	track->capacity = capacity;
	for (uint32_t i = 0; i < old_capacity; i++)
		if (is_taken(&old[i]))
			*find(track, old[i].gfn) = old[i];
	free(old);
	return 0;
}

/*
 * Remove an entry and close the gap that it leaves, because a search ends at a
 * free entry.
 */
static void remove_slot(struct xengt_track *track, uint32_t gap)
{
	const uint32_t mask = track->capacity - 1;

	for (uint32_t i = gap;;) {
		track->slots[gap] = (struct xengt_tracked){ 0 };
		do {
			i = (i + 1) & mask;
			if (!is_taken(&track->slots[i]))
				return;
			/* skip an entry whose search begins after the gap */
		} while (((i - home(track, track->slots[i].gfn)) & mask) <
			 ((i - gap) & mask));
		track->slots[gap] = track->slots[i];
		gap = i;
	}
}

/*
 * Returns the page's entry in the table, or a free entry if the page has no
 * entry; NULL if memory is short.
 */
static struct xengt_tracked *take_slot(struct xengt_track *track, uint64_t gfn)
{
	struct xengt_tracked *slot;

	if ((track->count + track->lingering) * 2 >= track->capacity &&
	    grow(track))
		return NULL;
	slot = find(track, gfn);
	slot->gfn = gfn;
	return slot;
}

static void set_count(struct xengt_vgpu *vgpu, uint32_t count)
{
	vgpu->track.count = count;
	vgpu->counters.tracked_pages = count - vgpu->track.own;
}

void xengt_track_init(struct xengt_vgpu *vgpu)
{
	for (uint32_t i = 0; i < XENGT_TRACK_VCPUS; i++)
		vgpu->track.vcpus[i].gfn = XENGT_TRACK_NOWHERE;
}

int xengt_track_get(struct xengt_vgpu *vgpu, gfn_t page)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_tracked *slot = take_slot(track, gfn_x(page));
	int r;

	if (!slot)
		return -ENOMEM;
	if (slot->lingers) {
		slot->lingers = false;
		track->lingering--;
		set_count(vgpu, track->count + 1);
	} else if (!slot->users) {
		r = hv->ops->track_writes(hv, page, 1, true);
		if (r)
			return r;
		set_count(vgpu, track->count + 1);
	}
	slot->users++;
	return 0;
}

/* End the protection of a page without users. */
static void release(struct xengt_vgpu *vgpu, struct xengt_tracked *slot)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;

	/*
	 * The call fails for a page that the guest gave away. A page that was
	 * given away is not protected any more, so the failure does no harm.
	 */
	hv->ops->track_writes(hv, gfn(slot->gfn), 1, false);
	remove_slot(track, (uint32_t)(slot - track->slots));
}

/* May a vCPU be in the middle of a store to the page? */
static bool is_stored_to(const struct xengt_track *track, uint64_t gfn)
{
	const struct xengt_track_vcpu *vcpu;

	xengt_for_each(vcpu, track->vcpus)
		if (vcpu->gfn == gfn)
			return true;
	return false;
}

static void linger(struct xengt_vgpu *vgpu, struct xengt_tracked *slot)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t now = hv->ops->now_ns(hv);
	bool is_first = !track->lingering;
	struct xengt_track_vcpu *vcpu;

	slot->lingers = true;
	track->lingering++;
	/*
	 * since_ns is kept up to date only while some page lingers, so set it
	 * now.
	 */
	xengt_for_each(vcpu, track->vcpus)
		if (is_first || vcpu->gfn == slot->gfn)
			vcpu->since_ns = now;
}

void xengt_track_put(struct xengt_vgpu *vgpu, gfn_t page)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_tracked *slot = find(track, gfn_x(page));

	if (--slot->users)
		return;
	set_count(vgpu, track->count - 1);
	if (is_stored_to(track, slot->gfn))
		linger(vgpu, slot);
	else
		release(vgpu, slot);
}

bool xengt_track_is_on(const struct xengt_vgpu *vgpu, gfn_t page)
{
	return vgpu->track.count && find(&vgpu->track, gfn_x(page))->users;
}

/* ---- stores under way ---- */

/* Call this when a vCPU has finished its store to the page. */
static void leave(struct xengt_vgpu *vgpu, uint64_t gfn)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_tracked *slot;

	if (gfn == XENGT_TRACK_NOWHERE || !track->lingering)
		return;
	slot = find(track, gfn);
	if (!slot->lingers || is_stored_to(track, gfn))
		return;
	track->lingering--;
	release(vgpu, slot);
}

void xengt_track_request(struct xengt_vgpu *vgpu, const struct xengt_req *req)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_track_vcpu *vcpu;
	uint64_t old;

	if (req->vcpu >= XENGT_TRACK_VCPUS)
		return;
	vcpu = &track->vcpus[req->vcpu];
	old = vcpu->gfn;
	vcpu->gfn = req->type == XENGT_REQ_MMIO && !req->is_read ?
		req->addr >> XENGT_PAGE_SHIFT : XENGT_TRACK_NOWHERE;
	if (!track->lingering)
		return;
	vcpu->since_ns = hv->ops->now_ns(hv);
	if (old != vcpu->gfn)
		leave(vgpu, old);
}

void xengt_track_late_store(struct xengt_vgpu *vgpu, gfn_t page)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;
	struct xengt_tracked *slot;

	if (!is_stored_to(track, gfn_x(page)))
		return;
	slot = take_slot(track, gfn_x(page));
	/* If Xen refuses, the page is not RAM and was never protected. */
	if (!slot || is_taken(slot) ||
	    hv->ops->track_writes(hv, page, 1, true))
		return;
	linger(vgpu, slot);
}

uint64_t xengt_track_deadline(const struct xengt_vgpu *vgpu)
{
	const struct xengt_track *track = &vgpu->track;
	const struct xengt_track_vcpu *vcpu;
	uint64_t first = UINT64_MAX;

	if (!track->lingering)
		return UINT64_MAX;
	xengt_for_each(vcpu, track->vcpus) {
		if (vcpu->gfn != XENGT_TRACK_NOWHERE &&
		    vcpu->since_ns + LINGER_NS < first)
			first = vcpu->since_ns + LINGER_NS;
	}
	return first;
}

void xengt_track_tick(struct xengt_vgpu *vgpu, uint64_t now_ns)
{
	struct xengt_track *track = &vgpu->track;

	for (uint32_t i = 0; track->lingering && i < XENGT_TRACK_VCPUS; i++) {
		struct xengt_track_vcpu *vcpu = &track->vcpus[i];
		uint64_t old = vcpu->gfn;

		if (old == XENGT_TRACK_NOWHERE ||
		    now_ns - vcpu->since_ns < LINGER_NS)
			continue;
		vcpu->gfn = XENGT_TRACK_NOWHERE;
		leave(vgpu, old);
	}
}

void xengt_track_fini(struct xengt_vgpu *vgpu)
{
	struct xengt_track *track = &vgpu->track;
	struct xengt_hv *hv = vgpu->cfg.hv;

	for (uint32_t i = 0; i < track->capacity; i++)
		if (is_taken(&track->slots[i]))
			hv->ops->track_writes(hv, gfn(track->slots[i].gfn), 1,
					      false);
	free(track->slots);
	*track = (struct xengt_track){ 0 };
}
