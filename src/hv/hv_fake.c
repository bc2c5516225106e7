/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements hv.h for a domain in this process: creation, requests, ranges and
 * interrupts.
 *
 * The fake models neither vCPU state nor other ioreq servers; its clock
 * advances only when a test advances it.
 */
#include "hv/hv_fake.h"
#include "hv/fake_machine.h"
#include "hv/hv.h"
#include "hv/hv_fake_priv.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>

/* ---- requests ---- */

static int fake_next_request(struct xengt_hv *hv, struct xengt_req *ret_req)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_NEXT_REQUEST);

	if (r)
		return r;
	for (uint32_t i = 0; i < fake->cfg.vcpus; i++) {
		uint32_t vcpu = (fake->next_slot + i) % fake->cfg.vcpus;
		struct slot *slot = &fake->slots[vcpu];

		if (slot->state != SLOT_WAITING)
			continue;
		slot->state = SLOT_TAKEN;
		*ret_req = slot->req;
		fake->next_slot = vcpu + 1;
		return 1;
	}
	return 0;
}

static int fake_complete_request(struct xengt_hv *hv,
				 const struct xengt_req *req, uint64_t data)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_COMPLETE);
	struct slot *slot;

	if (r)
		return r;
	if (req->vcpu >= fake->cfg.vcpus ||
	    fake->slots[req->vcpu].state != SLOT_TAKEN) {
		fake->faults++;
		return -EINVAL;
	}
	hypercall(fake);
	slot = &fake->slots[req->vcpu];
	slot->state = SLOT_ANSWERED;
	slot->data = data;
	return 0;
}

static bool has_ram(const struct xengt_hv_fake *fake, uint64_t addr)
{
	return xengt_hv_fake_mfn(fake, gfn(addr >> XENGT_PAGE_SHIFT)) !=
	       XENGT_FAKE_NO_FRAME;
}

static bool is_protected_store(const struct xengt_hv_fake *fake,
			       const struct xengt_req *req)
{
	return req->type == XENGT_REQ_MMIO && !req->is_read &&
	       xengt_hv_fake_is_tracked(fake,
					gfn(req->addr >> XENGT_PAGE_SHIFT));
}

int xengt_hv_fake_push(struct xengt_hv_fake *fake, const struct xengt_req *req)
{
	struct slot *slot;

	if (req->vcpu >= fake->cfg.vcpus)
		return -EINVAL;
	slot = &fake->slots[req->vcpu];
	if (slot->state != SLOT_IDLE)
		return -EBUSY;
	slot->state = SLOT_WAITING;
	slot->req = *req;
	slot->was_protected = is_protected_store(fake, req);
	return 0;
}

int xengt_hv_fake_answer(struct xengt_hv_fake *fake, uint32_t vcpu,
			 uint64_t *ret_data)
{
	struct slot *slot;

	if (vcpu >= fake->cfg.vcpus)
		return 0;
	slot = &fake->slots[vcpu];
	if (slot->state != SLOT_ANSWERED)
		return 0;
	/*
	 * Xen emulates the store a second time when the answer arrives, and
	 * crashes the domain if the page's type has changed by then.
	 */
	if (slot->was_protected && !is_protected_store(fake, &slot->req) &&
	    has_ram(fake, slot->req.addr))
		fake->faults++;
	slot->state = SLOT_IDLE;
	*ret_data = slot->data;
	return 1;
}

static bool is_inside_range(const struct xengt_hv_fake *fake, uint64_t first,
			    uint64_t last)
{
	const struct range *ranges = fake->ranges[XENGT_RANGE_MMIO];

	for (uint32_t i = 0; i < fake->range_count[XENGT_RANGE_MMIO]; i++)
		if (first >= ranges[i].first && last <= ranges[i].last)
			return true;
	return false;
}

