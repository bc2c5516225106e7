// SPDX-License-Identifier: GPL-2.0-only
/* Tests the partition of graphics memory and fences: src/boundary/part.c */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "boundary/part.h"

#define MIB(n)	((uint64_t)(n) << 20)

static struct xengt_part part;

static int setup(void **state)
{
	(void)state;
	return xengt_part_init(&part, MIB(256), MIB(4096), 32);
}

static struct xengt_part_info query(void)
{
	struct xengt_part_info info;

	xengt_part_query(&part, &info);
	return info;
}

static struct xengt_part_slices take(uint32_t low, uint32_t high,
				     uint32_t fences)
{
	struct xengt_part_slices s;

	assert_int_equal(xengt_part_alloc(&part, low, high, fences, &s), 0);
	assert_int_equal(s.low_mib, low);
	assert_int_equal(s.high_mib, high);
	assert_int_equal(s.fences, fences);
	return s;
}

static void host_part_is_kept(void **state)
{
	struct xengt_part_info info = query();
	struct xengt_part_slices s;

	(void)state;
	assert_int_equal(info.low.total_mib, 240);
	assert_int_equal(info.low.free_mib, 240);
	assert_int_equal(info.low.largest_mib, 240);
	assert_int_equal(info.high.total_mib, 4096 - 256 - 256);
	assert_int_equal(info.high.free_mib, info.high.total_mib);
	assert_int_equal(info.high.largest_mib, info.high.total_mib);
	assert_int_equal(info.fences_total, 32);
	assert_int_equal(info.fences_free, 32);
	assert_int_equal(info.fences_largest, 32);

	s = take(240, 4096 - 256 - 256, 32);
	assert_int_equal(s.low_base_mib, 16);
	assert_int_equal(s.high_base_mib, 256);
	assert_int_equal(s.fence_base, 0);
	info = query();
	assert_int_equal(info.low.free_mib + info.high.free_mib +
			 info.fences_free, 0);
	assert_int_equal(info.low.largest_mib, 0);
	xengt_part_free(&part, &s);
	info = query();
	assert_int_equal(info.low.free_mib, 240);
	assert_int_equal(info.fences_free, 32);
}

