// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: holding guest frames
 *
 * While the GPU may reach a frame, Xen must not give this frame to another
 * domain. Xen gives no frame to another domain while dom0 has the frame mapped,
 * so the module maps the guest's frames at addresses of unpopulated pages, with
 * the guest as the foreign domain. When Xen makes a foreign mapping, it
 * translates the guest frame number, refuses frames that are not RAM of this
 * domain (MMIO, holes, grant-mapped frames of other domains), and takes a
 * reference to the frame. The reference lasts until the mapping ends, even if
 * the guest gives the frame to its balloon or the domain dies.
 *
 * The kind of dom0 decides how the module maps a frame, and which bus address
 * the frame has: each kind has a way (struct xengt_way_ops). This file has the
 * code that all ways share: it manages places, which are addresses for one frame
 * each (xengt_way.h), and counts the holds of each frame.
 *
 * The module accesses guests' memory at these addresses: it reads the work that
 * a guest submits, and writes back the context images that the GPU saved
 * (src/boundary/context.c).
 */
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include <xen/xen.h>

#include "boundary/bnd_types.h"
#include "boundary/gtt.h"
#include "xengt/limits.h"
#include "xengt_frames.h"
#include "xengt_way.h"

/*
 * The number of places in a chunk. The chunks are freed when the vGPU is
 * zapped.
 */
#define CHUNK_PLACES	256

struct chunk {
	struct list_head link;
	struct page *pages[CHUNK_PLACES];
	struct xengt_frame places[CHUNK_PLACES];
};

static_assert(sizeof(struct chunk) / CHUNK_PLACES + 1 + sizeof(struct page) +
	      sizeof(pte_t) + sizeof(struct xa_node) / XA_CHUNK_SIZE + 1 <=
	      XENGT_FRAME_NOTE_BYTES);

/*
 * The bus address of a held frame. No other function makes bus addresses of
 * guest frames. Returns XENGT_BUS_NONE if the GPU cannot reach the frame.
 */
static xengt_bus_t frame_bus_addr(const struct xengt_frame *f)
{
	return xengt_bus_of_page(f->bus_page);
}

/*
 * Returns true if this frame number belongs to the vGPU and not to the guest's
 * RAM (XENGT_VGPU_IOC_OWN_FRAMES).
 */
static bool is_own(const struct xengt_frames *frames, const struct xengt_frame *f)
{
	return xengt_gfn_x(f->gfn) - frames->own_first < frames->own_count;
}

/*
 * Returns true if the guest had no frame or another frame at f->gfn when hold() or
 * look() was last called.
 */
static bool has_moved(const struct xengt_frames *frames,
		      const struct xengt_frame *f)
{
	return !f->is_current || is_own(frames, f);
}

/* ---- places ---- */

static int add_chunk(struct xengt_frames *frames)
{
	struct chunk *chunk;
	int i, r;

	chunk = kvzalloc(sizeof(*chunk), GFP_KERNEL_ACCOUNT);
	if (!chunk)
		return -ENOMEM;
	r = xen_alloc_unpopulated_pages(CHUNK_PLACES, chunk->pages);
	if (r)
		goto free_chunk;

	for (i = 0; i < CHUNK_PLACES; i++) {
		struct xengt_frame *f = &chunk->places[i];

		f->addr = page_address(chunk->pages[i]);
		r = frames->way_ops->place_init(f, chunk->pages[i]);
		if (r)
			goto free_pages;
	}
	for (i = 0; i < CHUNK_PLACES; i++) {
		chunk->places[i].next_free = frames->free;
		frames->free = &chunk->places[i];
	}
	list_add(&chunk->link, &frames->chunks);
	return 0;

free_pages:
	xen_free_unpopulated_pages(CHUNK_PLACES, chunk->pages);
free_chunk:
	kvfree(chunk);
	return r;
}

/*
 * Make all places whose frames were released since the last flush usable again,
 * by one flush. If the flush fails, these places stay dirty, and take_place()
 * makes new places.
 */
static void flush_dirty_places(struct xengt_frames *frames)
{
	struct xengt_frame *f;

	if (!frames->dirty || frames->way_ops->flush(frames))
		return;
	while ((f = frames->dirty)) {
		frames->dirty = f->next_free;
		f->is_dirty = false;
		f->next_free = frames->free;
		frames->free = f;
	}
}

static struct xengt_frame *take_place(struct xengt_frames *frames)
{
	struct xengt_frame *f;

	if (!frames->free)
		flush_dirty_places(frames);
	if (!frames->free && add_chunk(frames))
		return NULL;
	f = frames->free;
	frames->free = f->next_free;
	f->holds = 0;
	return f;
}

/* Undo take_place(). No frame was mapped at the place since take_place(). */
static void give_back_place(struct xengt_frames *frames, struct xengt_frame *f)
{
	f->next_free = frames->free;
	frames->free = f;
}

