/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A domain in this process. Its memory belongs to the fake machine. Several
 * guest frames are mapped side by side with the MMU, as Xen does it, so a
 * mapping is the guest's memory and not a copy.
 *
 * Not modelled: time, vCPU state, other ioreq servers.
 */
#include "hv/hv_fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define MAPPINGS_MAX	64
#define AREAS_MAX	16

enum slot_state {
	SLOT_IDLE,
	SLOT_WAITING,		/* requested by the guest, not taken by the
				 * device */
	SLOT_TAKEN,
	SLOT_ANSWERED,
};

struct slot {
	enum slot_state state;
	struct xengt_req req;
	uint64_t data;
	bool was_protected;		/* the page's state when the request
					 * was made */
};

struct range {
	uint64_t first, last;
};

/* What is at a guest frame; mfn may be XENGT_FAKE_NO_FRAME. */
struct page {
	uint64_t mfn;
	bool is_tracked;
};

/* Frames side by side: RAM from 0, or what the device put somewhere. */
struct area {
	uint64_t first;
	uint32_t frames;		/* 0: none */
	struct page *pages;
};

struct mapping {
	void *addr;
	uint32_t frames;
	uint64_t *mfns;
};

struct xengt_hv_fake {
	struct xengt_hv hv;
	struct xengt_hv_fake_config cfg;
	struct xengt_fake_machine *machine;
	bool owns_machine;
	struct area ram;
	struct area backed[AREAS_MAX];
	struct slot slots[XENGT_HV_FAKE_VCPUS_MAX];
	uint32_t next_slot;
	struct range ranges[2][XENGT_HV_FAKE_RANGES_MAX];
	uint32_t range_count[2];
	struct mapping mappings[MAPPINGS_MAX];
	bool is_aperture_mapped;
	gfn_t aperture;
	struct xengt_hv_fake_msi last_msi;
	uint32_t msis;
	uint8_t intx[32];		/* a bit a pin */
	uint32_t invalidations;
	uint32_t faults;
	uint64_t now_ns;
	uint32_t calls[XENGT_HV_FAKE_OPS];
	uint32_t inject_at[XENGT_HV_FAKE_OPS];
	int inject_error[XENGT_HV_FAKE_OPS];
};

static struct xengt_hv_fake *to_fake(struct xengt_hv *hv)
{
	return (struct xengt_hv_fake *)hv;
}

static struct page *page_of_area(const struct area *area, uint64_t frame)
{
	return frame - area->first < area->frames ?
		&area->pages[frame - area->first] : NULL;
}

static struct page *page_at(const struct xengt_hv_fake *fake, gfn_t frame)
{
	struct page *page = page_of_area(&fake->ram, gfn_x(frame));

	for (uint32_t i = 0; i < AREAS_MAX && !page; i++)
		page = page_of_area(&fake->backed[i], gfn_x(frame));
	return page;
}

/* Every op calls this first: it counts calls, and returns an injected error. */
static int enter(struct xengt_hv_fake *fake, enum xengt_hv_fake_op op)
{
	fake->calls[op]++;
	if (fake->inject_at[op] && fake->calls[op] == fake->inject_at[op])
		return fake->inject_error[op];
	return 0;
}

static void hypercall(struct xengt_hv_fake *fake)
{
	if (fake->hv.counters)
		fake->hv.counters->hypercalls++;
}

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
	 * Xen emulates the store a second time, and crashes the domain if the
	 * page's type has changed.
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
	return is_inside_range(fake, first, last);
}

/* ---- memory ---- */

uint64_t xengt_hv_fake_mfn(const struct xengt_hv_fake *fake, gfn_t frame)
{
	const struct page *page = page_at(fake, frame);

	return page ? page->mfn : XENGT_FAKE_NO_FRAME;
}

void xengt_hv_fake_remove_ram(struct xengt_hv_fake *fake, gfn_t frame)
{
	struct page *page = page_at(fake, frame);

	if (!page || page->mfn == XENGT_FAKE_NO_FRAME)
		return;
	xengt_fake_frame_put(fake->machine, page->mfn);
	*page = (struct page){ .mfn = XENGT_FAKE_NO_FRAME };
}

