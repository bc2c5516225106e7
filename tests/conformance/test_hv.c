/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One suite for both implementations of hv.h.
 *
 *   test_hv                              the fake
 *   test_hv --real --domid N [--gfn G] [--aperture PHYS]
 *                                        Xen, in dom0; exits with 77 elsewhere
 *   test_hv --serve SECONDS --domid N    no suite: see serve()
 *
 * With --real the domain should be paused: pages G and following of its RAM are
 * written and restored, ranges are trapped and released. Without --gfn they are
 * the frames from 16 MiB on. PHYS is the machine address of the GPU's aperture,
 * which nobody else uses meanwhile.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "hv/hv_fake.h"
#include "hv/hv_xen.h"
#include "hv/ioreq.h"
#include "xengtd/domctl.h"

#define PAGES		6u		/* of RAM that the suite may use */
#define TRAP_AT		0xfd000000ull	/* nothing is there in any guest */
#define SLICE		512u		/* frames of the aperture slice */
#define PLACE		0xe0000ull	/* frames where it can be, and elsewhere */
#define ELSEWHERE	0xd0000ull

struct impl {
	const char *name;
	int (*create)(struct xengt_hv **ret_hv);
	uint64_t ram;			/* first of PAGES frames */
	uint64_t hole;			/* frame that is not RAM */
	uint64_t end;			/* of the frames a device can be at */
	void (*wait)(uint32_t msec);
	uint64_t (*clock_ns)(void);	/* what now_ns and wait() go by */
};

static struct xengt_hv_fake *fake;	/* of the last fake_create() */
static uint32_t real_domid;
static uint64_t real_aperture;		/* 0: none that we may use */

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

/* What the broker does for a worker. */
static int map_aperture(void *ctx, gfn_t first, bool on)
{
	const uint64_t mfn = real_aperture >> XENGT_PAGE_SHIFT;
	static bool is_mapped;
	struct xengt_domctl *domctl;
	int r;

	(void)ctx;
	if (on == is_mapped)
		return 0;
	r = xengt_domctl_create(&domctl);
	if (r)
		return r;
	if (on)
		r = xengt_domctl_permit(domctl, real_domid, mfn, SLICE, true);
	if (r == 0)
		r = xengt_domctl_map(domctl, real_domid, gfn_x(first), mfn,
				     SLICE, on);
	if (r == 0)
		is_mapped = on;
	if (!is_mapped)
		xengt_domctl_permit(domctl, real_domid, mfn, SLICE, false);
	xengt_domctl_destroy(domctl);
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

static struct impl impls[] = {
	{ "fake", fake_create, .ram = 8, .hole = 600,
	  .end = 1ull << (XENGT_HV_FAKE_ADDR_BITS - XENGT_PAGE_SHIFT),
	  .wait = fake_wait, .clock_ns = fake_clock_ns },
	{ "xen", xen_create, .ram = 0x1000, .hole = 0xffffffffull,
	  .end = 1ull << 36, .wait = xen_wait, .clock_ns = xen_clock_ns },
};

static const struct impl *impl;
static struct xengt_counters counts;

struct bench {
	struct xengt_hv *hv;
	uint8_t saved[PAGES * XENGT_PAGE_SIZE];
};

static gpa_t ram(uint64_t byte)
{
	return gpa((impl->ram << XENGT_PAGE_SHIFT) + byte);
}

/* The ops, shorter. */
static int rd(const struct bench *b, gpa_t addr, void *buf, size_t len)
{
	return b->hv->ops->read_guest(b->hv, addr, buf, len);
}

static int wr(const struct bench *b, gpa_t addr, const void *buf, size_t len)
{
	return b->hv->ops->write_guest(b->hv, addr, buf, len);
}

static int trap(const struct bench *b, enum xengt_range_kind kind,
		uint64_t first, uint64_t last, bool on)
{
	return b->hv->ops->trap_range(b->hv, kind, first, last, on);
}

static int track(const struct bench *b, gfn_t first, uint32_t frames, bool on)
{
	return b->hv->ops->track_writes(b->hv, first, frames, on);
}

static int show(const struct bench *b, gfn_t first, bool on)
{
	return b->hv->ops->map_aperture(b->hv, first, on);
}

static int setup(void **state)
{
	struct bench *b = calloc(1, sizeof(*b));
	int r = impl->create(&b->hv);

	if (r)
		fail_msg("%s: create: %s", impl->name, strerror(-r));
	memset(&counts, 0, sizeof(counts));
	b->hv->counters = &counts;
	assert_int_equal(rd(b, ram(0), b->saved, sizeof(b->saved)), 0);
	*state = b;
	return 0;
}

static int teardown(void **state)
{
	struct bench *b = *state;

	wr(b, ram(0), b->saved, sizeof(b->saved));
	b->hv->counters = NULL;
	b->hv->ops->destroy(b->hv);
	free(b);
	return 0;
}

static void all_ops_are_there(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;

	assert_true(ops->next_request && ops->complete_request &&
		    ops->read_guest && ops->write_guest && ops->invalidate &&
		    ops->trap_range && ops->track_writes &&
		    ops->map_aperture && ops->back && ops->unback &&
		    ops->inject_msi && ops->set_intx && ops->now_ns &&
		    ops->destroy);
}

static void copies(void **state)
{
	static const uint32_t offs[] = { 0, 1, 100, 4093, 4095, 4096, 8190 };
	static const uint32_t lens[] = { 0, 1, 2, 3, 8, 4096, 9000 };
	const struct bench *b = *state;
	uint8_t out[9000], in[9000];

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(offs); i++) {
		for (size_t k = 0; k < XENGT_ARRAY_SIZE(lens); k++) {
			uint64_t before = counts.guest_bytes;

			for (uint32_t n = 0; n < lens[k]; n++)
				out[n] = (uint8_t)(n * 31 + i * 7 + k);
			memset(in, 0x55, sizeof(in));
			assert_int_equal(wr(b, ram(offs[i]), out, lens[k]), 0);
			assert_int_equal(rd(b, ram(offs[i]), in, lens[k]), 0);
			assert_memory_equal(in, out, lens[k]);
			if (lens[k] < sizeof(in))
				assert_int_equal(in[lens[k]], 0x55);
			assert_int_equal(counts.guest_bytes - before,
					 2 * lens[k]);
		}
	}
}