bool xengt_hv_fake_is_routed(const struct xengt_hv_fake *fake,
			     const struct xengt_req *req)
{
	uint64_t first = req->addr, last = req->addr, rest;

	if (req->type == XENGT_REQ_PCI_CONFIG)
		return xengt_hv_fake_is_trapped(fake, XENGT_RANGE_PCI,
						req->addr >> 32,
						req->addr >> 32);
	if (req->type == XENGT_REQ_INVALIDATE)
		return true;
	if (req->type != XENGT_REQ_MMIO || !req->count || !req->size)
		return false;
	rest = (uint64_t)(req->count - 1) * req->size;
	if (req->is_backward)
		first -= rest;
	else
		last += rest;
	last += req->size - 1;
	if (first > last)
		return false;
	if (has_ram(fake, first))
		return !req->is_read &&
		       xengt_hv_fake_is_tracked(fake, gpa_to_gfn(gpa(first)));
	/* an access of a mapped frame reaches the GPU without an exit */
	return !xengt_fake_aperture_is_at(fake, first >> XENGT_PAGE_SHIFT) &&
	       is_inside_range(fake, first, last);
}

static int fake_invalidate(struct xengt_hv *hv)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_INVALIDATE);

	if (r)
		return r;
	fake->invalidations++;
	return 0;
}

/* ---- traps ---- */

static int find_range(const struct xengt_hv_fake *fake,
		      enum xengt_range_kind kind, uint64_t first, uint64_t last)
{
	for (uint32_t i = 0; i < fake->range_count[kind]; i++)
		if (fake->ranges[kind][i].first == first &&
		    fake->ranges[kind][i].last == last)
			return (int)i;
	return -1;
}

bool xengt_hv_fake_is_trapped(const struct xengt_hv_fake *fake,
			      enum xengt_range_kind kind, uint64_t first,
			      uint64_t last)
{
	return find_range(fake, kind, first, last) >= 0;
}

static int add_range(struct xengt_hv_fake *fake, enum xengt_range_kind kind,
		     uint64_t first, uint64_t last)
{
	struct range *ranges = fake->ranges[kind];
	uint32_t *count = &fake->range_count[kind];

	for (uint32_t i = 0; i < *count; i++)
		if (first <= ranges[i].last && last >= ranges[i].first)
			return -EEXIST;
	if (*count == XENGT_HV_FAKE_RANGES_MAX)
		return -ENOSPC;
	ranges[(*count)++] = (struct range){ first, last };
	return 0;
}

static int fake_trap_range(struct xengt_hv *hv, enum xengt_range_kind kind,
			   uint64_t first, uint64_t last, bool on)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_TRAP), at;

	if (r)
		return r;
	if (first > last || (kind == XENGT_RANGE_PCI &&
			     (first != last || first > 0xffff)))
		return -EINVAL;
	at = find_range(fake, kind, first, last);
	if (on == (at >= 0))
		return 0;
	hypercall(fake);
	if (on)
		return add_range(fake, kind, first, last);
	fake->ranges[kind][at] =
		fake->ranges[kind][--fake->range_count[kind]];
	return 0;
}

/* ---- events ---- */

static int fake_inject_msi(struct xengt_hv *hv, uint64_t addr, uint32_t data)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_MSI);

	if (r)
		return r;
	hypercall(fake);
	fake->msis++;
	fake->last_msi = (struct xengt_hv_fake_msi){ addr, data };
	return 0;
}

static int fake_set_intx(struct xengt_hv *hv, uint8_t slot, uint8_t pin,
			 bool level)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_INTX);

	if (r)
		return r;
	if (slot > 31 || pin > 3)
		return -EINVAL;
	hypercall(fake);
	if (level)
		fake->intx[slot] |= (uint8_t)(1u << pin);
	else
		fake->intx[slot] &= (uint8_t)~(1u << pin);
	return 0;
}

static uint64_t fake_now_ns(struct xengt_hv *hv)
{
	return to_fake(hv)->now_ns;
}

/* ---- life ---- */

static void fake_destroy(struct xengt_hv *hv)
{
	struct xengt_hv_fake *fake = to_fake(hv);

	if (!fake)
		return;
	xengt_fake_ram_fini(fake);
	xengt_fake_aperture_fini(fake);
	if (fake->owns_machine)
		xengt_fake_machine_destroy(fake->machine);
	free(fake);
}

