/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the answers to a client, from what the worker and the module report: resources,
 * counters, faults, pictures, and the state of the guest's driver.
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
#include "xengtd/vgpu_view.h"
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

/* What the module answers; NULL: it answers with -ENODEV. */
static const struct xengt_info *gpu;
static const struct xengt_vgpu_info *module;

int xengt_gpudev_info(const char *path, struct xengt_info *ret_info)
{
	(void)path;
	if (!gpu)
		return -ENODEV;
	*ret_info = *gpu;
	return 0;
}

void xengt_gpudev_explain(int error, char *ret_text, size_t size)
{
	(void)error;
	snprintf(ret_text, size, "no GPU");
}

int xengt_gpudev_vgpu_info(int vgpu_fd, struct xengt_vgpu_info *ret_info)
{
	assert_true(vgpu_fd >= 0);
	if (!module)
		return -ENODEV;
	*ret_info = *module;
	return 0;
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

/* ---- what the module reports ---- */

static void the_gpu(void **state)
{
	static const struct xengt_info info = {
		.pci_vendor = 0x8086, .pci_device = 0x1912, .pci_subvendor = 0x1043,
		.pci_subdevice = 0x8694, .pci_segment = 0x1234, .pci_bus = 0xab,
		.pci_devfn = 0x1f << 3 | 6, .pci_revision = 6,
		.aperture_bytes = 256ull << 20, .ggtt_bytes = 4096ull << 20,
		.low_total_mib = 1, .low_free_mib = 2, .low_largest_mib = 3,
		.high_total_mib = 4, .high_free_mib = 5, .high_largest_mib = 6,
		.fences_total = 7, .fences_free = 8, .fences_largest = 9, .vgpu_count = 10,
		.way = XENGT_WAY_PV, .backend = XENGT_BACKEND_ALONE,
	};
	static const char *const parts[] = {
		"\"pci_address\":\"1234:ab:1f.6\"", "\"pci_id\":\"8086:1912\"",
		"\"pci_subsystem\":\"1043:8694\"", "\"pci_revision\":6",
		"\"aperture_mib\":256,\"ggtt_mib\":4096,\"low_total_mib\":1,\"low_free_mib\":2,\"low_largest_mib\":3,\"high_total_mib\":4,\"high_free_mib\":5,\"high_largest_mib\":6,\"fences_total\":7,\"fences_free\":8,\"fences_largest\":9,\"vgpus\":10",
		"\"gpu_health\":\"fine\"", "\"gpu_backend\":\"alone: xengt drives the GPU, and its monitors are dark\"",
		"\"gpu_way\":\"pv: machine addresses\"",
	};
	struct json_object *data = xengt_json_resources(&info);
	const char *text = json_object_to_json_string_ext(data, JSON_C_TO_STRING_PLAIN);

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(parts); i++)
		if (!strstr(text, parts[i]))
			fail_msg("\"%s\" has not \"%s\"", text, parts[i]);
	json_object_put(data);
}

/* What viewers see: each state, and a view whose guest has ended. */
static void the_views(void **state)
{
	static struct xengt_bvgpu guest = { .req = { .domain = "one" } };
	static struct xengt_view views[] = {
		{ .viewer = 9, .guest = &guest, .is_wanted = true, .has_picture = true,
		  .looks = 12, .last = { .pages = 517, .shown = 2, .copied = 600, .events = 3 } },
		{ .viewer = 9, .guest = &guest, .is_wanted = true },
		{ .viewer = 9, .guest = &guest },
		{ .viewer = 11, .is_wanted = true, .last = { .pages = 1 } },
	};
	struct xengtd d = { .views = &views[0] };
	struct json_object *data;

	(void)state;
	for (size_t i = 0; i + 1 < XENGT_ARRAY_SIZE(views); i++)
		views[i].next = &views[i + 1];
	data = xengt_json_views(&d);
	assert_string_equal(json_object_to_json_string_ext(data, JSON_C_TO_STRING_PLAIN),
			    "[{\"viewer\":9,\"guest\":\"one\",\"state\":\"shown\",\"pages\":517,\"drawn\":12,\"shown\":2,\"copied\":600,\"events\":3},"
			    "{\"viewer\":9,\"guest\":\"one\",\"state\":\"no picture\",\"pages\":0,\"drawn\":0,\"shown\":0,\"copied\":0,\"events\":0},"
			    "{\"viewer\":9,\"guest\":\"one\",\"state\":\"not watched\",\"pages\":0,\"drawn\":0,\"shown\":0,\"copied\":0,\"events\":0},"
			    "{\"viewer\":11,\"state\":\"no guest\",\"pages\":1,\"drawn\":0,\"shown\":0,\"copied\":0,\"events\":0}]");
	json_object_put(data);
}