static void copies_that_miss(void **state)
{
	const struct bench *b = *state;
	const uint64_t hole = impl->hole << XENGT_PAGE_SHIFT;
	uint64_t val = 0;

	for (uint64_t at = hole; at < hole + 8; at += 7) {
		assert_int_equal(rd(b, gpa(at), &val, 8), -EFAULT);
		assert_int_equal(wr(b, gpa(at), &val, 8), -EFAULT);
	}
	assert_int_equal(rd(b, gpa(UINT64_MAX), &val, 1), -EFAULT);
	assert_int_equal(rd(b, gpa(UINT64_MAX - 3), &val, 8), -EFAULT);
	assert_int_equal(wr(b, gpa(1ull << 63), &val, 8), -EFAULT);
	/* it goes on afterwards */
	assert_int_equal(rd(b, ram(0), &val, 8), 0);
}

static void invalidate_forgets_nothing_that_is_there(void **state)
{
	const struct bench *b = *state;
	uint32_t val = 0x12345678;

	assert_int_equal(wr(b, ram(16), &val, 4), 0);
	assert_int_equal(b->hv->ops->invalidate(b->hv), 0);
	val = 0;
	assert_int_equal(rd(b, ram(16), &val, 4), 0);
	assert_int_equal(val, 0x12345678);
	assert_int_equal(b->hv->ops->invalidate(b->hv), 0);
	assert_int_equal(b->hv->ops->invalidate(b->hv), 0);
}

