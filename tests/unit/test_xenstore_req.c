/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the parser of requests in xenstore, with correct requests and with typing
 * errors.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "common/vgt_request.h"
#include "xengt/types.h"

struct node {
	const char *name, *text;
};

static char *get(void *ctx, const char *name)
{
	for (const struct node *n = ctx; n->name; n++)
		if (!strcmp(n->name, name))
			return strdup(n->text);
	return NULL;
}

static struct xengt_request req;
static char err[XENGT_REQUEST_ERR_MAX];

static int parse(struct node *nodes)
{
	memset(&req, 0xa5, sizeof(req));
	err[0] = '\0';
	return xengt_request_parse(get, nodes, NULL, &req, err, sizeof(err));
}

static void test_defaults(void **state)
{
	struct node none[] = { { NULL, NULL } };

	(void)state;
	assert_int_equal(parse(none), 0);
	assert_string_equal(req.domain, "");
	assert_int_equal(req.low_mib, 64);
	assert_int_equal(req.high_mib, 384);
	assert_int_equal(req.fences, 4);
	assert_int_equal(req.share.cap, 0);
	assert_int_equal(req.share.weight, 100);
	assert_int_equal(req.share.timeslice_ms, 5);
	assert_int_equal(req.share.timeout_ms, 1000);
	assert_int_equal(req.share.stop, 15);
	assert_true(req.is_primary);
	assert_false(req.has_slot);
	assert_int_equal(req.slot, 2);
	assert_string_equal(req.edid, "");
	assert_string_equal(req.monitor_config, "");
	assert_int_equal(req.on_abuse, XENGT_ON_ABUSE_LOG);
}

static void test_on_abuse(void **state)
{
	static const char *const bad[] = { "", "kill", "log ", "0", "Stop" };

	(void)state;
	for (int i = 0; i < XENGT_ON_ABUSES; i++) {
		struct node nodes[] = {
			{ "on-abuse", xengt_on_abuse_name(i) }, { NULL, NULL }
		};

		assert_int_equal(parse(nodes), 0);
		assert_int_equal(req.on_abuse, i);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct node nodes[] = { { "on-abuse", bad[i] }, { NULL, NULL } };

		assert_int_equal(parse(nodes), -EINVAL);
		assert_non_null(strstr(err, "it must be log, throttle or stop"));
	}
}

static void test_aperture(void **state)
{
	static const char *const bad[] = { "", "Lazy", "lazy ", "1", "up" };
	struct node nodes[] = { { "aperture", "lazy" }, { NULL, NULL } };
	struct xengt_request lazy;

	(void)state;
	assert_int_equal(parse(nodes), 0);
	assert_true(req.is_aperture_lazy);
	lazy = req;
	nodes[0].text = "upfront";
	assert_int_equal(parse(nodes), 0);
	assert_false(req.is_aperture_lazy);
	assert_false(xengt_request_is_same(&req, &lazy));
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		nodes[0].text = bad[i];
		assert_int_equal(parse(nodes), -EINVAL);
		assert_non_null(strstr(err, "it must be lazy or upfront"));
	}
}

static void test_stage(void **state)
{
	static const struct {
		const char *text;
		enum xengt_stage stage;
	} good[] = {
		{ "start", XENGT_STAGE_START },
		{ "soft-reset", XENGT_STAGE_SOFT_RESET },
	};
	static const char *const bad[] = { "", "restore", "start ", "1" };

	(void)state;
	assert_int_equal(parse((struct node[]){ { NULL, NULL } }), 0);
	assert_int_equal(req.stage, XENGT_STAGE_UNKNOWN);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		struct node nodes[] = { { "stage", good[i].text },
					{ NULL, NULL } };

		assert_int_equal(parse(nodes), 0);
		assert_int_equal(req.stage, good[i].stage);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct node nodes[] = { { "stage", bad[i] }, { NULL, NULL } };

		assert_int_equal(parse(nodes), -EINVAL);
		assert_non_null(strstr(err, "it must be start or soft-reset"));
	}
}

/* Absent nodes of the share of time have the values that the caller gives. */
static void test_share_defaults(void **state)
{
	static const char *const others[] = { "low-mib", "primary", "slot", "domain", "no" };
	static const char *const names[] = { "weight", "cap", "timeslice", "timeout", "stop" };
	const struct xengt_request_share share = {
		.weight = 9, .cap = 8, .timeslice_ms = 3, .timeout_ms = 20, .stop = 1000,
	};
	const struct node nodes[] = { { "cap", "5" }, { NULL, NULL } };

	(void)state;
	assert_int_equal(xengt_request_parse(get, (void *)nodes, &share, &req, err,
					     sizeof(err)), 0);
	assert_int_equal(req.share.weight, 9);
	assert_int_equal(req.share.cap, 5);
	assert_int_equal(req.share.timeslice_ms, 3);
	assert_int_equal(req.share.timeout_ms, 20);
	assert_int_equal(req.share.stop, 1000);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(names); i++)
		assert_true(xengt_request_is_share_node(names[i]));
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(others); i++)
		assert_false(xengt_request_is_share_node(others[i]));
}