/* Returns the vGPU as `list` shows it. The caller frees the object. */
static struct json_object *listed(void)
{
	return xengt_json_info(&vgpu);
}

static const char *faults_of(struct json_object *info)
{
	struct json_object *faults;

	assert_true(json_object_object_get_ex(info, "faults", &faults));
	return json_object_to_json_string_ext(faults, JSON_C_TO_STRING_PLAIN);
}

/* Only what went wrong is a fault: what the module saw, and the counters over their limits. */
static void what_the_module_saw(void **state)
{
	static const struct {
		uint64_t scratched;
		uint32_t state;
		const char *faults;
	} cases[] = {
		{ 0, XENGT_VGPU_LIVE, "[]" },
		{ 1, XENGT_VGPU_LIVE, "[\"1 GGTT entries pointed to no RAM of the guest\"]" },
		{ 0, XENGT_VGPU_ZAPPED, "[\"the module zapped the vGPU (state 1)\"]" },
	};
	struct xengt_vgpu_info info = { 0 };
	struct json_object *data;

	(void)state;
	vgpu.fd = 0;
	data = listed();
	assert_string_equal(faults_of(data), "[]");
	json_object_put(data);
	module = &info;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		info.entries_scratched = cases[i].scratched;
		info.state = cases[i].state;
		data = listed();
		assert_string_equal(faults_of(data), cases[i].faults);
		json_object_put(data);
	}
	/* without a descriptor of the vGPU the module is not asked */
	vgpu.fd = -1;
	data = listed();
	assert_string_equal(faults_of(data), "[]");
	json_object_put(data);
	module = NULL;
}

static void what_there_was_too_much_of(void **state)
{
	struct json_object *data;

	(void)state;
	vgpu.abuse[XENGT_COUNTERS_ALL - 1].trips = 1;
	vgpu.abuse[XENGT_COUNTERS_ALL - 1].events = 77;
	vgpu.abuse[0].events = 5;
	data = listed();
	assert_non_null(strstr(faults_of(data), "[\"too many "));
	assert_non_null(strstr(faults_of(data), "): 77 so far\"]"));
	assert_null(strstr(faults_of(data), "\",\""));
	json_object_put(data);
	memset(vgpu.abuse, 0, sizeof(vgpu.abuse));
}

/* Returns the answer to a question, as text, from one message of the worker. */
static const char *answer_to(int question, const struct xengt_wp_msg *msg,
			     struct xengt_bvgpu *v)
{
	static char text[65536];
	char *line;

	answer.fd = 3;
	xengt_answer_begin(&answer, &xengt_wp_questions[question], &vgpu);
	assert_false(xengt_answer_add(&answer, v, msg));
	line = xengt_answer_line(&answer);
	snprintf(text, sizeof(text), "%s", line);
	free(line);
	return text;
}

/* The module's counters are in the answer only if the vGPU exists and the module answers. */
static void counters(void **state)
{
	static const struct xengt_vgpu_info info = { .entries_written = 4711 };
	struct xengt_wp_msg msg = { .type = XENGT_WP_COUNTERS };
	const char *text;

	(void)state;
	msg.u.counters.hypercalls = 123456;
	for (int has_fd = 0; has_fd < 2; has_fd++) {
		for (int answers = 0; answers < 2; answers++) {
			vgpu.fd = has_fd ? 0 : -1;
			module = answers ? &info : NULL;
			text = answer_to(XENGT_QUESTION_STAT, &msg, &vgpu);
			assert_non_null(strstr(text, "123456"));
			assert_int_equal(strstr(text, "\"module.entries_written\":4711") != NULL,
					 has_fd && answers);
			text = answer_to(XENGT_QUESTION_STAT, &msg, NULL);
			assert_non_null(strstr(text, "123456"));
			assert_null(strstr(text, "module."));
		}
	}
	vgpu.fd = -1;
	module = NULL;
}