static void ranges(void **state)
{
	const struct bench *b = *state;
	uint64_t before;

	for (int round = 0; round < 2; round++) {
		before = counts.hypercalls;
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT,
				 TRAP_AT + 0xffffff, true), 0);
		assert_true(counts.hypercalls > before);
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT,
				 TRAP_AT + 0xffffff, true), 0);
		assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10, 0x10, true), 0);
		assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10, 0x10, true), 0);
		assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10, 0x10, false),
				 0);
		assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10, 0x10, false),
				 0);
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT,
				 TRAP_AT + 0xffffff, false), 0);
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT,
				 TRAP_AT + 0xffffff, false), 0);
	}
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT + 1, TRAP_AT, true),
			 -EINVAL);
	assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10, 0x11, true), -EINVAL);
	assert_int_equal(trap(b, XENGT_RANGE_PCI, 0x10000, 0x10000, true),
			 -EINVAL);
	/* as a guest may ask for with a 64-bit BAR */
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, 0xfffffffeff000000,
			 0xfffffffeffffffff, true), 0);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, 0xfffffffeff000000,
			 0xfffffffeffffffff, false), 0);
}

static void as_many_ranges_as_there_are(void **state)
{
	const struct bench *b = *state;

	/* not adjacent, for Xen makes one of those */
	for (uint64_t i = 0; i < 256; i++)
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT + i * 0x2000,
				 TRAP_AT + i * 0x2000 + 0xfff, true), 0);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT + 256 * 0x2000,
			 TRAP_AT + 256 * 0x2000 + 0xfff, true), -ENOSPC);
	for (uint64_t i = 256; i-- > 0;)
		assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT + i * 0x2000,
				 TRAP_AT + i * 0x2000 + 0xfff, false), 0);
}

static void protection(void **state)
{
	const struct bench *b = *state;
	uint32_t val = 0xfeedface, back = 0;

	assert_int_equal(track(b, gfn(impl->ram), 4, true), 0);
	/* our own stores go through */
	assert_int_equal(wr(b, ram(4094), &val, 4), 0);
	assert_int_equal(rd(b, ram(4094), &back, 4), 0);
	assert_int_equal(back, val);
	assert_int_equal(track(b, gfn(impl->ram), 1, true), -EINVAL);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
	assert_int_equal(track(b, gfn(impl->ram), 0, true), -EINVAL);
	assert_int_equal(track(b, gfn(impl->hole), 1, true), -EINVAL);
	/* all or nothing */
	assert_int_equal(track(b, gfn(impl->ram), 4, true), 0);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
}

static void nothing_is_asked(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req = { .vcpu = 0 };

	assert_int_equal(b->hv->ops->next_request(b->hv, &req), 0);
	/* what was not taken cannot be answered */
	assert_int_equal(b->hv->ops->complete_request(b->hv, &req, 0), -EINVAL);
	req.vcpu = 1000000;
	assert_int_equal(b->hv->ops->complete_request(b->hv, &req, 0), -EINVAL);
}

static void legacy_interrupt(void **state)
{
	const struct bench *b = *state;

	assert_int_equal(b->hv->ops->set_intx(b->hv, 2, 0, true), 0);
	assert_int_equal(b->hv->ops->set_intx(b->hv, 2, 0, true), 0);
	assert_int_equal(b->hv->ops->set_intx(b->hv, 2, 0, false), 0);
	assert_int_equal(b->hv->ops->set_intx(b->hv, 32, 0, true), -EINVAL);
	assert_int_equal(b->hv->ops->set_intx(b->hv, 2, 4, true), -EINVAL);
}

