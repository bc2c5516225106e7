/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keeps what is at the frames of a fake domain: the guest's RAM, and RAM that the
 * device put there. The memory belongs to the fake machine.
 * Guest frames are mapped side by side by the MMU, as on Xen, so a mapping is
 * the guest's memory and not a copy.
 */
#include "hv/fake_machine.h"
#include "hv/hv.h"
#include "hv/hv_fake.h"
#include "hv/hv_fake_priv.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

static struct page *page_of_area(const struct area *area, uint64_t frame)
{
	return frame - area->first < area->frames ?
		&area->pages[frame - area->first] : NULL;
}

static struct page *page_at(const struct xengt_hv_fake *fake, gfn_t frame)
{
	struct page *page = page_of_area(&fake->ram, gfn_x(frame));

	for (uint32_t i = 0; i < FAKE_AREAS_MAX && !page; i++)
		page = page_of_area(&fake->backed[i], gfn_x(frame));
	return page;
}

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

int xengt_fake_ram_read(struct xengt_hv *hv, gpa_t addr, void *buf,
			size_t len_bytes)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_READ);

	return r ? r : copy_guest(fake, gpa_x(addr), buf, len_bytes, false);
}

int xengt_fake_ram_write(struct xengt_hv *hv, gpa_t addr, const void *buf,
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

	for (uint32_t i = 0; i < FAKE_MAPPINGS_MAX && !mapping; i++)
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
	for (uint32_t i = 0; i < FAKE_MAPPINGS_MAX; i++) {
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

/* Give memory to all of these frames or, on an error, to none of them. */
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
	       xengt_fake_aperture_is_at(fake, frame);
}

int xengt_fake_ram_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
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
	for (uint32_t i = 0; i < FAKE_AREAS_MAX && !area; i++)
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

int xengt_fake_ram_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			  void *addr)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_UNBACK);

	unmap_frames(fake, addr, frames);
	if (r)
		return r;
	for (uint32_t i = 0; i < FAKE_AREAS_MAX; i++) {
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

	for (uint32_t i = 0; i < FAKE_AREAS_MAX; i++)
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

bool xengt_hv_fake_is_tracked(const struct xengt_hv_fake *fake, gfn_t frame)
{
	const struct page *page = page_at(fake, frame);

	return page && page->is_tracked;
}

int xengt_fake_ram_track_writes(struct xengt_hv *hv, gfn_t first,
				uint32_t frames, bool on)
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

bool xengt_fake_ram_is_at(const struct xengt_hv_fake *fake, uint64_t first,
			  uint32_t frames)
{
	for (uint64_t i = first; i < first + frames && i < fake->ram.frames; i++)
		if (fake->ram.pages[i].mfn != XENGT_FAKE_NO_FRAME)
			return true;
	for (uint32_t i = 0; i < FAKE_AREAS_MAX; i++) {
		const struct area *area = &fake->backed[i];

		if (first < area->first + area->frames &&
		    area->first < first + frames)
			return true;
	}
	return false;
}

int xengt_fake_ram_init(struct xengt_hv_fake *fake, uint32_t frames)
{
	return fill_area(fake, &fake->ram, 0, frames);
}

void xengt_fake_ram_fini(struct xengt_hv_fake *fake)
{
	for (uint32_t i = 0; i < FAKE_MAPPINGS_MAX; i++)
		if (fake->mappings[i].addr)
			drop_mapping(fake, &fake->mappings[i]);
	for (uint32_t i = 0; i < FAKE_AREAS_MAX; i++)
		drop_area(fake, &fake->backed[i]);
	drop_area(fake, &fake->ram);
}
