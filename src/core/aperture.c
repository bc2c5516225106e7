/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps the aperture on demand.
 *
 *            touch, and the module answers "a piece"
 *   trapped ------------------------------------------> mapped: no exits
 *      ^                                                    |
 *      +----------------------------------------------------+
 *        none of its GGTT entries points to a page of the guest any more, BAR2 moves,
 *        the guest switches memory decode off, or the vGPU ends
 *
 * Xen cannot repeat an access that has exited. So the module carries out each access that
 * arrives here, even if the piece is mapped by then: two vCPUs may access a piece at the
 * same time, and the piece is mapped when the second access arrives. Only the worker's one
 * thread changes the record in this file, so no piece is mapped while it is mapped already.
 */
#include "core/aperture.h"
#include "core/failure.h"
#include "core/internal.h"
#include "gpu/gpu.h"
#include "hv/hv.h"
#include "uapi/xengt.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <string.h>

#define PIECE_BYTES	((uint64_t)XENGT_PIECE_FRAMES * XENGT_PAGE_SIZE)
#define NS_PER_PIECE	(1000000000u / XENGT_PIECES_PER_S)

static uint32_t pieces(const struct xengt_vgpu *vgpu)
{
	return (uint32_t)(vgpu->info.low_bytes / PIECE_BYTES);
}

static gfn_t slice_at(const struct xengt_vgpu *vgpu)
{
	return gpa_to_gfn(gpa(vgpu->aperture.base));
}

static bool has_bit(const uint64_t *bits, uint32_t i)
{
	return bits[i / 64] >> i % 64 & 1;
}

static void put_bit(uint64_t *bits, uint32_t i, bool on)
{
	bits[i / 64] = (bits[i / 64] & ~(1ull << i % 64)) |
		       (uint64_t)on << i % 64;
}

static void forget_all(struct xengt_vgpu *vgpu)
{
	memset(vgpu->aperture.mapped, 0, sizeof(vgpu->aperture.mapped));
	vgpu->counters.aperture_pieces = 0;
	vgpu->aperture.has_asked = false;
}

static int trap(struct xengt_vgpu *vgpu, bool on)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t base = vgpu->aperture.base;

	return hv->ops->trap_range(hv, XENGT_RANGE_MMIO, base,
				   base + vgpu->info.low_bytes - 1, on);
}

int xengt_aperture_place(struct xengt_vgpu *vgpu, gfn_t first)
{
	int r;

	vgpu->aperture.base = gpa_x(gfn_to_gpa(first));
	r = trap(vgpu, true);
	if (r)
		vgpu->aperture.base = 0;
	return r;
}

int xengt_aperture_forget(struct xengt_vgpu *vgpu)
{
	struct xengt_hv *hv = vgpu->cfg.hv;
	int r;

	if (!vgpu->aperture.base || !vgpu->aperture.has_asked)
		return 0;
#ifdef XENGT_FAULT_KEEP_PIECES
	forget_all(vgpu);
	return 0;
#endif
	r = hv->ops->map_aperture(hv, slice_at(vgpu), false);
	if (!r)
		forget_all(vgpu);
	return r;
}

int xengt_aperture_take(struct xengt_vgpu *vgpu)
{
	int r = xengt_aperture_forget(vgpu);

	if (r)
		return r;
	/*
	 * If the trap stays, it does no harm: the device answers an access outside
	 * its BARs with all-ones.
	 */
	if (trap(vgpu, false))
		vgpu->counters.bar_refused++;
	vgpu->aperture.base = 0;
	return 0;
}

bool xengt_aperture_has(const struct xengt_vgpu *vgpu, uint64_t addr)
{
	uint64_t base = vgpu->aperture.base;

	return base && addr - base < vgpu->info.low_bytes;
}

/* Take one of the mappings that the limit allows now; false: there is none. */
static bool take_one(struct xengt_vgpu *vgpu)
{
	struct xengt_aperture *a = &vgpu->aperture;
	struct xengt_hv *hv = vgpu->cfg.hv;
	uint64_t now = hv->ops->now_ns(hv), more;
	const uint32_t most = pieces(vgpu) + XENGT_PIECES_SPARE;

	if (!a->has_limit) {
		a->has_limit = true;
		a->filled_ns = now;
		a->left = most;
	}
	more = (now - a->filled_ns) / NS_PER_PIECE;
	a->filled_ns += more * NS_PER_PIECE;
	a->left = more < most - a->left ? a->left + (uint32_t)more : most;
	if (!a->left)
		return false;
	a->left--;
	return true;
}

static void map_piece(struct xengt_vgpu *vgpu, uint32_t piece)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	/* an earlier access, of another vCPU, has mapped the piece */
#ifndef XENGT_FAULT_MAP_PIECE_TWICE
	if (has_bit(vgpu->aperture.mapped, piece))
		return;