int xengt_hv_fake_add_ram(struct xengt_hv_fake *fake, gfn_t frame)
{
	struct page *page = page_at(fake, frame);

	if (!page)
		return -EINVAL;
	if (page->mfn != XENGT_FAKE_NO_FRAME)
		return -EEXIST;
	return xengt_fake_frame_alloc(fake->machine, fake->cfg.domid,
				      &page->mfn);
}

static uint8_t *guest_byte(const struct xengt_hv_fake *fake, uint64_t addr)
{
	uint64_t mfn = xengt_hv_fake_mfn(fake, gpa_to_gfn(gpa(addr)));

	if (mfn == XENGT_FAKE_NO_FRAME)
		return NULL;
	return xengt_fake_frame_at(fake->machine, mfn) + addr % XENGT_PAGE_SIZE;
}

static int copy_guest(struct xengt_hv_fake *fake, uint64_t addr, void *buf,
		      size_t len_bytes, bool is_write)
{
	uint8_t *at = buf;

	if (addr + len_bytes < addr)
		return -EFAULT;
	while (len_bytes) {
		size_t part = XENGT_PAGE_SIZE - addr % XENGT_PAGE_SIZE;
		uint8_t *guest = guest_byte(fake, addr);

		if (part > len_bytes)
			part = len_bytes;
		if (!guest)
			return -EFAULT;
		if (is_write)
			memcpy(guest, at, part);
		else
			memcpy(at, guest, part);
		addr += part;
		at += part;
		len_bytes -= part;
		if (fake->hv.counters)
			fake->hv.counters->guest_bytes += part;
	}
	return 0;
}

static int fake_read_guest(struct xengt_hv *hv, gpa_t addr, void *buf,
			   size_t len_bytes)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_READ);

	return r ? r : copy_guest(fake, gpa_x(addr), buf, len_bytes, false);
}

static int fake_write_guest(struct xengt_hv *hv, gpa_t addr, const void *buf,
			    size_t len_bytes)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_WRITE);

	return r ? r : copy_guest(fake, gpa_x(addr), (void *)buf, len_bytes,
				  true);
}

static void drop_mapping(struct xengt_hv_fake *fake, struct mapping *mapping)
{
	for (uint32_t i = 0; i < mapping->frames; i++)
		if (mapping->mfns[i] != XENGT_FAKE_NO_FRAME)
			xengt_fake_frame_put(fake->machine, mapping->mfns[i]);
	munmap(mapping->addr, (size_t)mapping->frames * XENGT_PAGE_SIZE);
	free(mapping->mfns);
	memset(mapping, 0, sizeof(*mapping));
}

static int map_frame(struct xengt_hv_fake *fake, struct mapping *mapping,
		     uint32_t index, gfn_t frame)
{
	uint64_t mfn = xengt_hv_fake_mfn(fake, frame);
	uint8_t *at = mapping->addr;
	off_t off;

	if (mfn == XENGT_FAKE_NO_FRAME)
		return -EFAULT;
	at += (size_t)index * XENGT_PAGE_SIZE;
	off = (off_t)(mfn - XENGT_FAKE_FIRST_FRAME) * XENGT_PAGE_SIZE;
	if (mmap(at, XENGT_PAGE_SIZE, PROT_READ | PROT_WRITE,
		 MAP_SHARED | MAP_FIXED, xengt_fake_machine_fd(fake->machine),
		 off) == MAP_FAILED)
		return -errno;
	xengt_fake_frame_get(fake->machine, mfn);
	mapping->mfns[index] = mfn;
	return 0;
}