static void free_chunk(struct chunk *chunk)
{
	int i, n = 0;

	/*
	 * Do not free the page of a place whose frame could not be released, or
	 * whose old frame a CPU's TLB may still have: such a page must never be
	 * used again.
	 */
	for (i = 0; i < CHUNK_PLACES; i++) {
		if (!chunk->places[i].is_mapped && !chunk->places[i].is_dirty)
			chunk->pages[n++] = chunk->pages[i];
	}
	if (n)
		xen_free_unpopulated_pages(n, chunk->pages);
	kvfree(chunk);
}

/* ---- mapping ---- */

/*
 * Release the frames of the first n places in frames->batch, which are all
 * mapped. Returns the number of released frames. If Xen refuses to release a
 * frame, the frame stays held until the next boot.
 */
static u32 unmap_batch(struct xengt_frames *frames, u32 n)
{
	u32 i, released = 0;

	if (!n)
		return 0;
	frames->way_ops->let_go(frames, n);
	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		if (f->is_mapped)
			continue;	/* the place is never used again, see
					 * free_chunk() */
		f->is_dirty = true;
		f->next_free = frames->dirty;
		frames->dirty = f;
		released++;
	}
	return released;
}

/*
 * Map the guest frames of the first n places in frames->batch. is_mapped of
 * each place says whether Xen mapped its frame.
 */
static void hold_batch(struct xengt_frames *frames, u32 n)
{
	if (n)
		frames->way_ops->hold(frames, n);
}

/*
 * Undo hold_batch() and take_place() for those of the first n places in
 * frames->batch whose frame has no hold.
 */
static void drop_unheld(struct xengt_frames *frames, u32 n)
{
	u32 i, to_unmap = 0;

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		if (f->holds)
			continue;
		if (f->is_mapped)
			frames->batch[to_unmap++] = f;
		else
			give_back_place(frames, f);
	}
	unmap_batch(frames, to_unmap);
}

/* ---- the contract of struct xengt_guest_ops ---- */

/* The frame that is held for this guest frame, or NULL. */
static struct xengt_frame *held_at(struct xengt_frames *frames, xengt_gfn_t gfn)
{
	return xa_load(&frames->held, xengt_gfn_x(gfn));
}

/*
 * Returns true if the frame is mapped, the guest still has it at f->gfn, and
 * the GPU can reach it.
 */
static bool is_usable(const struct xengt_frames *frames,
		      const struct xengt_frame *f)
{
	return f->is_mapped && !has_moved(frames, f) &&
	       !xengt_bus_is_none(frame_bus_addr(f));
}

static int remember(struct xengt_frames *frames, struct xengt_frame *f)
{
	return xa_err(xa_store(&frames->held, xengt_gfn_x(f->gfn), f, GFP_KERNEL));
}

static void forget(struct xengt_frames *frames, const struct xengt_frame *f)
{
	xa_erase(&frames->held, xengt_gfn_x(f->gfn));
}

int xengt_frames_get(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count, xengt_bus_t *ret_bus)
{
	struct xengt_frame *f;
	u32 i, n = 0;
	int r;

	if (!frames->work)
		return -ESTALE;

	for (i = 0; i < count; i++) {
		f = held_at(frames, gfns[i]);
		if (!f) {
			f = take_place(frames);
			if (!f) {
				r = -ENOMEM;
				goto put_holds;
			}
			f->gfn = gfns[i];
			r = remember(frames, f);
			if (r) {
				give_back_place(frames, f);
				goto put_holds;
			}
			frames->batch[n++] = f;
		}
		f->holds++;
	}

	hold_batch(frames, n);
	for (i = 0; i < n; i++) {
		f = frames->batch[i];
		if (!is_usable(frames, f))
			f->holds = 0;
		else
			frames->counters.mapped++;
		frames->counters.held += !!f->holds;
	}
	for (i = 0; i < count; i++) {
		f = held_at(frames, gfns[i]);
		ret_bus[i] = f->holds ? frame_bus_addr(f) : XENGT_BUS_NONE;
	}
	for (i = 0; i < n; i++) {
		if (!frames->batch[i]->holds)
			forget(frames, frames->batch[i]);
	}
	drop_unheld(frames, n);
	return 0;

put_holds:
	while (i--) {
		f = held_at(frames, gfns[i]);
		f->holds--;
	}
	for (i = 0; i < n; i++)
		forget(frames, frames->batch[i]);
	drop_unheld(frames, n);
	return r;
}

/*
 * Remove one hold for each element. Puts the frames that have no hold any more
 * into frames->batch, and returns the number of these frames.
 */
static u32 undo_holds(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		      u32 count)
{
	u32 i, n = 0;

	for (i = 0; i < count; i++) {
		struct xengt_frame *f = held_at(frames, gfns[i]);

		if (WARN_ON_ONCE(!f))
			continue;
		if (--f->holds)
			continue;
		forget(frames, f);
		frames->batch[n++] = f;
	}
	return n;
}

/*
 * Release the first n frames of frames->batch. Returns the number of frames
 * that Xen released.
 */
static u32 release_batch(struct xengt_frames *frames, u32 n)
{
	n = unmap_batch(frames, n);
	frames->counters.held -= n;
	frames->counters.released += n;
	cond_resched();
	return n;
}

