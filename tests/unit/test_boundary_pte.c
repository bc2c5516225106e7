// SPDX-License-Identifier: GPL-2.0-only
/* Tests the fields of entries of the GGTT and of page tables, and slices: src/boundary/gtt.c */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "boundary/gtt.h"

static void decode(void **state)
{
	xengt_gfn_t gfn = xengt_gfn(77);

	(void)state;
	assert_int_equal(xengt_pte_decode(0, &gfn), XENGT_PTE_ABSENT);
	assert_int_equal(xengt_pte_decode(~1ull, &gfn), XENGT_PTE_ABSENT);
	assert_int_equal(xengt_gfn_x(gfn), 77);
	assert_int_equal(xengt_pte_decode(1, &gfn), XENGT_PTE_FRAME);
	assert_int_equal(xengt_gfn_x(gfn), 0);
	/* bits 11:1 have no meaning */
	assert_int_equal(xengt_pte_decode(0x12345fff, &gfn), XENGT_PTE_FRAME);
	assert_int_equal(xengt_gfn_x(gfn), 0x12345);
	assert_int_equal(xengt_pte_decode(0x7fffffffffull, &gfn),
			 XENGT_PTE_FRAME);
	assert_int_equal(xengt_gfn_x(gfn), 0x7ffffff);
	assert_int_equal(xengt_pte_decode(0x8000000001ull, &gfn),
			 XENGT_PTE_UNREACHABLE);
	assert_int_equal(xengt_pte_decode(1ull << 63 | 1, &gfn),
			 XENGT_PTE_UNREACHABLE);
}

static void encode(void **state)
{
	uint64_t pte = 77;

	(void)state;
	assert_int_equal(xengt_pte_encode(xengt_bus(0x1001), &pte), -EINVAL);
	assert_int_equal(xengt_pte_encode(xengt_bus(0x1800), &pte), -EINVAL);
	assert_int_equal(xengt_pte_encode(xengt_bus(1ull << 39), &pte), -ERANGE);
	assert_int_equal(xengt_pte_encode(xengt_bus(1ull << 52), &pte), -ERANGE);
	assert_int_equal(xengt_pte_encode(XENGT_BUS_NONE, &pte), -EINVAL);
	assert_int_equal(pte, 77);
	assert_int_equal(xengt_pte_encode(xengt_bus(0), &pte), 0);
	assert_int_equal(pte, 1);
	assert_int_equal(xengt_pte_encode(xengt_bus(0x7ffffff000ull), &pte), 0);
	assert_true(pte == 0x7ffffff001ull);
}

#define LOW_FIRST	4096u
#define LOW_COUNT	1024u
#define HIGH_FIRST	65536u
#define HIGH_COUNT	512u

static const struct xengt_gtt_slice slices[XENGT_GTT_SLICES] = {
	{ LOW_FIRST, LOW_COUNT }, { HIGH_FIRST, HIGH_COUNT },
};

static bool in(uint32_t first, uint32_t count)
{
	return xengt_gtt_contains(slices, first, count);
}

static void contains(void **state)
{
	static const struct xengt_gtt_slice touching[XENGT_GTT_SLICES] = {
		{ 100, 10 }, { 110, 5 },
	}, no_high[XENGT_GTT_SLICES] = {
		{ 100, 10 }, { 0, 0 },
	};

	(void)state;
	assert_true(in(LOW_FIRST, LOW_COUNT));
	assert_true(in(HIGH_FIRST, HIGH_COUNT));
	assert_true(in(LOW_FIRST + LOW_COUNT - 1, 1));
	assert_false(in(LOW_FIRST, LOW_COUNT + 1));
	assert_false(in(LOW_FIRST - 1, 1));
	assert_false(in(LOW_FIRST - 1, 2));
	assert_false(in(LOW_FIRST + LOW_COUNT, 1));
	assert_false(in(HIGH_FIRST + HIGH_COUNT, 1));
	assert_false(in(LOW_FIRST, HIGH_FIRST + HIGH_COUNT - LOW_FIRST));
	assert_false(in(0, 1));
	assert_false(in(LOW_FIRST, UINT32_MAX));
	assert_false(in(UINT32_MAX, 1));
	assert_false(in(UINT32_MAX, UINT32_MAX));
	assert_false(in(UINT32_MAX - 3, LOW_FIRST + 8));

	assert_true(xengt_gtt_contains(touching, 100, 15));
	assert_true(xengt_gtt_contains(touching, 109, 2));
	assert_false(xengt_gtt_contains(touching, 100, 16));
	assert_false(xengt_gtt_contains(touching, 99, 2));
	assert_false(xengt_gtt_contains(no_high, 0, 1));
	assert_false(xengt_gtt_contains(no_high, 100, 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(encode),
		cmocka_unit_test(contains),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