static void memory_of_ours(void **state)
{
	const struct bench *b = *state;
	const gfn_t at = gfn(TRAP_AT >> XENGT_PAGE_SHIFT);
	const struct xengt_hv_ops *ops = b->hv->ops;
	uint8_t zero[3 * XENGT_PAGE_SIZE] = { 0 }, got[sizeof(zero)];
	uint64_t val = 0x1122334455667788;
	void *addr, *again;

	assert_int_equal(ops->back(b->hv, at, 0, &addr), -EINVAL);
	assert_int_equal(ops->back(b->hv, at, XENGT_HV_BACK_MAX + 1, &addr),
			 -EINVAL);
	/* over the guest's memory, even in part */
	assert_int_equal(ops->back(b->hv, gfn(impl->ram), 1, &addr), -EEXIST);
	assert_int_equal(rd(b, gpa(TRAP_AT), got, 1), -EFAULT);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xffff,
			      true), 0);
	for (int round = 0; round < 2; round++) {
		assert_int_equal(ops->back(b->hv, at, 3, &addr), 0);
		assert_int_equal(ops->back(b->hv, gfn(gfn_x(at) + 2), 1, &again),
				 -EEXIST);
		assert_int_equal(rd(b, gpa(TRAP_AT), got, sizeof(got)), 0);
		assert_memory_equal(got, zero, sizeof(got));
		memcpy((uint8_t *)addr + 0x2ff8, &val, 8);
		assert_int_equal(rd(b, gpa(TRAP_AT + 0x2ff8), got, 8), 0);
		assert_memory_equal(got, &val, 8);
		assert_int_equal(track(b, at, 1, true), 0);
		assert_int_equal(wr(b, gpa(TRAP_AT), &val, 8), 0);
		assert_memory_equal(addr, &val, 8);
		if (round)
			assert_int_equal(track(b, at, 1, false), 0);
		assert_int_equal(ops->unback(b->hv, at, 3, addr), 0);
		assert_int_equal(rd(b, gpa(TRAP_AT), got, 1), -EFAULT);
	}
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xffff,
			      false), 0);
}

static void need_aperture(void)
{
	if (impl == &impls[1] && !real_aperture)
		skip();
}

static void aperture(void **state)
{
	const struct bench *b = *state;
	uint8_t byte;

	need_aperture();
	for (int round = 0; round < 2; round++) {
		assert_int_equal(show(b, gfn(PLACE), true), 0);
		assert_int_equal(show(b, gfn(PLACE), true), 0);
		/* it is no RAM */
		assert_int_equal(rd(b, gpa(PLACE << XENGT_PAGE_SHIFT), &byte, 1),
				 -EFAULT);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), -EBUSY);
		assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), -EBUSY);
		assert_int_equal(show(b, gfn(PLACE), false), 0);
		assert_int_equal(show(b, gfn(PLACE), false), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), true), 0);
		assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
	}
	/* beyond all addresses */
	assert_int_equal(show(b, gfn(impl->end - SLICE + 1), true), -EINVAL);
	assert_int_equal(show(b, gfn(impl->end), true), -EINVAL);
	assert_int_equal(show(b, gfn(UINT64_MAX >> XENGT_PAGE_SHIFT), true),
			 -EINVAL);
	assert_int_equal(show(b, gfn(UINT64_MAX - 1), true), -EINVAL);
}

static bool is_ram(const struct bench *b, uint64_t frame)
{
	uint8_t byte;

	return rd(b, gpa(frame << XENGT_PAGE_SHIFT), &byte, 1) == 0;
}

/* The last frame of the RAM that our pages are in. */
static uint64_t last_ram(const struct bench *b)
{
	uint64_t step = SLICE, at = impl->ram;

	while (step) {
		while (is_ram(b, at + step))
			at += step;
		step /= 2;
	}
	return at;
}

/* Xen itself would throw the RAM away. */
static void aperture_over_ram(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;
	const uint64_t last = last_ram(b);
	uint8_t pages[PAGES * XENGT_PAGE_SIZE], got[sizeof(pages)];
	uint64_t val = 0x7273747576777879, back = 0, kept = 0;
	const gpa_t end = gpa(last << XENGT_PAGE_SHIFT | 0xff8);

	need_aperture();
	memset(pages, 0x3c, sizeof(pages));
	assert_int_equal(wr(b, ram(0), pages, sizeof(pages)), 0);
	assert_int_equal(rd(b, end, &kept, 8), 0);
	assert_int_equal(wr(b, end, &val, 8), 0);
	assert_int_equal(show(b, gfn(impl->ram), true), -EINVAL);
	assert_int_equal(show(b, gfn(last), true), -EINVAL);
	ops->invalidate(b->hv);
	assert_int_equal(rd(b, ram(0), got, sizeof(got)), 0);
	assert_memory_equal(got, pages, sizeof(pages));
	assert_int_equal(rd(b, end, &back, 8), 0);
	assert_true(back == val);
	assert_int_equal(wr(b, end, &kept, 8), 0);
	assert_int_equal(show(b, gfn(last + 1), true), 0);
	assert_int_equal(show(b, gfn(last + 1), false), 0);
}