static int map_frames(struct xengt_hv_fake *fake, gfn_t first, uint32_t frames,
		      void **ret_addr)
{
	struct mapping *mapping = NULL;
	int r = 0;

	for (uint32_t i = 0; i < MAPPINGS_MAX && !mapping; i++)
		if (!fake->mappings[i].addr)
			mapping = &fake->mappings[i];
	if (!mapping)
		return -ENOMEM;
	hypercall(fake);
	mapping->mfns = malloc(frames * sizeof(mapping->mfns[0]));
	mapping->addr = mmap(NULL, (size_t)frames * XENGT_PAGE_SIZE, PROT_NONE,
			     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!mapping->mfns || mapping->addr == MAP_FAILED) {
		free(mapping->mfns);
		if (mapping->addr != MAP_FAILED)
			munmap(mapping->addr, (size_t)frames * XENGT_PAGE_SIZE);
		memset(mapping, 0, sizeof(*mapping));
		return -ENOMEM;
	}
	mapping->frames = frames;
	for (uint32_t i = 0; i < frames; i++)
		mapping->mfns[i] = XENGT_FAKE_NO_FRAME;
	for (uint32_t i = 0; i < frames && !r; i++)
		r = map_frame(fake, mapping, i, gfn(gfn_x(first) + i));
	if (r) {
		drop_mapping(fake, mapping);
		return r;
	}
	*ret_addr = mapping->addr;
	return 0;
}

static int unmap_frames(struct xengt_hv_fake *fake, void *addr, uint32_t frames)
{
	for (uint32_t i = 0; i < MAPPINGS_MAX; i++) {
		struct mapping *mapping = &fake->mappings[i];

		if (!addr || mapping->addr != addr || mapping->frames != frames)
			continue;
		hypercall(fake);
		drop_mapping(fake, mapping);
		return 0;
	}
	fake->faults++;
	return -EINVAL;
}

static void drop_area(struct xengt_hv_fake *fake, struct area *area)
{
	for (uint32_t i = 0; i < area->frames; i++)
		if (area->pages[i].mfn != XENGT_FAKE_NO_FRAME)
			xengt_fake_frame_put(fake->machine, area->pages[i].mfn);
	free(area->pages);
	*area = (struct area){ 0 };
}

/* Either all of these frames get memory, or none. */
static int fill_area(struct xengt_hv_fake *fake, struct area *area,
		     uint64_t first, uint32_t frames)
{
	int r = 0;

	area->pages = malloc(frames * sizeof(area->pages[0]));
	if (!area->pages)
		return -ENOMEM;
	area->first = first;
	for (uint32_t i = 0; i < frames; i++)
		area->pages[i] = (struct page){ .mfn = XENGT_FAKE_NO_FRAME };
	area->frames = frames;
	for (uint32_t i = 0; i < frames && !r; i++)
		r = xengt_fake_frame_alloc(fake->machine, fake->cfg.domid,
					   &area->pages[i].mfn);
	if (r)
		drop_area(fake, area);
	return r;
}

static bool is_something_there(const struct xengt_hv_fake *fake, uint64_t frame)
{
	return page_at(fake, gfn(frame)) ||
	       (fake->is_aperture_mapped &&
		frame - gfn_x(fake->aperture) < fake->cfg.slice_frames);
}

static int fake_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		     void **ret_addr)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_BACK);
	struct area *area = NULL;

	if (r)
		return r;
	if (!frames || frames > XENGT_HV_BACK_MAX)
		return -EINVAL;
	for (uint32_t i = 0; i < frames; i++)
		if (is_something_there(fake, gfn_x(first) + i))
			return -EEXIST;
	for (uint32_t i = 0; i < AREAS_MAX && !area; i++)
		if (!fake->backed[i].frames)
			area = &fake->backed[i];
	if (!area)
		return -ENOMEM;
	hypercall(fake);
	r = fill_area(fake, area, gfn_x(first), frames);
	if (r)
		return r;
	r = map_frames(fake, first, frames, ret_addr);
	if (r)
		drop_area(fake, area);
	return r;
}

static int fake_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		       void *addr)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_UNBACK);

	unmap_frames(fake, addr, frames);
	if (r)
		return r;
	for (uint32_t i = 0; i < AREAS_MAX; i++) {
		struct area *area = &fake->backed[i];

		if (area->frames != frames || area->first != gfn_x(first))
			continue;
		hypercall(fake);
		drop_area(fake, area);
		return 0;
	}
	fake->faults++;
	return -EINVAL;
}

uint32_t xengt_hv_fake_backed(const struct xengt_hv_fake *fake)
{
	uint32_t frames = 0;

	for (uint32_t i = 0; i < AREAS_MAX; i++)
		frames += fake->backed[i].frames;
	return frames;
}

