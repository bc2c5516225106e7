/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Models the GGTT half of BAR0 (Broadwell PRM volume 5, Global GTT): 2^20
 * entries of 8 bytes. Only the entries of the vGPU's own slices exist; other
 * entries read as 0, and writes to them are dropped and counted. The view has
 * the entries as the guest wrote them; the view's size is proportional to the
 * size of the slices.
 *
 * An 8-byte store replaces an entry. A smaller store replaces only its own
 * bytes of the entry, and the resulting entry takes effect at once, as on
 * hardware. So an entry that a guest writes in two halves has the same effect
 * as on hardware after each half.
 *
 * Where the entries are RAM of the guest (backing.h), the guest's stores do not
 * trap. Hardware need not see a new entry before the guest writes
 * GFX_FLSH_CNTL. So RAM and view are compared at each write of GFX_FLSH_CNTL.
 *
 * Stores of one request that touch neighbouring entries reach the hardware in
 * one call: a rep stos that clears a page of entries is one call, not 512. If
 * an entry was not present and is still not present, gpu is not called.
 */
#include "core/ggtt.h"
#include "core/aperture.h"
#include "core/failure.h"
#include "core/internal.h"
#include "hw/facts.h"
#include "uapi/xengt.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define RARE __attribute__((noinline))

static int slice_init(struct xengt_ggtt_slice *slice, uint64_t base,
		      uint64_t bytes)
{
	slice->first = (uint32_t)(base >> XENGT_PAGE_SHIFT);
	slice->count = (uint32_t)(bytes >> XENGT_PAGE_SHIFT);
	if (!slice->count)
		return 0;
	slice->plain = slice->count;
	slice->view = calloc(slice->count, sizeof(slice->view[0]));
	return slice->view ? 0 : -ENOMEM;
}

int xengt_ggtt_init(struct xengt_vgpu *vgpu)
{
	const struct xengt_vgpu_info *info = &vgpu->info;
	int r = slice_init(&vgpu->ggtt.low, info->low_base, info->low_bytes);

	if (!r)
		r = slice_init(&vgpu->ggtt.high, info->high_base,
			       info->high_bytes);
	return r;
}

void xengt_ggtt_fini(struct xengt_vgpu *vgpu)
{
	free(vgpu->ggtt.low.view);
	free(vgpu->ggtt.high.view);
}

static struct xengt_ggtt_slice *slice_of(struct xengt_ggtt *ggtt,
					 uint32_t entry)
{
	if (entry - ggtt->low.first < ggtt->low.count)
		return &ggtt->low;
	if (entry - ggtt->high.first < ggtt->high.count)
		return &ggtt->high;
	return NULL;
}

/*
 * Returns true if some of these new entries point to no frame of the guest: the entries
 * that they replace may have pointed to frames.
 */
static bool may_be_gone(const uint64_t *entries, uint32_t count,
			uint32_t scratched)
{
	for (uint32_t i = 0; i < count && !scratched; i++)
		if (!(entries[i] & XENGT_PTE_PRESENT))
			return true;
	return scratched;
}

static void tell_hardware(struct xengt_vgpu *vgpu, uint32_t first,
			  const uint64_t *entries, uint32_t count)
{
	struct xengt_ggtt *ggtt = &vgpu->ggtt;
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	int r = gpu->ops->ggtt_write(gpu, first, entries, count,
				     &ggtt->scratched);

	if (r) {
		xengt_vgpu_fail(vgpu, r);
		return;
	}
	vgpu->counters.ggtt_entries += count;
	vgpu->counters.ggtt_scratched += ggtt->scratched;
	if (vgpu->counters.aperture_pieces &&
	    may_be_gone(entries, count, ggtt->scratched))
		xengt_aperture_doubt(vgpu, first, count);
}

static void flush(struct xengt_vgpu *vgpu)
{
	struct xengt_ggtt *ggtt = &vgpu->ggtt;
	const struct xengt_ggtt_slice *slice = ggtt->dirty;
	uint32_t first = ggtt->dirty_first, count = ggtt->dirty_count;

	if (!count)
		return;
	ggtt->dirty_count = 0;
	/*
	 * Do not call gpu for a broken vGPU: there may be many calls, and gpu
	 * would refuse each of them.
	 */
	if (xengt_vgpu_is_live(vgpu))
		tell_hardware(vgpu, first, &slice->view[first - slice->first],
			      count);
}

