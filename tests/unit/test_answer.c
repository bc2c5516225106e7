/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the answer to `info`: the members about the guest's driver, which the worker
 * reports.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "common/worker_questions.h"
#include "xengtd/answer.h"
#include "xengtd/bvgpu.h"
#include "xengtd/gpudev.h"
#include "xengtd/vgpu.h"
#include "xengtd/xengtd.h"

/* ---- imitations of the broker's functions that answer.c calls ---- */

const char *xengt_bvgpu_state_name(const struct xengt_bvgpu *v)
{
	(void)v;
	return "connected";
}

pid_t xengt_bvgpu_pid(const struct xengt_bvgpu *v)
{
	(void)v;
	return 1;
}

int xengt_gpudev_info(const char *path, struct xengt_info *ret_info)
{
	(void)path;
	(void)ret_info;
	return -ENODEV;
}

void xengt_gpudev_explain(int error, char *ret_text, size_t size)
{
	(void)error;
	snprintf(ret_text, size, "no GPU");
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	(void)vgpu_fd;
	(void)ret_info;
	return -ENODEV;
}

/* ---- the tests ---- */

static struct xengtd broker;
static struct xengt_bvgpu vgpu = { .d = &broker, .domid = 4, .fd = -1 };
static struct xengt_answer answer;

static void begin(void)
{
	answer.fd = -1;
	xengt_answer_begin(&answer, &xengt_wp_questions[XENGT_QUESTION_INFO],
			   &vgpu);
}

/*
 * Returns the text of a member of the answer, or NULL if there is no such
 * member.
 */
static const char *text_of(struct json_object *root, const char *name)
{
	struct json_object *data, *value;

	if (!json_object_object_get_ex(root, "data", &data) ||
	    !json_object_object_get_ex(data, name, &value))
		return NULL;
	return json_object_get_string(value);
}

/*
 * Returns the answer to `info`, for a worker that reports this driver state for msec
 * milliseconds.
 */
static struct json_object *ask(uint32_t driver, uint64_t msec)
{
	struct xengt_wp_msg msg = {
		.type = XENGT_WP_INFO,
		.u.info = { .driver = driver, .driver_msec = msec },
	};
	struct json_object *root;
	char *line;

	begin();
	assert_false(xengt_answer_add(&answer, &vgpu, &msg));
	line = xengt_answer_line(&answer);
	root = json_tokener_parse(line);
	assert_non_null(root);
	free(line);
	return root;
}

static void each_state_has_a_word(void **state)
{
	static const char *const names[XENGT_DRIVER_STATES] = {
		[XENGT_DRIVER_NONE] = "none yet",
		[XENGT_DRIVER_STARTING] = "starting",
		[XENGT_DRIVER_ACTIVE] = "active",
		[XENGT_DRIVER_ASLEEP] = "asleep",
		[XENGT_DRIVER_STOPPED] = "stopped",
	};

	(void)state;
	for (uint32_t i = 0; i < XENGT_DRIVER_STATES; i++) {
		struct json_object *root = ask(i, 0);

		assert_string_equal(text_of(root, "driver"), names[i]);
		json_object_put(root);
	}
}

/*
 * The driver's state has lasted a day: the answer has the time when the state began, in
 * local time.
 */
static void since_when(void **state)
{
	time_t before = time(NULL), then;
	struct tm tm = { .tm_isdst = -1 };
	struct json_object *root = ask(XENGT_DRIVER_ACTIVE, 86400 * 1000);
	const char *text = text_of(root, "driver_since");

	(void)state;
	assert_non_null(text);
	text = strptime(text, "%Y-%m-%d %H:%M:%S", &tm);
	assert_non_null(text);
	assert_string_equal(text, "");
	then = mktime(&tm) + 86400;
	assert_true(then >= before && then <= time(NULL));
	json_object_put(root);
}

/* The broker does not trust the worker, so the worker may report any duration. */
static void a_time_before_all_time(void **state)
{
	struct json_object *root = ask(XENGT_DRIVER_ACTIVE, UINT64_MAX);

	(void)state;
	assert_string_equal(text_of(root, "driver"), "active");
	json_object_put(root);
}

static void nobody_knows(void **state)
{
	struct json_object *root;
	char *line;

	(void)state;
	begin();
	line = xengt_answer_silent(&answer, -ETIMEDOUT);
	root = json_tokener_parse(line);
	assert_non_null(root);
	assert_string_equal(text_of(root, "driver"),
			    "unknown: the vGPU's process does not answer");
	assert_null(text_of(root, "driver_since"));
	json_object_put(root);
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_a_word),
		cmocka_unit_test(since_when),
		cmocka_unit_test(a_time_before_all_time),
		cmocka_unit_test(nobody_knows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
