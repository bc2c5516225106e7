/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Implements the operations of hv.h on guest frames: copies, protection against
 * stores (type HVMMEM_ioreq_server), mapping of the aperture, and RAM at the
 * guest frames of the device's BARs.
 */
#define __XEN_TOOLS__ 1

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <xen/hvm/dm_op.h>

#include "hv/hv.h"
#include "hv/hv_xen_map.h"
#include "hv/hv_xen_priv.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#define PLACE_BITS	36	/* bits of a frame number in page tables of 4
				 * levels */
#define EBUSY_TRIES	20
#define EBUSY_WAIT_NS	500000

int xengt_xen_ram_invalidate(struct xengt_hv *hv)
{
	xengt_xen_map_drop(&to_xen(hv)->map);
	return 0;
}

static int copy_guest(struct hv_xen *x, uint64_t addr, void *to,
		      const void *from, size_t len_bytes)
{
	if (x->hv.counters)
		x->hv.counters->guest_bytes += len_bytes;
	return xengt_xen_map_copy(&x->map, addr, to, from, len_bytes,
				  hypercalls(x));
}

int xengt_xen_ram_read(struct xengt_hv *hv, gpa_t addr, void *buf,
		       size_t len_bytes)
{
	return copy_guest(to_xen(hv), gpa_x(addr), buf, NULL, len_bytes);
}

int xengt_xen_ram_write(struct xengt_hv *hv, gpa_t addr, const void *buf,
			size_t len_bytes)
{
	return copy_guest(to_xen(hv), gpa_x(addr), NULL, buf, len_bytes);
}

static int set_mem_type(struct hv_xen *x, hvmmem_type_t type, uint64_t first,
			uint32_t frames)
{
	const struct timespec wait = { .tv_nsec = EBUSY_WAIT_NS };
	int r;

	/* EBUSY: a vCPU changed the same entry at the same time. */
	for (int i = 0; i < EBUSY_TRIES; i++) {
		r = called(x, xendevicemodel_set_mem_type(x->dmod, x->domid,
							  type, first, frames));
		if (r != -EBUSY)
			break;
		nanosleep(&wait, NULL);
	}
	return r;
}

int xengt_xen_ram_track_writes(struct xengt_hv *hv, gfn_t first,
			       uint32_t frames, bool on)
{
	struct hv_xen *x = to_xen(hv);
	int r;

	if (!frames)
		return -EINVAL;
	if (!on)
		return set_mem_type(x, HVMMEM_ram_rw, gfn_x(first), frames);
	if (!x->has_mem_type) {
		r = called(x, xendevicemodel_map_mem_type_to_ioreq_server(
				x->dmod, x->domid, x->server_id,
				HVMMEM_ioreq_server,
				XEN_DMOP_IOREQ_MEM_ACCESS_WRITE));
		if (r < 0)
			return r;
		x->has_mem_type = true;
	}
	r = set_mem_type(x, HVMMEM_ioreq_server, gfn_x(first), frames);
	/*
	 * Xen stops at the first frame that cannot be changed: undo the changes
	 * of the frames before that frame.
	 */
	if (r < 0 && frames > 1)
		for (uint32_t i = 0; i < frames; i++)
			set_mem_type(x, HVMMEM_ram_rw, gfn_x(first) + i, 1);
	return r;
}

/*
 * Map those of the frames that are RAM; *ret_count is the number of mapped
 * frames.
 */
static int map_present(struct hv_xen *x, uint64_t first, uint32_t frames,
		       uint8_t **ret_addr, uint32_t *ret_count)
{
	int *errs = calloc(frames, sizeof(*errs));
	int r = -ENOMEM;

	*ret_count = 0;
	if (errs)
		r = xengt_xen_map_frames(&x->map, first, frames, errs, ret_addr,
					 hypercalls(x));
	for (uint32_t i = 0; r == 0 && i < frames; i++)
		*ret_count += !errs[i];
	free(errs);
	return r;
}

/*
 * Check that a mapping at these frames would not replace RAM, because Xen would
 * allow such a mapping. Returns 0: none of the frames is RAM; -EEXIST: some
 * frame is RAM; -EINVAL: no device can have these frames. A guest that changes
 * these frames during the check can only harm itself.
 */
static int check_place(struct hv_xen *x, uint64_t first, uint32_t frames)
{
	const uint64_t end = 1ull << PLACE_BITS;

	if (first >= end || frames > end - first)
		return -EINVAL;
	for (uint32_t at = 0, n; at < frames; at += n) {
		uint32_t count;
		uint8_t *addr;
		int r;

		n = frames - at;
		if (n > XENGT_XEN_MAP_MAX)
			n = XENGT_XEN_MAP_MAX;
		r = map_present(x, first + at, n, &addr, &count);
		if (r < 0)
			return r;
		xenforeignmemory_unmap(x->fmem, addr, n);
		if (count)
			return -EEXIST;
	}
	return 0;
}

