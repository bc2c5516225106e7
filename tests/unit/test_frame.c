/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how a viewer reads a picture from dom0's pages: pages that contradict themselves or
 * change are refused, whatever they have.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "xengt-view/frame.h"
#include "xengt/limits.h"
#include "xengt/types.h"
#include "xengt/view_abi.h"

static struct xengt_view_control shared;

static int begin(void **state)
{
	(void)state;
	shared = (struct xengt_view_control){
		.magic = XENGT_VIEW_MAGIC, .version = XENGT_VIEW_VERSION, .sequence = 4,
		.format = XENGT_VIEW_XRGB8888, .width = 64, .height = 48, .pages = 3,
		.dir = { 7 },
	};
	return 0;
}

static void a_picture_is_read(void **state)
{
	struct xengt_view_control control;
	struct xengt_frame frame = { 0 };
	uint32_t pages[3 * XENGT_VIEW_PAGE_PIXELS];

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(pages); i++)
		pages[i] = (uint32_t)i;
	assert_int_equal(xengt_frame_look(&shared, &control), 0);
	assert_int_equal(xengt_frame_copy(&shared, &control, pages, &frame), 0);
	assert_int_equal(frame.width, 64);
	assert_int_equal(frame.height, 48);
	assert_memory_equal(frame.pixels, pages, 64 * 48 * 4);
	/* a smaller picture, and no picture */
	shared.width = 1;
	assert_int_equal(xengt_frame_look(&shared, &control), 0);
	assert_int_equal(xengt_frame_copy(&shared, &control, pages, &frame), 0);
	assert_int_equal(frame.width, 1);
	shared.width = shared.height = shared.pages = 0;
	assert_int_equal(xengt_frame_look(&shared, &control), 0);
	assert_int_equal(xengt_frame_copy(&shared, &control, NULL, &frame), 0);
	assert_int_equal(frame.width, 0);
	xengt_frame_fini(&frame);
	assert_null(frame.pixels);
}

static void dom0_is_writing(void **state)
{
	struct xengt_view_control control;
	struct xengt_frame frame = { 0 };
	uint32_t pages[3 * XENGT_VIEW_PAGE_PIXELS] = { 0 };

	(void)state;
	shared.sequence = 5;
	assert_int_equal(xengt_frame_look(&shared, &control), -EAGAIN);
	shared.sequence = 6;
	assert_int_equal(xengt_frame_look(&shared, &control), 0);
	shared.sequence = 7;
	assert_int_equal(xengt_frame_copy(&shared, &control, pages, &frame), -EAGAIN);
	assert_int_equal(frame.width, 0);
	xengt_frame_fini(&frame);
}

/* Each value of each member that must not be. */
static void contradictions(void **state)
{
	static const struct {
		size_t at;
		uint32_t value;
	} bad[] = {
#define M(member) offsetof(struct xengt_view_control, member)
		{ M(magic), 0 }, { M(version), 0 }, { M(version), 2 }, { M(format), 0 },
		{ M(format), 2 }, { M(width), 0 }, { M(height), 0 }, { M(pages), 0 },
		{ M(width), 65 }, { M(width), UINT32_MAX }, { M(height), UINT32_MAX },
		{ M(pages), 2 }, { M(pages), XENGT_VIEW_PAGES_MAX + 1 },
		{ M(pages), UINT32_MAX }, { M(dir[0]), 0 }, { M(pages), 1025 },
#undef M
	};
	struct xengt_view_control control;

	for (size_t i = 0; i < XENGT_ARRAY_SIZE(bad); i++) {
		begin(state);
		memcpy((uint8_t *)&shared + bad[i].at, &bad[i].value, 4);
		assert_int_equal(xengt_frame_look(&shared, &control), -EPROTO);
	}
}

/* Random control pages: what is accepted is within the pages. */
static void random_pages(void **state)
{
	struct xengt_view_control control;
	uint32_t seed = 1, accepted = 0;

	for (int i = 0; i < 200000; i++) {
		uint8_t *bytes = (uint8_t *)&shared;

		begin(state);
		for (int j = 0; j < 3; j++) {
			seed = seed * 1103515245 + 12345;
			bytes[12 + seed / 65536 % (sizeof(shared) - 12)] = (uint8_t)(seed >> 8);
		}
		if (xengt_frame_look(&shared, &control) < 0)
			continue;
		accepted++;
		assert_true(control.pages <= XENGT_VIEW_PAGES_MAX);
		assert_true((uint64_t)control.width * control.height <=
			    (uint64_t)control.pages * XENGT_VIEW_PAGE_PIXELS);
	}
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_picture_is_read, begin),
		cmocka_unit_test_setup(dom0_is_writing, begin),
		cmocka_unit_test(contradictions),
		cmocka_unit_test(random_pages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
