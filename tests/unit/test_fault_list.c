/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests that the list of faults is bounded, counts repetitions, and has the oldest fault
 * first.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/fault_list.h"

static void note(struct xengt_faults *faults, uint32_t cmd, uint32_t times)
{
	const struct xengt_fault fault = { .error = -1, .cmd = cmd };

	while (times--)
		xengt_fault_note(faults, &fault);
}

static void repetitions_are_counted(void **state)
{
	struct xengt_faults faults = { 0 };
	struct xengt_fault got[XENGT_FAULTS_KEPT];

	(void)state;
	assert_int_equal(xengt_fault_list(&faults, got, 8), 0);
	note(&faults, 5, 1000);
	note(&faults, 6, 2);
	note(&faults, 5, 1);
	assert_int_equal(xengt_fault_list(&faults, got, 8), 3);
	assert_int_equal(got[0].cmd, 5);
	assert_int_equal(got[0].count, 1000);
	assert_int_equal(got[1].cmd, 6);
	assert_int_equal(got[1].count, 2);
	assert_int_equal(got[2].count, 1);
	/* if the caller's array is too small for all faults, it gets the latest */
	assert_int_equal(xengt_fault_list(&faults, got, 1), 1);
	assert_int_equal(got[0].cmd, 5);
	assert_int_equal(got[0].count, 1);
}

static void the_oldest_goes(void **state)
{
	struct xengt_faults faults = { 0 };
	struct xengt_fault got[XENGT_FAULTS_KEPT];

	(void)state;
	for (uint32_t cmd = 0; cmd < 100; cmd++)
		note(&faults, cmd, 1);
	assert_int_equal(xengt_fault_list(&faults, got, XENGT_FAULTS_KEPT),
			 XENGT_FAULTS_KEPT);
	for (uint32_t i = 0; i < XENGT_FAULTS_KEPT; i++)
		assert_int_equal(got[i].cmd, 100 - XENGT_FAULTS_KEPT + i);
}

/* Faults that differ in any member are not the same. A fault may be all 0. */
static void what_differs_is_another(void **state)
{
	static const struct xengt_fault kinds[] = {
		{ .error = 0 }, { .engine = 1 }, { .refused = 1 }, { .error = 1 },
		{ .context = 1 }, { .cmd = 1 }, { .at = 1ull << 32 },
	};
	const uint32_t n = sizeof(kinds) / sizeof(kinds[0]);

	(void)state;
	for (uint32_t a = 0; a < n; a++) {
		for (uint32_t b = 0; b < n; b++) {
			struct xengt_faults faults = { 0 };
			struct xengt_fault got[XENGT_FAULTS_KEPT];

			xengt_fault_note(&faults, &kinds[a]);
			assert_int_equal(xengt_fault_list(&faults, got, 8), 1);
			assert_int_equal(got[0].count, 1);
			xengt_fault_note(&faults, &kinds[b]);
			assert_int_equal(xengt_fault_list(&faults, got, 8),
					 a == b ? 1 : 2);
			assert_int_equal(got[0].count, a == b ? 2 : 1);
			assert_int_equal(got[0].engine, kinds[a].engine);
			assert_int_equal(got[0].at, kinds[a].at);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(repetitions_are_counted),
		cmocka_unit_test(the_oldest_goes),
		cmocka_unit_test(what_differs_is_another),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