void xengt_ggtt_begin(struct xengt_vgpu *vgpu)
{
	vgpu->ggtt.is_collecting = true;
}

void xengt_ggtt_end(struct xengt_vgpu *vgpu)
{
	flush(vgpu);
	vgpu->ggtt.is_collecting = false;
}

/*
 * Add an entry to the dirty range. Returns false if the result would not be one
 * range of one slice, or would be longer than one call of gpu allows.
 */
static bool extend_dirty(struct xengt_ggtt *ggtt,
			 const struct xengt_ggtt_slice *slice, uint32_t entry)
{
	uint32_t at = entry - ggtt->dirty_first;

	if (ggtt->dirty != slice)
		return false;
	if (at < ggtt->dirty_count)
		return true;
	if (ggtt->dirty_count == XENGT_GGTT_WRITE_MAX)
		return false;
	if (at == ggtt->dirty_count) {
		ggtt->dirty_count++;
		return true;
	}
	if (at == UINT32_MAX) {
		ggtt->dirty_first--;
		ggtt->dirty_count++;
		return true;
	}
	return false;
}

static void mark_dirty(struct xengt_vgpu *vgpu,
		       const struct xengt_ggtt_slice *slice, uint32_t entry)
{
	struct xengt_ggtt *ggtt = &vgpu->ggtt;

	if (ggtt->dirty_count) {
		if (extend_dirty(ggtt, slice, entry))
			return;
		flush(vgpu);
	}
	ggtt->dirty = slice;
	ggtt->dirty_first = entry;
	ggtt->dirty_count = 1;
}

/* Copy an entry from the guest's RAM to the view. */
static void sync_entry(struct xengt_vgpu *vgpu,
		       const struct xengt_ggtt_slice *slice, uint32_t i)
{
	uint64_t now = slice->ram[i], old = slice->view[i];

	if (now == old)
		return;
	slice->view[i] = now;
	if ((old | now) & XENGT_PTE_PRESENT)
		mark_dirty(vgpu, slice, slice->first + i);
}

/*
 * Carry out a trapped store to an entry that is outside of the slices, or that
 * lies in RAM behind BAR0. Most stores to entries that lie in RAM behind BAR0 do
 * not trap. Such a store traps only if Xen emulates the instruction, or if the
 * vCPU made the store before the RAM was put behind BAR0.
 */
static RARE void store_elsewhere(struct xengt_vgpu *vgpu, uint32_t entry,
				 uint64_t val, uint64_t lanes)
{
	const struct xengt_ggtt_slice *slice = slice_of(&vgpu->ggtt, entry);
	volatile uint64_t *ram;

	if (!slice) {
		vgpu->counters.ggtt_outside++;
		return;
	}
	ram = &slice->ram[entry - slice->first];
	*ram = (*ram & ~lanes) | (val & lanes);
	sync_entry(vgpu, slice, entry - slice->first);
	if (!vgpu->ggtt.is_collecting)
		flush(vgpu);
}

/* Inlined: most stores write a whole entry, and need no byte lanes. */
static inline __attribute__((always_inline)) void
store_entry(struct xengt_vgpu *vgpu, uint32_t entry, uint64_t val,
	    uint64_t lanes)
{
	struct xengt_ggtt *ggtt = &vgpu->ggtt;
	struct xengt_ggtt_slice *slice;
	uint64_t *mem, old;

	if (entry - ggtt->low.first < ggtt->low.plain) {
		slice = &ggtt->low;
	} else if (entry - ggtt->high.first < ggtt->high.plain) {
		slice = &ggtt->high;
	} else {
		store_elsewhere(vgpu, entry, val, lanes);
		return;
	}
	mem = &slice->view[entry - slice->first];
	old = *mem;
	*mem = (old & ~lanes) | (val & lanes);
	if (!((old | *mem) & XENGT_PTE_PRESENT))
		return;
	if (vgpu->ggtt.is_collecting)
		mark_dirty(vgpu, slice, entry);
	else
		tell_hardware(vgpu, entry, mem, 1);
}