#endif
	if (!take_one(vgpu)) {
		vgpu->counters.aperture_throttled++;
		return;
	}
	vgpu->aperture.has_asked = true;
	if (hv->ops->map_piece(hv, slice_at(vgpu), piece, true)) {
		vgpu->counters.bar_refused++;
		return;
	}
	put_bit(vgpu->aperture.mapped, piece, true);
	vgpu->counters.aperture_pieces++;
	vgpu->counters.aperture_swaps++;
}

static void unmap_piece(struct xengt_vgpu *vgpu, uint32_t piece)
{
	struct xengt_hv *hv = vgpu->cfg.hv;

	if (hv->ops->map_piece(hv, slice_at(vgpu), piece, false)) {
		/*
		 * The guest still reaches the piece; the piece's entries point to the
		 * vGPU's own scratch page. Try again when an entry changes.
		 */
		vgpu->counters.bar_refused++;
		return;
	}
	put_bit(vgpu->aperture.mapped, piece, false);
	vgpu->counters.aperture_pieces--;
}

/*
 * Let the module make the access. If size is 0, the module makes no access, and only
 * answers the question whether the piece may be mapped. Returns the answer to this
 * question; returns false after an error.
 */
static bool ask(struct xengt_vgpu *vgpu, uint64_t off, uint32_t size,
		bool is_store, uint64_t *val)
{
	struct xengt_gpu *gpu = vgpu->cfg.gpu;
	struct xengt_vgpu_aperture access = {
		.addr = vgpu->info.low_base + off,
		.value = *val,
		.size = size,
		.flags = is_store ? XENGT_APERTURE_STORE : 0,
	};
	int r = gpu->ops->aperture(gpu, &access);

	if (r) {
		*val = UINT64_MAX;
		xengt_vgpu_fail(vgpu, r);
		return false;
	}
	*val = access.value;
	return access.piece_bytes != 0;
}

/* Carry out a part of an access, which lies inside one page of the slice. */
static void touch(struct xengt_vgpu *vgpu, uint64_t off, uint32_t size,
		  bool is_read, uint64_t *val)
{
	if (!xengt_vgpu_is_live(vgpu)) {
		*val = UINT64_MAX;
		return;
	}
	if (ask(vgpu, off, size, !is_read, val))
		map_piece(vgpu, (uint32_t)(off / PIECE_BYTES));
}

void xengt_aperture_access(struct xengt_vgpu *vgpu, uint64_t addr, uint32_t size,
			   bool is_read, uint64_t *val)
{
	uint64_t off = addr - vgpu->aperture.base;
	uint64_t got = UINT64_MAX;

	for (uint32_t at = 0, n; at < size && off + at < vgpu->info.low_bytes;
	     at += n) {
		uint64_t mask, part = is_read ? 0 : *val >> (8 * at);
		uint64_t room = XENGT_PAGE_SIZE - (off + at) % XENGT_PAGE_SIZE;

		n = room < size - at ? (uint32_t)room : size - at;
		mask = n == 8 ? UINT64_MAX : (1ull << (8 * n)) - 1;
		touch(vgpu, off + at, n, is_read, &part);
		got = (got & ~(mask << (8 * at))) | (part & mask) << (8 * at);
	}
	if (is_read)
		*val = got;
}

void xengt_aperture_doubt(struct xengt_vgpu *vgpu, uint32_t first,
			  uint32_t count)
{
	struct xengt_aperture *a = &vgpu->aperture;
	uint32_t low = (uint32_t)(vgpu->info.low_base >> XENGT_PAGE_SHIFT);

	if (!vgpu->counters.aperture_pieces)
		return;
#ifdef XENGT_FAULT_PIECE_WITHOUT_ENTRIES
	return;
#endif
	for (uint32_t i = 0; i < pieces(vgpu); i++) {
		uint32_t at = low + i * XENGT_PIECE_FRAMES;

		if (first >= at + XENGT_PIECE_FRAMES || at >= first + count)
			continue;
		put_bit(a->doubtful, i, true);
		a->has_doubts = true;
	}
}

void xengt_aperture_end(struct xengt_vgpu *vgpu)
{
	struct xengt_aperture *a = &vgpu->aperture;

	for (uint32_t i = 0; i < pieces(vgpu) && xengt_vgpu_is_live(vgpu); i++) {
		uint64_t none = 0;

		if (has_bit(a->doubtful, i) && has_bit(a->mapped, i) &&
		    !ask(vgpu, i * PIECE_BYTES, 0, false, &none) &&
		    xengt_vgpu_is_live(vgpu))
			unmap_piece(vgpu, i);
	}
	memset(a->doubtful, 0, sizeof(a->doubtful));
	a->has_doubts = false;
}
