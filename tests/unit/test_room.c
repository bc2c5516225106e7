/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests room.c: a new vGPU is refused if the host's resources are not enough for it and
 * for all earlier promises. The message names the resource that is short.
 *
 * promise: P16
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "boundary/part.h"
#include "xengt/limits.h"
#include "xengt/types.h"
#include "xengtd/room.h"

#define GIB_PAGES	(1u << 18)
#define MIB_KIB		1024u

static const struct xengt_info gpu = {
	.low_total_mib = 240, .low_free_mib = 120, .low_largest_mib = 40,
	.high_total_mib = 3584, .high_free_mib = 100, .high_largest_mib = 60,
	.fences_total = 32, .fences_free = 5, .fences_largest = 3,
	.vgpu_count = 4,
};

static void why_the_gpu_has_no_room(void **state)
{
	static const struct {
		struct xengt_request req;
		const char *text;
	} cases[] = {
		{ { .domain = "g", .low_mib = 42, .high_mib = 62, .fences = 4 },
		  "not enough CPU-visible graphics memory for \"g\": the guest wants 42 MB in one piece, 120 of 240 MB are free, the largest piece is 40 MB; stop another guest, or ask for less (vgt_low_gm_sz)" },
		{ { .domain = "g", .low_mib = 242 },
		  "not enough CPU-visible graphics memory for \"g\": the guest wants 242 MB in one piece, 120 of 240 MB are free, the largest piece is 40 MB; ask for less (vgt_low_gm_sz)" },
		{ { .domain = "g", .low_mib = 40, .high_mib = 62 },
		  "not enough graphics memory for \"g\": the guest wants 62 MB in one piece, 100 of 3584 MB are free, the largest piece is 60 MB; stop another guest, or ask for less (vgt_high_gm_sz)" },
		{ { .domain = "g", .low_mib = 40, .high_mib = 60, .fences = 4 },
		  "not enough fence registers for \"g\": the guest wants 4 in one piece, 5 of 32 are free, the largest piece is 3; stop another guest, or ask for less (vgt_fence_sz)" },
		{ { .domain = "g", .low_mib = 40, .high_mib = 60, .fences = 3 },
		  "\"g\" gets no vGPU: 4 guests have a vGPU (63 are possible), or another guest has taken the free resources; stop another guest, or try again" },
	};
	char text[512];

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		xengt_room_explain_gpu(&cases[i].req, &gpu, text, sizeof(text));
		assert_string_equal(text, cases[i].text);
	}
	/* a buffer that is too short gets the beginning of the message */
	xengt_room_explain_gpu(&cases[0].req, &gpu, text, 5);
	assert_string_equal(text, "not ");
}

/*
 * part.c can allocate a slice of the largest size that it reports, and no larger slice.
 */
static void what_is_said_is_so(void **state)
{
	struct xengt_part_slices s[24];
	struct xengt_part_info info;
	struct xengt_part part;
	uint32_t n = 0;

	(void)state;
	assert_int_equal(xengt_part_init(&part, 256ull << 20, 4096ull << 20,
					 32), 0);
	for (srand(3); n < 24; n++)
		if (xengt_part_alloc(&part, 2 + (uint32_t)rand() % 4 * 2,
				     (uint32_t)rand() % 32 * 2, 1, &s[n]))
			break;
	for (uint32_t i = 0; i < n; i += 3)
		xengt_part_free(&part, &s[i]);
	xengt_part_query(&part, &info);
	assert_true(info.fences_largest < info.fences_free);
	assert_int_equal(xengt_part_alloc(&part, info.low.largest_mib + 2, 0, 0,
					  &s[0]), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, info.high.largest_mib + 2,
					  0, &s[0]), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, 2, 0, info.fences_largest + 1,
					  &s[0]), -ENOSPC);
	assert_int_equal(xengt_part_alloc(&part, info.low.largest_mib,
					  info.high.largest_mib,
					  info.fences_largest, &s[0]), 0);
}

static void a_promise(void **state)
{
	const uint64_t none = xengt_room_promise_kib(0, 0, 0);
	const uint64_t tables = XENGT_PPGTT_TABLES_MAX * 512ull;

	(void)state;
	/*
	 * in MiB: the worker, images and batches, page tables, notes; then the frames
	 * that wait for their release
	 */
	assert_int_equal(none, (72 + 4 + 48 + 1) * MIB_KIB + 8192 * 160 / 1024);
	assert_int_equal(xengt_room_promise_kib(64, 384, 0), none + 448);
	/* dom0 needs 160 bytes for each frame of the domain */
	assert_int_equal(xengt_room_promise_kib(0, 0, GIB_PAGES),
			 none + 40 * MIB_KIB);
	assert_int_equal(xengt_room_promise_kib(0, 0, 1), none + 1);
	/* notes are limited to the number of frames that entries can point to */
	assert_int_equal(xengt_room_promise_kib(0, 0, tables),
			 xengt_room_promise_kib(0, 0, UINT64_MAX));
	assert_int_equal(xengt_room_promise_kib(2, 4, UINT64_MAX),
			 none + 6 + (tables + 6 * 256) * 160 / 1024);
}

