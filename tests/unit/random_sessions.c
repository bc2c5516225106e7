// SPDX-License-Identifier: GPL-2.0-only
/* Draws random numbers, and runs the sessions that need them; see random_sessions.h. */
#include "random_sessions.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static uint64_t next, begun;
static void (*run)(enum xengt_platform_id platform);

void draw_from(uint64_t seed)
{
	next = seed;
}

uint32_t draw(uint32_t below)
{
	next ^= next << 13;
	next ^= next >> 7;
	next ^= next << 17;
	return (uint32_t)(next >> 32) % below;
}

bool one_in(uint32_t n)
{
	return !draw(n);
}

uint64_t number_of(const char *name, uint64_t otherwise)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 0) : otherwise;
}

void sessions_begin(uint64_t first_seed)
{
	draw_from(number_of("XENGT_TEST_SEED", first_seed));
}

void session_begins(void)
{
	begun = next;
	fprintf(stderr, "XENGT_TEST_SEED=0x%" PRIx64 "\n", begun);
}

uint64_t session_seed(void)
{
	return begun;
}

static void sessions_on_broadwell(void **state)
{
	(void)state;
	run(XENGT_PLATFORM_BDW);
}

static void sessions_on_skylake(void **state)
{
	(void)state;
	run(XENGT_PLATFORM_SKL);
}

int sessions_main(void (*sessions_on)(enum xengt_platform_id platform))
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sessions_on_broadwell),
		cmocka_unit_test(sessions_on_skylake),
	};

	run = sessions_on;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