#define PAGE_ENTRIES	(XENGT_PAGE_SIZE / 8)

static void sync_slice(struct xengt_vgpu *vgpu,
		       const struct xengt_ggtt_slice *slice)
{
	if (!slice->ram)
		return;
	for (uint32_t at = 0; at < slice->count; at += PAGE_ENTRIES) {
		vgpu->counters.ggtt_compares++;
		/*
		 * A store that the guest makes during this comparison may take
		 * effect only at the guest's next flush.
		 */
		if (!memcmp((const void *)&slice->ram[at], &slice->view[at],
			    XENGT_PAGE_SIZE))
			continue;
		for (uint32_t i = at; i < at + PAGE_ENTRIES; i++)
			sync_entry(vgpu, slice, i);
	}
}

void xengt_ggtt_sync(struct xengt_vgpu *vgpu)
{
	sync_slice(vgpu, &vgpu->ggtt.low);
	sync_slice(vgpu, &vgpu->ggtt.high);
	if (!vgpu->ggtt.is_collecting)
		flush(vgpu);
}

void xengt_ggtt_attach(struct xengt_ggtt_slice *slice, void *ram)
{
	slice->ram = ram;
	slice->plain = ram ? 0 : slice->count;
	for (uint32_t i = 0; ram && i < slice->count; i++)
		slice->ram[i] = slice->view[i];
}

void *xengt_ggtt_detach(struct xengt_vgpu *vgpu, struct xengt_ggtt_slice *slice)
{
	void *ram;

	if (xengt_vgpu_is_live(vgpu)) {
		sync_slice(vgpu, slice);
		flush(vgpu);
	}
	ram = (void *)slice->ram;
	xengt_ggtt_attach(slice, NULL);
	return ram;
}

void xengt_ggtt_store(struct xengt_vgpu *vgpu, uint32_t entry, uint64_t val)
{
	store_entry(vgpu, entry, val, UINT64_MAX);
}

static uint64_t lanes_of(uint32_t bytes)
{
	return bytes >= 8 ? UINT64_MAX : (1ull << (bytes * 8)) - 1;
}

void xengt_ggtt_write(struct xengt_vgpu *vgpu, uint32_t off, uint32_t size,
		      uint64_t val)
{
	uint32_t shift = off % 8 * 8;
	uint32_t in_first = 8 - off % 8;

	store_entry(vgpu, off / 8, val << shift,
		    lanes_of(size) << shift);
	if (size > in_first)
		store_entry(vgpu, off / 8 + 1, val >> (in_first * 8),
			    lanes_of(size - in_first));
}

static uint64_t load_entry(const struct xengt_vgpu *vgpu, uint32_t entry)
{
	/*
	 * slice_of() changes nothing; the cast saves a second slice_of() with
	 * const arguments
	 */
	const struct xengt_ggtt_slice *slice =
		slice_of((struct xengt_ggtt *)&vgpu->ggtt, entry);

	if (!slice)
		return 0;
	entry -= slice->first;
	return slice->ram ? slice->ram[entry] : slice->view[entry];
}

uint64_t xengt_ggtt_read(const struct xengt_vgpu *vgpu, uint32_t off,
			 uint32_t size)
{
	uint32_t in_first = 8 - off % 8;
	uint64_t val = load_entry(vgpu, off / 8) >> (off % 8 * 8);

	if (size > in_first)
		val |= load_entry(vgpu, off / 8 + 1) << (in_first * 8);
	return val & lanes_of(size);
}

static void slice_reset(struct xengt_vgpu *vgpu, struct xengt_ggtt_slice *slice)
{
	sync_slice(vgpu, slice);
	for (uint32_t i = 0; i < slice->count; i++)
		if (slice->view[i])
			store_entry(vgpu, slice->first + i, 0, UINT64_MAX);
}

void xengt_ggtt_reset(struct xengt_vgpu *vgpu)
{
	xengt_ggtt_begin(vgpu);
	slice_reset(vgpu, &vgpu->ggtt.low);
	slice_reset(vgpu, &vgpu->ggtt.high);
	xengt_ggtt_end(vgpu);
}