/* RAM that we put there is RAM, and the aperture no place for it. */
static void aperture_over_memory_of_ours(void **state)
{
	const struct bench *b = *state;
	const struct xengt_hv_ops *ops = b->hv->ops;
	const gfn_t at = gfn(PLACE + SLICE - 1);
	uint64_t val = 0x1020304050607080;
	void *addr;

	need_aperture();
	assert_int_equal(ops->back(b->hv, at, 2, &addr), 0);
	memcpy(addr, &val, 8);
	/* by its last page alone */
	assert_int_equal(show(b, gfn(PLACE), true), -EINVAL);
	val = 0;
	assert_int_equal(rd(b, gfn_to_gpa(at), &val, 8), 0);
	assert_true(val == 0x1020304050607080);
	assert_int_equal(ops->unback(b->hv, at, 2, addr), 0);
	assert_int_equal(show(b, gfn(PLACE), true), 0);
	assert_int_equal(ops->back(b->hv, at, 2, &addr), -EEXIST);
	assert_int_equal(ops->back(b->hv, gfn(PLACE - 1), 2, &addr), -EEXIST);
	assert_int_equal(ops->back(b->hv, gfn(PLACE + SLICE), 1, &addr), 0);
	assert_int_equal(ops->unback(b->hv, gfn(PLACE + SLICE), 1, addr), 0);
	assert_int_equal(show(b, gfn(PLACE), false), 0);
}

/* A guest writes the words; most of what it can write is no message. */
static void messages(void **state)
{
	static const struct {
		uint64_t addr;
		uint32_t data;
	} odd[] = {
		{ 0, 0 }, { 0xfee00000, 0 }, { 0x12345600fee00000, 0 },
		{ 0xfeeff000, 0x4041 }, { 0x1fee00000, 0x4041 },
		{ 0xfee00000, 0x741 }, { 0xfee00008, 0xff }, { TRAP_AT, 0x41 },
		{ UINT64_MAX, UINT32_MAX },
	};
	const struct bench *b = *state;

	/* vector 0x41 for the CPU with APIC id 0 */
	assert_int_equal(b->hv->ops->inject_msi(b->hv, 0xfee00000, 0x4041), 0);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(odd); i++)
		assert_true(b->hv->ops->inject_msi(b->hv, odd[i].addr,
						   odd[i].data) <= 0);
	assert_int_equal(b->hv->ops->inject_msi(b->hv, 0xfee00000, 0x4041), 0);
}

static void the_clock_goes_on(void **state)
{
	const struct bench *b = *state;
	const uint64_t before = impl->clock_ns();
	uint64_t start = b->hv->ops->now_ns(b->hv), then = start;

	for (int i = 0; i < 1000; i++) {
		uint64_t now = b->hv->ops->now_ns(b->hv);

		assert_true(now >= then);
		then = now;
	}
	impl->wait(3);
	then = b->hv->ops->now_ns(b->hv);
	/* nanoseconds: no more than have passed around it */
	assert_in_range(then - start, 3000000, impl->clock_ns() - before);
}

static void without_counters(void **state)
{
	const struct bench *b = *state;
	uint8_t byte;

	b->hv->counters = NULL;
	assert_int_equal(rd(b, ram(0), &byte, 1), 0);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xfff,
			 true), 0);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xfff,
			 false), 0);
}

/* ---- what only a guest that we drive can show ---- */