bool xengt_hv_fake_store(struct xengt_hv_fake *fake, uint64_t addr,
			 uint32_t size, uint64_t val)
{
	uint8_t *at = guest_byte(fake, addr);

	if (!at || xengt_hv_fake_is_tracked(fake, gpa_to_gfn(gpa(addr))))
		return false;
	memcpy(at, &val, size);
	return true;
}

bool xengt_hv_fake_load(struct xengt_hv_fake *fake, uint64_t addr,
			uint32_t size, uint64_t *ret_val)
{
	const uint8_t *at = guest_byte(fake, addr);

	*ret_val = 0;
	if (at)
		memcpy(ret_val, at, size);
	return at != NULL;
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

/* ---- traps and mappings ---- */

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

bool xengt_hv_fake_is_tracked(const struct xengt_hv_fake *fake, gfn_t frame)
{
	const struct page *page = page_at(fake, frame);

	return page && page->is_tracked;
}

static int fake_track_writes(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			     bool on)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_TRACK);

	if (r)
		return r;
	if (!frames)
		return -EINVAL;
	for (uint32_t i = 0; i < frames; i++) {
		gfn_t frame = gfn(gfn_x(first) + i);

		if (xengt_hv_fake_mfn(fake, frame) == XENGT_FAKE_NO_FRAME ||
		    (on && xengt_hv_fake_is_tracked(fake, frame)))
			return -EINVAL;
	}
	hypercall(fake);
	for (uint32_t i = 0; i < frames; i++)
		page_at(fake, gfn(gfn_x(first) + i))->is_tracked = on;
	return 0;
}

static bool is_device_place(struct xengt_hv_fake *fake, gfn_t first)
{
	const uint64_t end = 1ull << (XENGT_HV_FAKE_ADDR_BITS -
				      XENGT_PAGE_SHIFT);

	if (gfn_x(first) >= end || fake->cfg.slice_frames > end - gfn_x(first))
		return false;
	for (uint64_t i = gfn_x(first); i < gfn_x(first) + fake->cfg.slice_frames;
	     i++) {
		if (i >= fake->ram.frames)
			break;
		if (fake->ram.pages[i].mfn != XENGT_FAKE_NO_FRAME)
			return false;
	}
	for (uint32_t i = 0; i < AREAS_MAX; i++) {
		const struct area *area = &fake->backed[i];

		if (gfn_x(first) < area->first + area->frames &&
		    area->first < gfn_x(first) + fake->cfg.slice_frames)
			return false;
	}
	return true;
}

static int fake_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_APERTURE);
	bool is_here = fake->is_aperture_mapped &&
		       gfn_x(fake->aperture) == gfn_x(first);

	if (r)
		return r;
	if (on == is_here)
		return 0;
	hypercall(fake);
	if (!on) {
		fake->is_aperture_mapped = false;
		return 0;
	}
	if (fake->is_aperture_mapped)
		return -EBUSY;
	if (!is_device_place(fake, first))
		return -EINVAL;
	fake->is_aperture_mapped = true;
	fake->aperture = first;
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
	for (uint32_t i = 0; i < MAPPINGS_MAX; i++)
		if (fake->mappings[i].addr)
			drop_mapping(fake, &fake->mappings[i]);
	for (uint32_t i = 0; i < AREAS_MAX; i++)
		drop_area(fake, &fake->backed[i]);
	drop_area(fake, &fake->ram);
	if (fake->owns_machine)
		xengt_fake_machine_destroy(fake->machine);
	free(fake);
}

static const struct xengt_hv_ops fake_ops = {
	.next_request = fake_next_request,
	.complete_request = fake_complete_request,
	.read_guest = fake_read_guest,
	.write_guest = fake_write_guest,
	.invalidate = fake_invalidate,
	.trap_range = fake_trap_range,
	.track_writes = fake_track_writes,
	.map_aperture = fake_map_aperture,
	.back = fake_back,
	.unback = fake_unback,
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
	r = fill_area(fake, &fake->ram, 0, cfg->ram_frames);
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

bool xengt_hv_fake_aperture(const struct xengt_hv_fake *fake, gfn_t *ret_first)
{
	if (fake->is_aperture_mapped)
		*ret_first = fake->aperture;
	return fake->is_aperture_mapped;
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