int xengt_xen_ram_map_aperture(struct xengt_hv *hv, gfn_t first, bool on)
{
	struct hv_xen *x = to_xen(hv);
	int r = 0;

	if (!x->map_aperture)
		return -ENOTSUP;
	if (x->has_aperture &&
	    (gfn_x(x->aperture) != gfn_x(first) || (on && x->piece_count)))
		return on ? -EBUSY : 0;
	/*
	 * Call the broker even if the aperture seems to be mapped at 'first'
	 * already: an earlier call that timed out may have removed the mapping
	 * later.
	 */
	if (on)
		r = check_place(x, gfn_x(first), x->slice_frames);
	if (r == -EEXIST)
		r = -EINVAL;
	if (r == 0)
		r = x->map_aperture(x->ctx, first, on);
	if (r < 0)
		return r;
	x->has_aperture = on;
	x->aperture = first;
	memset(x->pieces, 0, sizeof(x->pieces));
	x->piece_count = 0;
	return 0;
}

static int place_piece(struct hv_xen *x, gfn_t first, uint32_t piece)
{
	int r = check_place(x, gfn_x(first) + piece * XENGT_PIECE_FRAMES,
			    XENGT_PIECE_FRAMES);

	if (r == 0)
		r = x->map_piece(x->ctx, first, piece, true);
	return r == -EEXIST ? -EINVAL : r;
}

int xengt_xen_ram_map_piece(struct xengt_hv *hv, gfn_t first, uint32_t piece,
			    bool on)
{
	struct hv_xen *x = to_xen(hv);
	int r;

	if (!x->map_piece)
		return -ENOTSUP;
	if (piece >= x->slice_frames / XENGT_PIECE_FRAMES)
		return -EINVAL;
	if (x->has_aperture && gfn_x(x->aperture) != gfn_x(first))
		return on ? -EBUSY : 0;
	if (x->has_aperture && on && (!x->piece_count || x->pieces[piece]))
		return -EEXIST;
	if (!on && !x->pieces[piece])
		return 0;
	r = on ? place_piece(x, first, piece) :
		 x->map_piece(x->ctx, first, piece, false);
	if (r < 0)
		return r;
	x->pieces[piece] = on;
	x->piece_count += on ? 1 : -1;
	x->has_aperture = x->piece_count;
	x->aperture = first;
	return 0;
}

/* Is the slice, or a piece of it, mapped at one of these frames? */
static bool is_over_aperture(const struct hv_xen *x, uint64_t first,
			     uint32_t frames)
{
	uint64_t slice = gfn_x(x->aperture);

	if (!x->has_aperture || first >= slice + x->slice_frames ||
	    slice >= first + frames)
		return false;
	for (uint32_t i = 0; x->piece_count &&
	     i < x->slice_frames / XENGT_PIECE_FRAMES; i++) {
		uint64_t at = slice + i * XENGT_PIECE_FRAMES;

		if (x->pieces[i] && first < at + XENGT_PIECE_FRAMES &&
		    at < first + frames)
			return true;
	}
	return !x->piece_count;
}

/*
 * The guest treats the RAM as a device and maps it uncached. The worker maps
 * the RAM cached, so the guest must access the RAM through the cache, too. (On
 * Intel, Xen lets a domain with I/O memory choose the caching, and the aperture
 * is I/O memory. On AMD the RAM is cached anyway.)
 */
static int pin_cached(struct hv_xen *x, uint64_t first, uint32_t frames,
		      bool on)
{
	return called(x, xendevicemodel_pin_memory_cacheattr(
			x->dmod, x->domid, first, first + frames - 1,
			on ? XEN_DMOP_MEM_CACHEATTR_WB :
			     XEN_DMOP_DELETE_MEM_CACHEATTR));
}

/*
 * Prepare the new RAM of the guest: make it cached, map it into this process,
 * and zero it.
 */
static int take_ram(struct hv_xen *x, uint64_t first, uint32_t frames,
		    void **ret_addr)
{
	uint32_t count;
	uint8_t *addr;
	int r = pin_cached(x, first, frames, true);

	if (r < 0)
		return r;
	r = map_present(x, first, frames, &addr, &count);
	if (r == 0 && count == frames) {
		memset(addr, 0, (size_t)frames * XENGT_PAGE_SIZE);
		*ret_addr = addr;
		return 0;
	}
	if (r == 0)
		xenforeignmemory_unmap(x->fmem, addr, frames);
	pin_cached(x, first, frames, false);
	return r < 0 ? r : -ENOMEM;
}

int xengt_xen_ram_back(struct xengt_hv *hv, gfn_t first, uint32_t frames,
		       void **ret_addr)
{
	struct hv_xen *x = to_xen(hv);
	int r;

	if (!frames || frames > XENGT_HV_BACK_MAX)
		return -EINVAL;
	if (!x->populate)
		return -ENOTSUP;
	if (is_over_aperture(x, gfn_x(first), frames))
		return -EEXIST;
	r = check_place(x, gfn_x(first), frames);
	if (r < 0)
		return r;
	r = x->populate(x->ctx, first, frames, true);
	if (r < 0)
		return r;
	r = take_ram(x, gfn_x(first), frames, ret_addr);
	if (r < 0)
		x->populate(x->ctx, first, frames, false);
	return r;
}

int xengt_xen_ram_unback(struct xengt_hv *hv, gfn_t first, uint32_t frames,
			 void *addr)
{
	struct hv_xen *x = to_xen(hv);

	/*
	 * A mapping holds its frames: unmap the frames first, so that Xen can
	 * free the memory.
	 */
	xengt_xen_map_drop(&x->map);
	called(x, xenforeignmemory_unmap(x->fmem, addr, frames));
	pin_cached(x, gfn_x(first), frames, false);
	return x->populate(x->ctx, first, frames, false);
}