static void every_vcpu_is_answered_once(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req, got[3];
	uint64_t data;

	for (uint32_t v = 0; v < 3; v++) {
		req = (struct xengt_req){
			.type = XENGT_REQ_MMIO, .addr = 0x1000 * v, .size = 4,
			.count = 1, .is_read = true, .vcpu = v,
		};
		assert_int_equal(xengt_hv_fake_push(fake, &req), 0);
		assert_int_equal(xengt_hv_fake_push(fake, &req), -EBUSY);
		assert_int_equal(xengt_hv_fake_answer(fake, v, &data), 0);
	}
	for (int i = 0; i < 3; i++)
		assert_int_equal(b->hv->ops->next_request(b->hv, &got[i]), 1);
	assert_int_equal(b->hv->ops->next_request(b->hv, &req), 0);
	/* in any order */
	for (int i = 2; i >= 0; i--) {
		assert_int_equal(b->hv->ops->complete_request(
			b->hv, &got[i], got[i].addr + 1), 0);
		assert_int_equal(xengt_hv_fake_answer(fake, got[i].vcpu, &data),
				 1);
		assert_int_equal(data, got[i].addr + 1);
		assert_int_equal(b->hv->ops->complete_request(b->hv, &got[i],
							      0), -EINVAL);
	}
	assert_int_equal(xengt_hv_fake_faults(fake), 3);
	req.vcpu = 3;
	assert_int_equal(xengt_hv_fake_push(fake, &req), -EINVAL);
}

/* A vCPU that asks again at once does not keep the others waiting. */
static void no_vcpu_starves(void **state)
{
	const struct bench *b = *state;
	uint32_t served[3] = { 0 };
	struct xengt_req req;
	uint64_t data;

	for (int i = 0; i < 300; i++) {
		for (uint32_t v = 0; v < 3; v++) {
			req = (struct xengt_req){ .vcpu = v };
			xengt_hv_fake_push(fake, &req);
		}
		assert_int_equal(b->hv->ops->next_request(b->hv, &req), 1);
		served[req.vcpu]++;
		assert_int_equal(b->hv->ops->complete_request(b->hv, &req, 0),
				 0);
		assert_int_equal(xengt_hv_fake_answer(fake, req.vcpu, &data),
				 1);
	}
	for (uint32_t v = 0; v < 3; v++)
		assert_int_equal(served[v], 100);
}

static void routing(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req = {
		.type = XENGT_REQ_MMIO, .addr = TRAP_AT, .size = 4, .count = 1,
	};

	assert_false(xengt_hv_fake_is_routed(fake, &req));
	trap(b, XENGT_RANGE_MMIO, TRAP_AT, TRAP_AT + 0xfff, true);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	/* only what lies wholly inside */
	req.addr = TRAP_AT + 0xffe;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req.addr = TRAP_AT + 0xff0;
	req.count = 4;
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	req.count = 5;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req.is_backward = true;
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	/* a store to a protected page, not a load from it */
	req = (struct xengt_req){
		.type = XENGT_REQ_MMIO, .addr = impl->ram << 12, .size = 4,
		.count = 1,
	};
	assert_int_equal(track(b, gfn(impl->ram), 1, true), 0);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
	req.is_read = true;
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	req = (struct xengt_req){
		.type = XENGT_REQ_PCI_CONFIG, .addr = 0x10ull << 32, .size = 4,
		.count = 1,
	};
	assert_false(xengt_hv_fake_is_routed(fake, &req));
	trap(b, XENGT_RANGE_PCI, 0x10, 0x10, true);
	assert_true(xengt_hv_fake_is_routed(fake, &req));
}

static void aperture_is_recorded(void **state)
{
	const struct bench *b = *state;
	gfn_t at = gfn(0);

	assert_int_equal(show(b, gfn(PLACE), true), 0);
	assert_true(xengt_hv_fake_aperture(fake, &at));
	assert_int_equal(gfn_x(at), PLACE);
	assert_int_equal(show(b, gfn(ELSEWHERE), false), 0);
	assert_true(xengt_hv_fake_aperture(fake, &at));
	assert_int_equal(show(b, gfn(PLACE), false), 0);
	assert_false(xengt_hv_fake_aperture(fake, &at));
}