static const struct xengt_hv_ops fake_ops = {
	.next_request = fake_next_request,
	.complete_request = fake_complete_request,
	.read_guest = xengt_fake_ram_read,
	.write_guest = xengt_fake_ram_write,
	.invalidate = fake_invalidate,
	.trap_range = fake_trap_range,
	.track_writes = xengt_fake_ram_track_writes,
	.map_aperture = xengt_fake_aperture_map,
	.map_piece = xengt_fake_aperture_map_piece,
	.back = xengt_fake_ram_back,
	.unback = xengt_fake_ram_unback,
	.inject_msi = fake_inject_msi,
	.set_intx = fake_set_intx,
	.now_ns = fake_now_ns,
	.destroy = fake_destroy,
};

int xengt_hv_fake_create(const struct xengt_hv_fake_config *cfg,
			 struct xengt_hv_fake **ret_fake)
{
	struct xengt_hv_fake *fake;
	int r = -ENOMEM;

	if (!cfg->vcpus || cfg->vcpus > XENGT_HV_FAKE_VCPUS_MAX ||
	    !cfg->ram_frames)
		return -EINVAL;
	fake = calloc(1, sizeof(*fake));
	if (!fake)
		return -ENOMEM;
	fake->hv.ops = &fake_ops;
	fake->cfg = *cfg;
	fake->machine = cfg->machine;
	if (!fake->machine) {
		r = xengt_fake_machine_create(cfg->ram_frames * 2,
					      &fake->machine);
		if (r)
			goto fail;
		fake->owns_machine = true;
	}
	r = xengt_fake_ram_init(fake, cfg->ram_frames);
	if (!r)
		r = xengt_fake_aperture_init(fake);
	if (r)
		goto fail;
	*ret_fake = fake;
	return 0;

fail:
	fake_destroy(&fake->hv);
	return r;
}

/* ---- for tests ---- */

struct xengt_hv *xengt_hv_fake_hv(struct xengt_hv_fake *fake)
{
	return &fake->hv;
}

struct xengt_hv_fake *xengt_hv_fake_of(struct xengt_hv *hv)
{
	return hv->ops == &fake_ops ? to_fake(hv) : NULL;
}

struct xengt_fake_machine *
xengt_hv_fake_machine(const struct xengt_hv_fake *fake)
{
	return fake->machine;
}

uint32_t xengt_hv_fake_domid(const struct xengt_hv_fake *fake)
{
	return fake->cfg.domid;
}

uint32_t xengt_hv_fake_ram_frames(const struct xengt_hv_fake *fake)
{
	return fake->cfg.ram_frames;
}

uint32_t xengt_hv_fake_ranges(const struct xengt_hv_fake *fake,
			      enum xengt_range_kind kind)
{
	return fake->range_count[kind];
}

uint32_t xengt_hv_fake_msis(const struct xengt_hv_fake *fake,
			    struct xengt_hv_fake_msi *ret_last)
{
	*ret_last = fake->last_msi;
	return fake->msis;
}

bool xengt_hv_fake_intx(const struct xengt_hv_fake *fake, uint8_t slot,
			uint8_t pin)
{
	return slot < 32 && fake->intx[slot] & 1u << pin;
}

uint32_t xengt_hv_fake_invalidations(const struct xengt_hv_fake *fake)
{
	return fake->invalidations;
}

uint32_t xengt_hv_fake_faults(const struct xengt_hv_fake *fake)
{
	return fake->faults;
}

void xengt_hv_fake_inject(struct xengt_hv_fake *fake, enum xengt_hv_fake_op op,
			  uint32_t nth, int error)
{
	fake->inject_at[op] = nth ? fake->calls[op] + nth : 0;
	fake->inject_error[op] = error;
}

uint32_t xengt_hv_fake_calls(const struct xengt_hv_fake *fake,
			     enum xengt_hv_fake_op op)
{
	return fake->calls[op];
}

void xengt_hv_fake_advance(struct xengt_hv_fake *fake, uint64_t ns)
{
	fake->now_ns += ns;
}