/*
 * dom0 memory that a vGPU has allocated counts as spent, but only up to the promised
 * amount.
 */
static void spent(void **state)
{
	struct xengt_vgpu_info info = { 0 };

	(void)state;
	assert_int_equal(xengt_room_spent_kib(&info, 0), 0);
	assert_int_equal(xengt_room_spent_kib(&info, 100), 100);
	assert_int_equal(xengt_room_spent_kib(&info, 1 << 20), 72 * MIB_KIB);
	info.ppgtt_tables = 10;
	info.frames_held = 64;
	assert_int_equal(xengt_room_spent_kib(&info, 100), 100 + 60 + 10);
	info.ppgtt_tables = XENGT_PPGTT_TABLES_MAX;
	info.frames_held = GIB_PAGES;
	assert_true(xengt_room_spent_kib(&info, UINT64_MAX) <=
		    xengt_room_promise_kib(2, 0, GIB_PAGES));
}

static void the_sum_is_never_more(void **state)
{
	static const struct {
		uint64_t available, owed, need;
		int r;
	} cases[] = {
		{ 100, 0, 100, 0 }, { 100, 0, 101, -ENOMEM },
		{ 100, 40, 60, 0 }, { 100, 40, 61, -ENOMEM },
		{ 100, 100, 0, 0 }, { 100, 101, 0, -ENOMEM },
		{ 100, UINT64_MAX, 5, -ENOMEM }, { 100, 5, UINT64_MAX, -ENOMEM },
	};
	const struct xengt_request req = { .domain = "g" };
	char text[512];

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++)
		assert_int_equal(xengt_room_check_memory(&req,
							 cases[i].available,
							 cases[i].owed,
							 cases[i].need, text,
							 sizeof(text)),
				 cases[i].r);
	xengt_room_check_memory(&req, 300 * MIB_KIB, 200 * MIB_KIB,
				101 * MIB_KIB, text, sizeof(text));
	assert_string_equal(text, "dom0 has not enough memory for the vGPU of \"g\": the vGPU may need 101 MB, available are 300 MB, of which other vGPUs may need 200 MB; stop another guest, give this guest less memory, or dom0 more (dom0_mem=)");
}

/*
 * Makes vGPUs of random sizes until one is refused. At each time all vGPUs before it must be
 * able to use everything that they were promised.
 */
static void nobody_fails_later(void **state)
{
	const struct xengt_request req = { .domain = "g" };
	char text[512];

	(void)state;
	srand(7);
	for (int round = 0; round < 200; round++) {
		uint64_t memory = ((uint64_t)rand() % 8192 + 1) * MIB_KIB;
		uint64_t owed = 0, used = 0, need;

		for (;;) {
			uint64_t part;

			need = xengt_room_promise_kib((uint32_t)rand() % 512,
						      (uint32_t)rand() % 2048,
						      (uint64_t)rand() %
							      (8 * GIB_PAGES));
			if (xengt_room_check_memory(&req, memory - used, owed,
						    need, text, sizeof(text)))
				break;
			owed += need;
			part = owed * ((uint64_t)rand() % 101) / 100;
			owed -= part;
			used += part;
			assert_true(used + owed <= memory);
		}
	}
}

static void numbers_of_files(void **state)
{
	char path[] = "/tmp/test-room-XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "MemTotal:  9 kB\nMemAvailable:   1234 kB\nMem: x\n";
	uint64_t value = 5;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof(text) - 1), sizeof(text) - 1);
	assert_int_equal(xengt_room_read(path, "MemAvailable:", 0, &value), 0);
	assert_int_equal(value, 1234);
	assert_int_equal(xengt_room_read(path, "MemAvailable:", 1, &value),
			 -EPROTO);
	assert_int_equal(xengt_room_read(path, "Mem:", 0, &value), -EPROTO);
	assert_int_equal(xengt_room_read(path, "Swap:", 0, &value), -EPROTO);
	assert_int_equal(ftruncate(fd, 0), 0);
	assert_int_equal(pwrite(fd, "17 42 3\n", 8, 0), 8);
	assert_int_equal(xengt_room_read(path, "", 1, &value), 0);
	assert_int_equal(value, 42);
	close(fd);
	unlink(path);
	assert_int_equal(xengt_room_read(path, "", 1, &value), -ENOENT);
	assert_int_equal(value, 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(why_the_gpu_has_no_room),
		cmocka_unit_test(what_is_said_is_so),
		cmocka_unit_test(a_promise),
		cmocka_unit_test(spent),
		cmocka_unit_test(the_sum_is_never_more),
		cmocka_unit_test(nobody_fails_later),
		cmocka_unit_test(numbers_of_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
