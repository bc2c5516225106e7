/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests guest frames, machine frames and bus addresses (src/boundary/bnd_types.h): the
 * types do not convert into each other, and an entry of the GPU can point to every bus
 * address.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "boundary/bnd_types.h"
#include "boundary/gtt.h"

/*
 * __builtin_classify_type() of a struct in gcc and clang; a struct has no arithmetic and no
 * conversion
 */
#define CLASS_STRUCT	12
#define IS_STRUCT(t)	(__builtin_classify_type(*(t *)0) == CLASS_STRUCT)
#define ARE_SAME(a, b)	__builtin_types_compatible_p(a, b)

_Static_assert(IS_STRUCT(xengt_gfn_t), "a guest frame is no integer");
_Static_assert(IS_STRUCT(xengt_mfn_t), "a machine frame is no integer");
_Static_assert(IS_STRUCT(xengt_bus_t), "a bus address is no integer");
_Static_assert(!ARE_SAME(xengt_gfn_t, xengt_mfn_t), "a guest frame is no machine frame");
_Static_assert(!ARE_SAME(xengt_gfn_t, xengt_bus_t), "a guest frame is no bus address");
_Static_assert(!ARE_SAME(xengt_mfn_t, xengt_bus_t), "a machine frame is no bus address");

/* 2^39 bytes: Intel PRM Broadwell and Skylake, volume 5, "GGTT PTE", bits 38:12 */
#define LIMIT_BYTES	(1ull << 39)
#define LIMIT_PAGES	(LIMIT_BYTES / 4096)

static void a_page_below_the_limit_has_its_address(void **state)
{
	static const uint64_t pages[] = {
		0, 1, 0xfffff, 0x100000, LIMIT_PAGES - 1,
	};
	uint64_t pte;

	(void)state;
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++) {
		xengt_bus_t bus = xengt_bus_of_page(pages[i]);

		assert_false(xengt_bus_is_none(bus));
		assert_int_equal(xengt_bus_x(bus), pages[i] * 4096);
		assert_int_equal(xengt_pte_encode(bus, &pte), 0);
	}
}

static void a_page_beyond_the_limit_has_none(void **state)
{
	uint64_t pte = 7;

	(void)state;
	/*
	 * all page numbers that are powers of 2, from the limit on, including those whose
	 * address overflows
	 */
	for (uint64_t page = LIMIT_PAGES; page; page <<= 1) {
		assert_true(xengt_bus_is_none(xengt_bus_of_page(page)));
		assert_true(xengt_bus_is_none(xengt_bus_of_page(page | 1)));
		assert_true(xengt_bus_is_none(xengt_bus_of_page(page - 1 + LIMIT_PAGES)));
	}
	assert_true(xengt_bus_is_none(xengt_bus_of_page(UINT64_MAX)));
	assert_true(xengt_pte_encode(XENGT_BUS_NONE, &pte) < 0);
	assert_int_equal(pte, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_page_below_the_limit_has_its_address),
		cmocka_unit_test(a_page_beyond_the_limit_has_none),
	};

	return cmocka_run_group_tests_name("address", tests, NULL, NULL);
}