static void init_refuses(void **state)
{
	static const struct {
		uint64_t aperture, ggtt;
		uint32_t fences;
	} bad[] = {
		{ MIB(16), MIB(4096), 32 },	/* the host needs the whole aperture */
		{ MIB(256) + 4096, MIB(4096), 32 },
		{ MIB(256), MIB(4096) + 4096, 32 },
		{ MIB(256), MIB(4098), 32 },
		{ MIB(256), MIB(510), 32 },	/* too large: no graphics memory is left
						 * for the module's own part */
		{ MIB(512), MIB(256), 32 },
		{ MIB(256), MIB(4096), 33 },
		{ UINT64_MAX - MIB(2) + 1, UINT64_MAX - MIB(2) + 1, 32 },
		{ 0, 0, 32 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(xengt_part_init(&part, bad[i].aperture,
						 bad[i].ggtt, bad[i].fences),
				 -EINVAL);
	assert_int_equal(xengt_part_init(&part, MIB(18), MIB(274), 0), 0);
	assert_int_equal(query().high.total_mib, 0);
	assert_int_equal(query().fences_total, 0);
}

static void alloc_refuses(void **state)
{
	struct xengt_part_slices s = { .low_mib = 77 };

	(void)state;
	assert_int_equal(xengt_part_alloc(&part, 0, 2, 0, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc(&part, 3, 2, 0, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc(&part, 2, 1, 0, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc(&part, 242, 2, 0, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, 3586, 0, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, 2, 33, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, UINT32_MAX - 1, 0, 0, &s),
			 -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, UINT32_MAX - 1, 0, &s),
			 -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, 0, UINT32_MAX, &s),
			 -ENOSPC);
	/* nothing was reserved, and the answer was not written */
	assert_int_equal(s.low_mib, 77);
	assert_int_equal(query().low.free_mib, 240);
	assert_int_equal(query().fences_free, 32);
}

static void eight_guests_and_more(void **state)
{
	struct xengt_part_slices s;
	int n = 0;

	(void)state;
	while (!xengt_part_alloc(&part, 16, 48, 1, &s))
		n++;
	assert_int_equal(n, 15);
}

/*
 * A 256 MiB aperture is enough for 16 guests. After that there are no fence
 * registers left.
 */
static void sixteen_small_guests(void **state)
{
	struct xengt_part_slices s;
	struct xengt_part_info info;
	int n = 0;

	(void)state;
	while (!xengt_part_alloc(&part, 8, 64, 2, &s))
		n++;
	assert_int_equal(n, 16);
	info = query();
	assert_int_equal(info.low.largest_mib, 240 - 16 * 8);
	assert_int_equal(info.high.largest_mib, 3584 - 16 * 64);
	assert_int_equal(info.fences_largest, 0);
}

static void smallest_hole_is_taken(void **state)
{
	struct xengt_part_slices a = take(32, 0, 0), b = take(16, 0, 0),
				 c = take(8, 0, 0), d = take(16, 0, 0), s;

	(void)state;
	xengt_part_free(&part, &a);	/* these two calls leave three free ranges: 32
					 * MiB at 16 MiB, 8 MiB at 64 MiB, and
					 * everything above d */
	xengt_part_free(&part, &c);
	s = take(8, 0, 0);
	assert_int_equal(s.low_base_mib, c.low_base_mib);
	s = take(10, 0, 0);
	assert_int_equal(s.low_base_mib, a.low_base_mib);
	s = take(64, 0, 0);
	assert_true(s.low_base_mib > d.low_base_mib);
	(void)b;
}

static void fragmented_space_says_largest(void **state)
{
	struct xengt_part_slices s[15];
	struct xengt_part_info info;
	int i;

	(void)state;
	for (i = 0; i < 15; i++)
		s[i] = take(16, 0, 0);
	for (i = 0; i < 15; i += 2)
		xengt_part_free(&part, &s[i]);
	info = query();
	assert_int_equal(info.low.free_mib, 8 * 16);
	assert_int_equal(info.low.largest_mib, 16);
	assert_int_equal(xengt_part_alloc(&part, 18, 0, 0, &s[0]), -ENOSPC);
}

static void fences_are_in_a_row(void **state)
{
	struct xengt_part_slices a = take(2, 0, 10), b = take(2, 0, 10),
				 c = take(2, 0, 12), s;

	(void)state;
	assert_int_equal(query().fences_free, 0);
	xengt_part_free(&part, &a);
	xengt_part_free(&part, &c);
	assert_int_equal(query().fences_free, 22);
	assert_int_equal(query().fences_largest, 12);
	assert_int_equal(xengt_part_alloc(&part, 2, 0, 13, &s), -ENOSPC);
	s = take(2, 0, 10);
	assert_int_equal(s.fence_base, 0);
	(void)b;
}

/*
 * Makes random allocations, and compares them with a map that says who owns each
 * MiB.
 */
static void never_overlaps(void **state)
{
	enum { VGPUS = 16 };
	static uint8_t owner[4096];
	struct xengt_part_slices s[VGPUS];
	bool live[VGPUS] = { false };
	uint32_t i, m, fences = 0;
	int round;

	(void)state;
	srand(1);
	for (round = 0; round < 20000; round++) {
		i = (uint32_t)rand() % VGPUS;
		if (live[i]) {
			for (m = 0; m < s[i].low_mib; m++)
				owner[s[i].low_base_mib + m] = 0;
			for (m = 0; m < s[i].high_mib; m++)
				owner[s[i].high_base_mib + m] = 0;
			for (m = 0; m < s[i].fences; m++)
				fences &= ~(1u << (s[i].fence_base + m));
			xengt_part_free(&part, &s[i]);
			live[i] = false;
			continue;
		}
		if (xengt_part_alloc(&part, 2 + (uint32_t)rand() % 32 * 2,
				     (uint32_t)rand() % 512 * 2,
				     (uint32_t)rand() % 5, &s[i]))
			continue;
		live[i] = true;
		assert_true(s[i].low_base_mib >= 16);
		assert_true(s[i].low_base_mib + s[i].low_mib <= 256);
		assert_int_equal(s[i].low_base_mib % 2, 0);
		for (m = 0; m < s[i].low_mib; m++) {
			assert_int_equal(owner[s[i].low_base_mib + m], 0);
			owner[s[i].low_base_mib + m] = 1;
		}
		if (s[i].high_mib) {
			assert_true(s[i].high_base_mib >= 256);
			assert_true(s[i].high_base_mib + s[i].high_mib <=
				    4096 - 256);
		}
		for (m = 0; m < s[i].high_mib; m++) {
			assert_int_equal(owner[s[i].high_base_mib + m], 0);
			owner[s[i].high_base_mib + m] = 1;
		}
		for (m = 0; m < s[i].fences; m++) {
			assert_false(fences & 1u << (s[i].fence_base + m));
			fences |= 1u << (s[i].fence_base + m);
		}
	}
	for (i = 0; i < VGPUS; i++) {
		if (live[i])
			xengt_part_free(&part, &s[i]);
	}
	assert_int_equal(query().low.largest_mib, 240);
	assert_int_equal(query().high.largest_mib, 3584);
	assert_int_equal(query().fences_free, 32);
	assert_int_equal(query().fences_largest, 32);
}

/*
 * The caller says where the slice must be, because some domain may still reach the slice
 * at this address: the call reserves the slice there, or fails.
 */
static void a_place_that_is_named(void **state)
{
	struct xengt_part_slices a, b, s;
	uint32_t at;

	(void)state;
	assert_int_equal(xengt_part_alloc(&part, 8, 64, 2, &a), 0);
	assert_int_equal(xengt_part_alloc(&part, 32, 64, 2, &b), 0);
	xengt_part_free(&part, &a);
	assert_int_equal(xengt_part_alloc_at(&part, a.low_base_mib, 8, &s), 0);
	assert_int_equal(s.low_base_mib, a.low_base_mib);
	assert_int_equal(s.low_mib, 8);
	assert_int_equal(s.high_mib + s.high_base_mib + s.fences, 0);
	/* no MiB of a reserved slice can be reserved again */
	for (at = a.low_base_mib; at < b.low_base_mib + 32; at += 2)
		assert_int_equal(xengt_part_alloc_at(&part, at, 2, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, b.low_base_mib + 32, 2, &s),
			 0);
	xengt_part_free(&part, &s);
	/*
	 * refused: the module's own part, the end of the low memory and beyond, other
	 * impossible values
	 */
	assert_int_equal(xengt_part_alloc_at(&part, 14, 4, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, 254, 4, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, 256, 2, &s), -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, UINT32_MAX - 1, 2, &s),
			 -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, 254, UINT32_MAX - 1, &s),
			 -ENOSPC);
	assert_int_equal(xengt_part_alloc_at(&part, 0, 2, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc_at(&part, 129, 2, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc_at(&part, 128, 0, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc_at(&part, 128, 3, &s), -EINVAL);
	assert_int_equal(xengt_part_alloc_at(&part, 254, 2, &s), 0);
}

/* Memory and fences of another driver: no vGPU gets them, and no total counts them. */
static void withheld(void **state)
{
	struct xengt_part_slices s;
	struct xengt_part_info info;

	(void)state;
	/*
	 * the first range contains the module's own part; the other two ranges end in the middle
	 * of a unit
	 */
	xengt_part_withhold(&part, 0, MIB(128), 0x0000000f);
	xengt_part_withhold(&part, MIB(256), MIB(2049), 0x80000000);
	xengt_part_withhold(&part, MIB(256), MIB(257), 0x80000000);
	info = query();
	assert_int_equal(info.low.total_mib, 128);
	assert_int_equal(info.low.free_mib, 128);
	assert_int_equal(info.high.total_mib, 4096 - 2050 - 256);
	assert_int_equal(info.high.free_mib, info.high.total_mib);
	assert_int_equal(info.fences_total, 27);
	assert_int_equal(info.fences_free, 27);
	assert_int_equal(info.fences_largest, 27);
	assert_int_equal(xengt_part_alloc_at(&part, 126, 4, &s), -ENOSPC);
	s = take(128, info.high.total_mib, 27);
	assert_int_equal(s.low_base_mib, 128);
	assert_int_equal(s.high_base_mib, 2050);
	assert_int_equal(s.fence_base, 4);
	xengt_part_free(&part, &s);
	assert_int_equal(query().fences_free, 27);
	assert_int_equal(query().low.free_mib, 128);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(host_part_is_kept, setup),
		cmocka_unit_test_setup(init_refuses, setup),
		cmocka_unit_test_setup(alloc_refuses, setup),
		cmocka_unit_test_setup(eight_guests_and_more, setup),
		cmocka_unit_test_setup(sixteen_small_guests, setup),
		cmocka_unit_test_setup(smallest_hole_is_taken, setup),
		cmocka_unit_test_setup(fragmented_space_says_largest, setup),
		cmocka_unit_test_setup(fences_are_in_a_row, setup),
		cmocka_unit_test_setup(a_place_that_is_named, setup),
		cmocka_unit_test_setup(never_overlaps, setup),
		cmocka_unit_test_setup(withheld, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
