/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests edid.c: the built-in monitor offers only modes for which the vGPU's CPU-visible
 * graphics memory has room.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/edid_check.h"
#include "core/edid.h"
#include "xengt/types.h"

#define STANDARD	8	/* number of standard timings */

struct size {
	uint32_t width, height;
};

static struct size best(const uint8_t *edid)
{
	return (struct size){ edid[56] | (edid[58] & 0xf0u) << 4,
			      edid[59] | (edid[61] & 0xf0u) << 4 };
}

/*
 * Decode a standard timing (VESA E-EDID 1.4, 3.9): the width, and one of four
 * aspect ratios.
 */
static struct size standard(const uint8_t *edid, uint32_t n)
{
	static const struct size shapes[] = {
		{ 16, 10 }, { 4, 3 }, { 5, 4 }, { 16, 9 },
	};
	const uint8_t *at = edid + 38 + 2 * n;
	const struct size *shape = &shapes[at[1] >> 6];
	uint32_t width = (at[0] + 31u) * 8;

	if (at[0] == 1 && at[1] == 1)
		return (struct size){ 0, 0 };
	return (struct size){ width, width * shape->height / shape->width };
}

/* Decode the established timings (bytes 35 and 36) that edid.c uses. */
static struct size established(const uint8_t *edid)
{
	if (edid[36] & 0x0a)
		return (struct size){ 1024, 768 };
	return edid[35] & 0x01 ? (struct size){ 800, 600 } :
				 (struct size){ 640, 480 };
}

static void assert_fits(struct size size, struct size most, uint64_t low_bytes)
{
	assert_true((uint64_t)size.width * size.height * 4 <= low_bytes / 4 * 3);
	assert_true(size.width <= most.width && size.height <= most.height);
}

static void every_mode_has_room(void **state)
{
	uint8_t edid[XENGT_EDID_MAX_BYTES];

	(void)state;
	for (uint64_t low = 2 * XENGT_MIB; low <= 64 * XENGT_MIB;
	     low += 2 * XENGT_MIB) {
		assert_int_equal(xengt_edid_default(low, edid), 128);
		assert_null(xengt_edid_error(edid, 128));
		assert_fits(best(edid), best(edid), low);
		assert_fits(established(edid), best(edid), low);
		for (uint32_t n = 0; n < STANDARD; n++)
			assert_fits(standard(edid, n), best(edid), low);
	}
}

static void the_best_that_has(void **state)
{
	static const struct {
		uint64_t low_mib;
		struct size size;
	} cases[] = {
		{ 1, { 640, 480 } }, { 2, { 640, 480 } }, { 4, { 1024, 768 } },
		{ 6, { 1024, 768 } }, { 8, { 1280, 1024 } },
		{ 10, { 1280, 1024 } }, { 12, { 1920, 1200 } },
		{ 16, { 1920, 1200 } }, { 512, { 1920, 1200 } },
		{ 1ull << 40, { 1920, 1200 } },
	};
	uint8_t edid[XENGT_EDID_MAX_BYTES];

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		xengt_edid_default(cases[i].low_mib * XENGT_MIB, edid);
		assert_int_equal(best(edid).width, cases[i].size.width);
		assert_int_equal(best(edid).height, cases[i].size.height);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_mode_has_room),
		cmocka_unit_test(the_best_that_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