/* ---- what the worker reports ---- */

static void contexts_that_failed(void **state)
{
	static const struct {
		int32_t error;
		uint32_t refused;
		const char *text;
	} cases[] = {
		{ -EBADMSG, XENGT_REFUSED_UNKNOWN, "bcs: unknown command 0x00000012 at 0x3000, context 0x40 (5 times)" },
		{ -EBADMSG, XENGT_REFUSED_CONTEXT, "bcs: broken context image, at 0x00000012 at 0x3000, context 0x40 (5 times)" },
		{ -EBADMSG, XENGT_REFUSED_CONTEXT + 1, "bcs: refused command 0x00000012" },
		{ -EBADMSG, 200, "bcs: refused command 0x00000012" },
		{ -ETIME, 0, "bcs: context 0x40 hung (5 times)" },
		{ -ENOSPC, 0, "bcs: context 0x40 was not run: No space left on device (5 times)" },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		struct xengt_wp_msg msg = {
			.type = XENGT_WP_INFO,
			.u.info = { .count = 1 },
		};
		const char *text;

		msg.u.info.fault[0] = (struct xengt_fault){
			.engine = XENGT_ENGINE_BCS, .error = cases[i].error,
			.refused = cases[i].refused, .cmd = 0x12, .at = 0x3000,
			.context = 0x40, .count = 5,
		};
		/* the message says that there is one fault, so the next one does not count */
		msg.u.info.fault[1] = msg.u.info.fault[0];
		text = answer_to(XENGT_QUESTION_INFO, &msg, &vgpu);
		if (!strstr(text, cases[i].text))
			fail_msg("\"%s\" has not \"%s\"", text, cases[i].text);
		assert_null(strstr(strstr(text, "bcs: ") + 1, "bcs: "));
	}
}

static void pictures_that_are_none(void **state)
{
	static const struct {
		int status;
		uint32_t width, height;
		const char *text;
	} cases[] = {
		{ 0, 1, 1, "\"width\":1,\"height\":1,\"file\":" },
		{ 0, 0, 1, "the picture cannot be taken: Protocol error" },
		{ 0, 1, 0, "the picture cannot be taken: Protocol error" },
		{ -ENODATA, 1, 1, "there is no picture" },
		{ -EOPNOTSUPP, 1, 1, "xengt cannot decode the picture" },
		{ -E2BIG, 1, 1, "the picture is larger than" },
		{ -EIO, 1, 1, "the picture cannot be taken: Input" },
	};

	(void)state;
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(cases); i++) {
		struct xengt_wp_msg msg = {
			.type = XENGT_WP_PICTURE, .status = cases[i].status,
			.u.picture = { cases[i].width, cases[i].height },
		};
		const char *text = answer_to(XENGT_QUESTION_SCREENSHOT, &msg, &vgpu);

		if (!strstr(text, cases[i].text))
			fail_msg("\"%s\" has not \"%s\"", text, cases[i].text);
		assert_int_equal(strstr(text, "\"code\":\"no-picture\"") != NULL, i > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_state_has_a_word),
		cmocka_unit_test(since_when),
		cmocka_unit_test(a_time_before_all_time),
		cmocka_unit_test(nobody_knows),
		cmocka_unit_test(the_gpu),
		cmocka_unit_test(the_views),
		cmocka_unit_test(what_the_module_saw),
		cmocka_unit_test(what_there_was_too_much_of),
		cmocka_unit_test(counters),
		cmocka_unit_test(contexts_that_failed),
		cmocka_unit_test(pictures_that_are_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