static void balloon(void **state)
{
	const struct bench *b = *state;
	uint64_t mfn = xengt_hv_fake_mfn(fake, gfn(8));
	struct xengt_fake_machine *machine = xengt_hv_fake_machine(fake);
	uint32_t val = 0xabcd;

	assert_int_equal(wr(b, gpa(0x8000), &val, 4), 0);
	/* a page that is held, as the GPU holds it, goes to nobody else */
	xengt_fake_frame_get(machine, mfn);
	xengt_hv_fake_remove_ram(fake, gfn(8));
	assert_int_equal(rd(b, gpa(0x8000), &val, 4), -EFAULT);
	assert_int_equal(xengt_fake_frame_owner(machine, mfn), 3);
	memcpy(&val, xengt_fake_frame_at(machine, mfn), 4);
	assert_int_equal(val, 0xabcd);
	xengt_fake_frame_put(machine, mfn);
	assert_int_equal(xengt_fake_frame_owner(machine, mfn), XENGT_FAKE_FREE);
	assert_int_equal(xengt_hv_fake_add_ram(fake, gfn(8)), 0);
	assert_int_equal(xengt_hv_fake_add_ram(fake, gfn(8)), -EEXIST);
	assert_int_not_equal(xengt_hv_fake_mfn(fake, gfn(8)), mfn);
	assert_int_equal(rd(b, gpa(0x8000), &val, 4), 0);
	assert_int_equal(val, 0);
}

static void events_are_recorded(void **state)
{
	const struct bench *b = *state;
	struct xengt_hv_fake_msi msi;

	assert_int_equal(b->hv->ops->inject_msi(b->hv, 0x1fee00000, 0x4041), 0);
	assert_int_equal(xengt_hv_fake_msis(fake, &msi), 1);
	assert_int_equal(msi.addr, 0x1fee00000);
	assert_int_equal(msi.data, 0x4041);
	b->hv->ops->set_intx(b->hv, 2, 1, true);
	assert_true(xengt_hv_fake_intx(fake, 2, 1));
	assert_false(xengt_hv_fake_intx(fake, 2, 0));
}

static void planted_failures(void **state)
{
	const struct bench *b = *state;
	uint32_t val;

	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 2, -EIO);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
	assert_int_equal(rd(b, gpa(0), &val, 4), -EIO);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 1, -EIO);
	xengt_hv_fake_inject(fake, XENGT_HV_FAKE_READ, 0, 0);
	assert_int_equal(rd(b, gpa(0), &val, 4), 0);
}

#define hv_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

static const struct CMUnitTest common_tests[] = {
	hv_test(all_ops_are_there),
	hv_test(copies),
	hv_test(copies_that_miss),
	hv_test(invalidate_forgets_nothing_that_is_there),
	hv_test(ranges),
	hv_test(as_many_ranges_as_there_are),
	hv_test(protection),
	hv_test(memory_of_ours),
	hv_test(aperture),
	hv_test(aperture_over_ram),
	hv_test(aperture_over_memory_of_ours),
	hv_test(nothing_is_asked),
	hv_test(legacy_interrupt),
	hv_test(messages),
	hv_test(the_clock_goes_on),
	hv_test(without_counters),
};

static const struct CMUnitTest fake_tests[] = {
	hv_test(every_vcpu_is_answered_once),
	hv_test(no_vcpu_starves),
	hv_test(routing),
	hv_test(aperture_is_recorded),
	hv_test(balloon),
	hv_test(events_are_recorded),
	hv_test(planted_failures),
};

/* ---- what only a guest that runs can show ---- */

#define SERVED_END	(XENGT_PAGE_SIZE - 4)

struct served {
	uint8_t page[XENGT_PAGE_SIZE];
	uint32_t reads, writes;
};

static void serve_access(void *ctx, const struct xengt_req *req, uint64_t addr,
			 uint32_t size, bool is_read, uint64_t *val)
{
	struct served *served = ctx;
	uint8_t *at = served->page + (addr - TRAP_AT);
	uint64_t stored = ~*val;

	(void)req;
	if (addr < TRAP_AT || addr - TRAP_AT > XENGT_PAGE_SIZE - size)
		fail_msg("an access at 0x%llx", (unsigned long long)addr);
	if (is_read)
		memcpy(val, at, size);
	else
		memcpy(at, &stored, size);
	served->reads += is_read;
	served->writes += !is_read;
}