static void test_all(void **state)
{
	struct node nodes[] = {
		{ "domain", "win7" }, { "low-mib", "128" },
		{ "high-mib", "0" }, { "fences", "0" }, { "primary", "0" },
		{ "cap", "50" }, { "weight", "1000" }, { "slot", "31" },
		{ "timeslice", "1" }, { "timeout", "10" }, { "stop", "0" },
		{ "edid", "/root/edid.bin" }, { "monitor-config", "/m" },
		{ "state", "1" }, { NULL, NULL }
	};

	(void)state;
	assert_int_equal(parse(nodes), 0);
	assert_string_equal(req.domain, "win7");
	assert_int_equal(req.low_mib, 128);
	assert_int_equal(req.high_mib, 0);
	assert_int_equal(req.fences, 0);
	assert_false(req.is_primary);
	assert_int_equal(req.share.cap, 50);
	assert_int_equal(req.share.weight, 1000);
	assert_int_equal(req.share.timeslice_ms, 1);
	assert_int_equal(req.share.timeout_ms, 10);
	assert_int_equal(req.share.stop, 0);
	assert_true(req.has_slot);
	assert_int_equal(req.slot, 31);
	assert_string_equal(req.edid, "/root/edid.bin");
	assert_string_equal(req.monitor_config, "/m");
}

/* -1 was the value for "the driver's default" in GVT-g's configurations. */
static void test_primary_minus_one(void **state)
{
	struct node nodes[] = { { "primary", "-1" }, { NULL, NULL } };

	(void)state;
	assert_int_equal(parse(nodes), 0);
	assert_true(req.is_primary);
}

static void test_bad_values(void **state)
{
	static const struct node bad[] = {
		{ "low-mib", "banana" }, { "low-mib", "" }, { "low-mib", "0" },
		{ "low-mib", "63" }, { "low-mib", "-64" }, { "low-mib", " 64" },
		{ "low-mib", "64MB" }, { "low-mib", "4098" },
		{ "low-mib", "0x40" }, { "low-mib", "18446744073709551680" },
		{ "low-mib", "99999999999999999999999999999999999999999999" },
		{ "high-mib", "383" }, { "high-mib", "1e3" },
		{ "fences", "33" }, { "fences", "+4" }, { "primary", "2" },
		{ "primary", "yes" }, { "primary", "-2" }, { "cap", "101" },
		{ "timeslice", "0" }, { "timeslice", "101" },
		{ "timeout", "9" }, { "timeout", "10001" }, { "stop", "1001" },
		{ "weight", "0" }, { "slot", "0" }, { "slot", "1" },
		{ "slot", "32" }, { "slot", "02:0" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct node nodes[] = { bad[i], { NULL, NULL } };

		assert_int_equal(parse(nodes), -EINVAL);
		/* The message names the node and says what is allowed. */
		assert_true(strstr(err, bad[i].name) == err);
		assert_non_null(strstr(err, "it must be a number from"));
		assert_int_equal((unsigned char)req.domain[0], 0xa5);
	}
}

static void test_message(void **state)
{
	struct node nodes[] = { { "low-mib", "banana" }, { NULL, NULL } };

	(void)state;
	parse(nodes);
	assert_string_equal(err, "low-mib is \"banana\": it must be a number from 2 to 4096 that is a multiple of 2");
}

/* The message quotes a value as one short line of printable text. */
static void test_hostile_text(void **state)
{
	char text[4096];
	struct node nodes[] = { { "cap", text }, { NULL, NULL } };

	(void)state;
	memset(text, '\n', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(parse(nodes), -EINVAL);
	assert_null(strchr(err, '\n'));
	assert_true(strlen(err) < 120);
}

static void test_long_texts(void **state)
{
	char text[4096];
	struct node name[] = { { "domain", text }, { NULL, NULL } };
	struct node edid[] = { { "edid", text }, { NULL, NULL } };

	(void)state;
	memset(text, 'x', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(parse(name), -EINVAL);
	assert_string_equal(err, "domain is longer than 127 characters");
	assert_int_equal(parse(edid), -EINVAL);
	text[XENGT_REQUEST_NAME_MAX - 1] = '\0';
	assert_int_equal(parse(name), 0);
	assert_string_equal(req.domain, text);
}

static void test_name_is_cleaned(void **state)
{
	struct node nodes[] = { { "domain", "a\nb\x1b[31m" }, { NULL, NULL } };

	(void)state;
	assert_int_equal(parse(nodes), 0);
	assert_string_equal(req.domain, "a?b?[31m");
}

/* If any node changes, except the domain's name, the request is a different request. */
static void test_same(void **state)
{
	static const char *const others[][2] = {
		{ "low-mib", "128" }, { "high-mib", "128" }, { "fences", "5" },
		{ "primary", "0" }, { "cap", "5" }, { "weight", "5" },
		{ "slot", "2" }, { "edid", "/a" }, { "monitor-config", "/a" },
		{ "on-abuse", "stop" }, { "stage", "start" },
	};
	struct node none[] = { { NULL, NULL } };
	struct xengt_request first;

	(void)state;
	assert_int_equal(parse(none), 0);
	first = req;
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		struct node one[] = { { others[i][0], others[i][1] },
				      { NULL, NULL } };

		assert_int_equal(parse(one), 0);
		assert_true(xengt_request_is_same(&req, &req));
		assert_false(xengt_request_is_same(&first, &req));
	}
	assert_int_equal(parse((struct node[]){ { "domain", "x" },
						{ NULL, NULL } }), 0);
	assert_true(xengt_request_is_same(&first, &req));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_share_defaults),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_on_abuse),
		cmocka_unit_test(test_aperture),
		cmocka_unit_test(test_stage),
		cmocka_unit_test(test_primary_minus_one),
		cmocka_unit_test(test_bad_values),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_hostile_text),
		cmocka_unit_test(test_long_texts),
		cmocka_unit_test(test_name_is_cleaned),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
