/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Maps the aperture into a fake domain. The domain has a p2m of its own for these frames,
 * as on Xen, beside the record of what the device asked for: the guest can change the p2m
 * behind the device's back, and a mapping over a mapped frame is a fault.
 */
#include "hv/hv.h"
#include "hv/hv_fake.h"
#include "hv/hv_fake_priv.h"
#include "xengt/limits.h"
#include "xengt/types.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int xengt_fake_aperture_init(struct xengt_hv_fake *fake)
{
	fake->aperture_p2m = calloc(1, fake->cfg.slice_frames + 1ul);
	return fake->aperture_p2m ? 0 : -ENOMEM;
}

void xengt_fake_aperture_fini(struct xengt_hv_fake *fake)
{
	free(fake->aperture_p2m);
}

static bool is_device_place(const struct xengt_hv_fake *fake, uint64_t first,
			    uint32_t frames)
{
	const uint64_t end = 1ull << (XENGT_HV_FAKE_ADDR_BITS -
				      XENGT_PAGE_SHIFT);

	return first < end && frames <= end - first &&
	       !xengt_fake_ram_is_at(fake, first, frames);
}

/*
 * The hypercall that maps or unmaps frames. Frames that are not mapped may be unmapped:
 * then nothing changes.
 */
static void set(struct xengt_hv_fake *fake, uint32_t from, uint32_t frames,
		bool on)
{
	hypercall(fake);
	for (uint32_t i = from; i < from + frames; i++) {
		fake->faults += on && fake->aperture_p2m[i];
		fake->aperture_frames += on - fake->aperture_p2m[i];
		fake->aperture_p2m[i] = on;
	}
}

int xengt_fake_aperture_map(struct xengt_hv *hv, gfn_t first, bool on)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_APERTURE);
	bool is_used = fake->is_aperture_mapped || fake->piece_count;
	bool is_here = is_used && gfn_x(fake->aperture) == gfn_x(first);

	if (r)
		return r;
	if (!on && !is_here)
		return 0;
	if (on && fake->is_aperture_mapped && is_here)
		return 0;
	if (on && is_used)
		return -EBUSY;
	if (on && !is_device_place(fake, gfn_x(first), fake->cfg.slice_frames))
		return -EINVAL;
	fake->aperture = first;
	set(fake, 0, fake->cfg.slice_frames, on);
	fake->is_aperture_mapped = on;
	memset(fake->pieces, 0, sizeof(fake->pieces));
	fake->piece_count = 0;
	return 0;
}

int xengt_fake_aperture_map_piece(struct xengt_hv *hv, gfn_t first,
				  uint32_t piece, bool on)
{
	struct xengt_hv_fake *fake = to_fake(hv);
	int r = enter(fake, XENGT_HV_FAKE_PIECE);
	uint32_t from = piece * XENGT_PIECE_FRAMES;
	bool is_elsewhere = gfn_x(fake->aperture) != gfn_x(first) &&
			    (fake->is_aperture_mapped || fake->piece_count);

	if (r)
		return r;
	if (piece >= fake->cfg.slice_frames / XENGT_PIECE_FRAMES)
		return -EINVAL;
	if (is_elsewhere)
		return on ? -EBUSY : 0;
	if (!on && !fake->pieces[piece])
		return 0;
	if (on && (fake->is_aperture_mapped || fake->pieces[piece])) {
		fake->faults++;
		return -EEXIST;
	}
	if (on && !is_device_place(fake, gfn_x(first) + from, XENGT_PIECE_FRAMES))
		return -EINVAL;
	fake->aperture = first;
	set(fake, from, XENGT_PIECE_FRAMES, on);
	fake->pieces[piece] = on;
	fake->piece_count += on ? 1 : -1;
	return 0;
}

bool xengt_hv_fake_aperture(const struct xengt_hv_fake *fake, gfn_t *ret_first)
{
	if (fake->is_aperture_mapped)
		*ret_first = fake->aperture;
	return fake->is_aperture_mapped;
}

uint32_t xengt_hv_fake_pieces(const struct xengt_hv_fake *fake,
			      gfn_t *ret_first)
{
	if (fake->piece_count)
		*ret_first = fake->aperture;
	return fake->piece_count;
}

bool xengt_hv_fake_has_aperture(const struct xengt_hv_fake *fake, gfn_t frame)
{
	return xengt_fake_aperture_is_at(fake, gfn_x(frame));
}

void xengt_hv_fake_drop_aperture(struct xengt_hv_fake *fake, gfn_t frame)
{
	if (!xengt_fake_aperture_is_at(fake, gfn_x(frame)))
		return;
	fake->aperture_p2m[gfn_x(frame) - gfn_x(fake->aperture)] = 0;
	fake->aperture_frames--;
	fake->dropped++;
}

uint32_t xengt_hv_fake_dropped(const struct xengt_hv_fake *fake)
{
	return fake->dropped;
}