/* False: that was the last one. */
static bool serve_requests(struct xengt_hv *hv, struct served *served)
{
	const struct xengt_ioreq_target target = { serve_access, served };
	struct xengt_req req;
	uint64_t data;

	while (hv->ops->next_request(hv, &req) == 1) {
		if (req.type != XENGT_REQ_MMIO)
			data = UINT64_MAX;
		else if (req.addr == TRAP_AT + SERVED_END)
			return false;
		else
			assert_int_equal(xengt_ioreq_run(hv, &req, &target,
							 &data), 0);
		assert_int_equal(hv->ops->complete_request(hv, &req, data), 0);
	}
	return true;
}

/*
 * A device of one page at TRAP_AT, for a script that lets the guest touch it: each
 * dword reads as its own address, or as the inverse of what was stored there. A read
 * of the last dword is taken and not answered: we end, and the guest must go on with
 * all-ones.
 */
static void serve(void **state)
{
	const uint32_t *msec = *state;
	struct served served = { 0 };
	struct xengt_hv *hv;
	struct pollfd fd = { .events = POLLIN };

	for (uint32_t off = 0; off < XENGT_PAGE_SIZE; off += 4) {
		uint32_t own = (uint32_t)TRAP_AT + off;

		memcpy(served.page + off, &own, 4);
	}
	assert_int_equal(xen_create(&hv), 0);
	assert_int_equal(hv->ops->trap_range(hv, XENGT_RANGE_MMIO, TRAP_AT,
					     TRAP_AT + XENGT_PAGE_SIZE - 1,
					     true), 0);
	printf("# serving\n");
	fflush(stdout);
	fd.fd = xengt_hv_xen_poll_fd(hv);
	do {
		if (poll(&fd, 1, (int)*msec) != 1)
			fail_msg("the guest asks for nothing more");
		xengt_hv_xen_ack(hv);
	} while (serve_requests(hv, &served));
	hv->ops->destroy(hv);
	printf("# %u reads, %u writes\n", served.reads, served.writes);
}

static int serve_guest(uint32_t seconds)
{
	uint32_t msec = seconds * 1000;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(serve, &msec),
	};

	return cmocka_run_group_tests_name("hv: xen, a guest", tests, NULL,
					   NULL);
}

static int usage(const char *self)
{
	fprintf(stderr, "usage: %s [--real --domid N [--gfn G] [--aperture PHYS] | --serve SECONDS --domid N]\n",
		self);
	return 2;
}

int main(int argc, char **argv)
{
	bool is_real = false;
	uint32_t serve_sec = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--real"))
			is_real = true;
		else if (!strcmp(argv[i], "--domid") && i + 1 < argc)
			real_domid = (uint32_t)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--gfn") && i + 1 < argc)
			impls[1].ram = strtoull(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--serve") && i + 1 < argc)
			serve_sec = (uint32_t)strtoul(argv[++i], NULL, 0);
		else if (!strcmp(argv[i], "--aperture") && i + 1 < argc)
			real_aperture = strtoull(argv[++i], NULL, 0);
		else
			return usage(argv[0]);
	}
	if ((is_real || serve_sec) && access("/dev/xen/privcmd", F_OK)) {
		fprintf(stderr, "skipped: no Xen here (/dev/xen/privcmd)\n");
		return 77;
	}
	if ((is_real || serve_sec) && !real_domid)
		return usage(argv[0]);
	if (serve_sec)
		return serve_guest(serve_sec);
	impl = &impls[is_real];
	if (is_real)
		return cmocka_run_group_tests_name("hv: xen", common_tests,
						   NULL, NULL);
	return cmocka_run_group_tests_name("hv: fake", common_tests, NULL,
					   NULL) |
	       cmocka_run_group_tests_name("hv: fake, driven", fake_tests, NULL,
					   NULL);
}
