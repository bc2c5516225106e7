/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the two implementations of hv.h for the suite: the fake, and real Xen with a domain
 * that dom0 controls.
 */
#include "hv_bench.h"

#include <time.h>
#include <unistd.h>

#include "hv/hv_xen.h"
#include "xengtd/domctl.h"

struct xengt_hv_fake *fake;
uint32_t real_domid;
uint64_t real_aperture;

static int fake_create(struct xengt_hv **ret_hv)
{
	const struct xengt_hv_fake_config cfg = {
		.domid = 3, .ram_frames = 600, .vcpus = 3, .slice_frames = SLICE,
	};
	int r = xengt_hv_fake_create(&cfg, &fake);

	if (!r)
		*ret_hv = xengt_hv_fake_hv(fake);
	return r;
}

static uint64_t fake_waited_ns;

static void fake_wait(uint32_t msec)
{
	xengt_hv_fake_advance(fake, msec * 1000000ull);
	fake_waited_ns += msec * 1000000ull;
}

static uint64_t fake_clock_ns(void)
{
	return fake_waited_ns;
}

/* A bit for each mapped piece, as in the broker's record. */
static uint32_t mapped;

/* Map or unmap frames of the slice, from 'from' on. */
static int map_frames(gfn_t first, uint32_t from, uint32_t frames, bool on)
{
	const uint64_t mfn = real_aperture >> XENGT_PAGE_SHIFT;
	struct xengt_domctl *domctl;
	int r = xengt_domctl_create(&domctl);

	if (r)
		return r;
	if (on)
		r = xengt_domctl_permit(domctl, real_domid, mfn, SLICE, true);
	if (r == 0)
		r = on ? xengt_domctl_map(domctl, real_domid,
					  gfn_x(first) + from, mfn + from, frames) :
			 xengt_domctl_unmap(domctl, real_domid,
					    gfn_x(first) + from, mfn + from, frames);
	if (!on && r == 0 && !mapped)
		xengt_domctl_permit(domctl, real_domid, mfn, SLICE, false);
	xengt_domctl_destroy(domctl);
	return r;
}

static int map_piece(void *ctx, gfn_t first, uint32_t piece, bool on)
{
	uint32_t before = mapped;
	int r;

	(void)ctx;
	if (on == (mapped >> piece & 1))
		return 0;
	mapped ^= 1u << piece;
	r = map_frames(first, piece * XENGT_PIECE_FRAMES, XENGT_PIECE_FRAMES, on);
	if (r)
		mapped = before;
	return r;
}

/* Map the aperture, as the broker does for the worker. */
static int map_aperture(void *ctx, gfn_t first, bool on)
{
	const uint32_t all = (1u << SLICE / XENGT_PIECE_FRAMES) - 1;
	uint32_t before = mapped;
	int r = 0;

	/* single pieces are unmapped one by one, the whole slice by one call */
	if (!on && mapped && mapped != all) {
		for (uint32_t i = 0; i < SLICE / XENGT_PIECE_FRAMES && !r; i++)
			r = map_piece(ctx, first, i, false);
		return r;
	}
	if (on == !!mapped)
		return 0;
	mapped = on ? all : 0;
	r = map_frames(first, 0, SLICE, on);
	if (r)
		mapped = before;
	return r;
}

static int populate(void *ctx, gfn_t first, uint32_t frames, bool on)
{
	struct xengt_domctl *domctl;
	uint64_t max_pages = 0;
	uint32_t taken;
	int r = xengt_domctl_create(&domctl);

	(void)ctx;
	if (r)
		return r;
	r = xengt_domctl_max_pages(domctl, real_domid, &max_pages);
	if (r == 0 && on) {
		xengt_domctl_set_max_pages(domctl, real_domid,
					   max_pages + frames);
		r = xengt_domctl_populate(domctl, real_domid, gfn_x(first),
					  frames);
	} else if (r == 0) {
		r = xengt_domctl_depopulate(domctl, real_domid, gfn_x(first),
					    frames, &taken);
		xengt_domctl_set_max_pages(domctl, real_domid,
					   max_pages - taken);
	}
	xengt_domctl_destroy(domctl);
	return r;
}

static int xen_create(struct xengt_hv **ret_hv)
{
	const struct xengt_hv_xen_config cfg = {
		.domid = real_domid,
		.map_aperture = map_aperture,
		.map_piece = map_piece,
		.slice_frames = SLICE,
		.populate = populate,
	};

	return xengt_hv_xen_create(&cfg, ret_hv);
}

static void xen_wait(uint32_t msec)
{
	usleep(msec * 1000);
}

static uint64_t xen_clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

struct impl fake_impl = {
	.name = "fake", .create = fake_create, .ram = 8, .hole = 600,
	.end = 1ull << (XENGT_HV_FAKE_ADDR_BITS - XENGT_PAGE_SHIFT),
	.wait = fake_wait, .clock_ns = fake_clock_ns,
};

struct impl xen_impl = {
	.name = "xen", .is_real = true, .create = xen_create, .ram = 0x1000,
	.hole = 0xffffffffull, .end = 1ull << 36, .wait = xen_wait,
	.clock_ns = xen_clock_ns,
};