u32 xengt_frames_put(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		     u32 count)
{
	return release_batch(frames, undo_holds(frames, gfns, count));
}

u32 xengt_frames_keep(struct xengt_frames *frames, const xengt_gfn_t *gfns,
		      u32 count)
{
	u32 i, n = undo_holds(frames, gfns, count);

	for (i = 0; i < n; i++) {
		struct xengt_frame *f = frames->batch[i];

		f->next_free = NULL;
		if (frames->kept)
			frames->kept_last->next_free = f;
		else
			frames->kept = f;
		frames->kept_last = f;
	}
	return n;
}

void xengt_frames_release(struct xengt_frames *frames, u32 count)
{
	u32 n = 0;

	while (count-- && !WARN_ON_ONCE(!frames->kept)) {
		frames->batch[n++] = frames->kept;
		frames->kept = frames->kept->next_free;
		if (n == XENGT_GTT_BATCH || !count) {
			release_batch(frames, n);
			n = 0;
		}
	}
}

bool xengt_frames_has_moved(struct xengt_frames *frames, xengt_gfn_t gfn)
{
	const struct xengt_frame *f = held_at(frames, gfn);

	return !WARN_ON_ONCE(!f) && has_moved(frames, f);
}

/*
 * Call look() for the first n frames of frames->batch. Returns true if the
 * guest has moved one of these frames.
 */
static bool look_at_batch(struct xengt_frames *frames, u32 n)
{
	bool moved = false;
	u32 i;

	if (n)
		frames->way_ops->look(frames, n);
	for (i = 0; i < n; i++)
		moved |= has_moved(frames, frames->batch[i]);
	cond_resched();
	return moved;
}

bool xengt_frames_look(struct xengt_frames *frames)
{
	struct xengt_frame *f;
	unsigned long gfn;
	bool moved = false;
	u32 n = 0;

	xa_for_each(&frames->held, gfn, f) {
		frames->batch[n++] = f;
		if (n == XENGT_GTT_BATCH) {
			moved |= look_at_batch(frames, n);
			n = 0;
		}
	}
	return look_at_batch(frames, n) || moved;
}

void *xengt_frames_at(struct xengt_frames *frames, xengt_gfn_t gfn)
{
	struct xengt_frame *f = held_at(frames, gfn);

	return WARN_ON_ONCE(!f) ? NULL : f->addr;
}

/* ---- creation and end ---- */

/*
 * Hold one page of the domain (the anchor). In a PV dom0 this function fails
 * for a PV guest: the frame numbers of a PV guest are machine frame numbers,
 * and the check against the M2P refuses machine frame numbers. The broker
 * creates vGPUs only for HVM guests.
 */
static int hold_anchor(struct xengt_frames *frames)
{
	/*
	 * frame numbers in the first 640 KiB, from 1 MiB on and at 16 MiB: each
	 * HVM guest has RAM at one of these numbers
	 */
	static const u32 gfns[] = { 0x1, 0x10, 0x80, 0x100, 0x200, 0x1000 };
	struct xengt_frame *f;
	int i;

	for (i = 0; i < ARRAY_SIZE(gfns); i++) {
		f = take_place(frames);
		if (!f)
			return -ENOMEM;
		f->gfn = xengt_gfn(gfns[i]);
		frames->batch[0] = f;
		hold_batch(frames, 1);
		if (is_usable(frames, f)) {
			frames->anchor = f;
			return 0;
		}
		drop_unheld(frames, 1);
	}
	return -ESRCH;
}

int xengt_frames_init(struct xengt_frames *frames,
		      const struct xengt_way_ops *way_ops, domid_t domid)
{
	int r = -ENOMEM;

	memset(frames, 0, sizeof(*frames));
	frames->domid = domid;
	frames->way_ops = way_ops;
	xa_init_flags(&frames->held, XA_FLAGS_ACCOUNT);
	INIT_LIST_HEAD(&frames->chunks);
	frames->work = kvmalloc(way_ops->work_bytes, GFP_KERNEL);
	frames->batch = kvmalloc_array(XENGT_GTT_BATCH, sizeof(*frames->batch),
				       GFP_KERNEL);
	if (frames->work && frames->batch)
		r = hold_anchor(frames);
	if (r)
		xengt_frames_fini(frames);
	return r;
}

void xengt_frames_fini(struct xengt_frames *frames)
{
	struct chunk *chunk, *next;

	WARN_ON_ONCE(!xa_empty(&frames->held) || frames->kept);
	if (frames->anchor) {
		frames->batch[0] = frames->anchor;
		unmap_batch(frames, 1);
		frames->anchor = NULL;
	}
	flush_dirty_places(frames);
	list_for_each_entry_safe(chunk, next, &frames->chunks, link) {
		list_del(&chunk->link);
		free_chunk(chunk);
	}
	frames->free = NULL;
	kvfree(frames->batch);
	frames->batch = NULL;
	kvfree(frames->work);
	frames->work = NULL;
	frames->domid = DOMID_INVALID;
}
