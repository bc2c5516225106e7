// SPDX-License-Identifier: GPL-2.0-only
/* Tests the fields of entries of the GGTT and of page tables: src/boundary/gtt.c */
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decode),
		cmocka_unit_test(encode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
