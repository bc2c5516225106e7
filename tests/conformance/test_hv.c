/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The conformance suite for both implementations of hv.h.
 *
 *   test_hv                              the fake
 *   test_hv --real --domid N [--gfn G] [--aperture PHYS]
 *                                        Xen, in dom0; exit status 77 if there is no Xen
 *   test_hv --serve SECONDS --domid N    no suite: see hv_serve.c
 *
 * With --real the domain should be paused: pages G and following of its RAM are written
 * and restored, ranges are trapped and released. Without --gfn the suite uses the frames
 * from 16 MiB on. PHYS is the machine address of the GPU's aperture, which no other
 * program may use at this time.
 */
#include "hv_bench.h"

#include <stdio.h>
#include <unistd.h>

const struct impl *impl;

static struct xengt_counters counts;

gpa_t ram(uint64_t byte)
{
	return gpa((impl->ram << XENGT_PAGE_SHIFT) + byte);
}

int rd(const struct bench *b, gpa_t addr, void *buf, size_t len)
{
	return b->hv->ops->read_guest(b->hv, addr, buf, len);
}

int wr(const struct bench *b, gpa_t addr, const void *buf, size_t len)
{
	return b->hv->ops->write_guest(b->hv, addr, buf, len);
}

int trap(const struct bench *b, enum xengt_range_kind kind, uint64_t first,
	 uint64_t last, bool on)
{
	return b->hv->ops->trap_range(b->hv, kind, first, last, on);
}

int track(const struct bench *b, gfn_t first, uint32_t frames, bool on)
{
	return b->hv->ops->track_writes(b->hv, first, frames, on);
}

int show(const struct bench *b, gfn_t first, bool on)
{
	return b->hv->ops->map_aperture(b->hv, first, on);
}

int show_piece(const struct bench *b, gfn_t first, uint32_t piece, bool on)
{
	return b->hv->ops->map_piece(b->hv, first, piece, on);
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
		    ops->map_aperture && ops->map_piece && ops->back && ops->unback &&
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
	/* a copy that failed does not stop later copies */
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
	/* a range in which a guest may put a 64-bit BAR */
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, 0xfffffffeff000000,
			 0xfffffffeffffffff, true), 0);
	assert_int_equal(trap(b, XENGT_RANGE_MMIO, 0xfffffffeff000000,
			 0xfffffffeffffffff, false), 0);
}

static void as_many_ranges_as_there_are(void **state)
{
	const struct bench *b = *state;

	/* the ranges are not adjacent, because Xen joins adjacent ranges */
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
	/* the device model's own stores reach the page */
	assert_int_equal(wr(b, ram(4094), &val, 4), 0);
	assert_int_equal(rd(b, ram(4094), &back, 4), 0);
	assert_int_equal(back, val);
	assert_int_equal(track(b, gfn(impl->ram), 1, true), -EINVAL);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
	assert_int_equal(track(b, gfn(impl->ram), 0, true), -EINVAL);
	assert_int_equal(track(b, gfn(impl->hole), 1, true), -EINVAL);
	/* either all pages are protected or none */
	assert_int_equal(track(b, gfn(impl->ram), 4, true), 0);
	assert_int_equal(track(b, gfn(impl->ram), 4, false), 0);
}

static void nothing_is_asked(void **state)
{
	const struct bench *b = *state;
	struct xengt_req req = { .vcpu = 0 };

	assert_int_equal(b->hv->ops->next_request(b->hv, &req), 0);
	/* a request that was not taken cannot be answered */
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
	/* back() refuses a range that overlaps the guest's memory wholly or in part */
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

/*
 * A guest chooses address and data, and most of the possible values are no
 * interrupt message.
 */
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
	/*
	 * the clock counts nanoseconds: a wait of 3 ms advances the clock by at least
	 * 3,000,000, and by no more than the suite's own clock advances
	 */
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
	hv_test(pieces),
	hv_test(pieces_over_memory_of_ours),
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
	hv_test(pieces_have_a_p2m),
	hv_test(balloon),
	hv_test(events_are_recorded),
	hv_test(planted_failures),
};

static int usage(const char *self)
{
	fprintf(stderr, "usage: %s [--real --domid N [--gfn G] [--aperture PHYS] | --serve SECONDS --domid N]\n",
		self);
	return 2;
}

/* If 'option' is an option that takes a value, stores the value and returns true. */
static bool read_value(const char *option, const char *value,
		       uint32_t *ret_serve_sec)
{
	if (!strcmp(option, "--domid"))
		real_domid = (uint32_t)strtoul(value, NULL, 0);
	else if (!strcmp(option, "--gfn"))
		xen_impl.ram = strtoull(value, NULL, 0);
	else if (!strcmp(option, "--serve"))
		*ret_serve_sec = (uint32_t)strtoul(value, NULL, 0);
	else if (!strcmp(option, "--aperture"))
		real_aperture = strtoull(value, NULL, 0);
	else
		return false;
	return true;
}

int main(int argc, char **argv)
{
	bool is_real = false;
	uint32_t serve_sec = 0;

	for (int i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "--real"))
			is_real = true;
		else if (i + 1 < argc &&
			 read_value(argv[i], argv[i + 1], &serve_sec))
			i++;
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
	impl = is_real ? &xen_impl : &fake_impl;
	if (is_real)
		return cmocka_run_group_tests_name("hv: xen", common_tests,
						   NULL, NULL);
	return cmocka_run_group_tests_name("hv: fake", common_tests, NULL,
					   NULL) |
	       cmocka_run_group_tests_name("hv: fake, driven", fake_tests, NULL,
					   NULL);
}
