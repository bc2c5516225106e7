/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the parser of the control socket: which lines are questions, and which
 * lines are refused.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "common/control_proto.h"

static struct xengt_control_question q;
static const char *code;
static char err[256];

static int parse_len(const char *line, size_t len)
{
	int r;

	memset(&q, 0, sizeof(q));
	code = NULL;
	err[0] = '\0';
	r = xengt_control_parse(line, len, &q, &code, err, sizeof(err));
	/* The result is either a question, or a code and a reason. */
	assert_true((r == 0) == (code == NULL));
	assert_true((r == 0) == (*err == '\0'));
	assert_null(strchr(err, '\n'));
	return r;
}

static int parse(const char *line)
{
	return parse_len(line, strlen(line));
}

static void refuses(const char *line, const char *want)
{
	assert_int_equal(parse(line), -EINVAL);
	assert_string_equal(code, want);
}

/*
 * A line with a row's verb selects this row. No line can select a row without a
 * verb.
 */
static void test_rows(void **state)
{
	unsigned int n = 0;

	(void)state;
	for (int i = 0; i < XENGT_QUESTIONS; i++) {
		const char *command = xengt_wp_questions[i].command;
		char line[128];

		if (!command)
			continue;
		snprintf(line, sizeof(line), "{\"v\":1,\"cmd\":\"%s\",\"vgpu\":1}",
			 command);
		assert_int_equal(parse(line), 0);
		assert_ptr_equal(q.row, &xengt_wp_questions[i]);
		assert_int_not_equal(xengt_wp_questions[i].answer,
				     XENGT_WP_NONE);
		snprintf(line, sizeof(line), "{\"v\":1,\"cmd\":\"%s\"}", command);
		refuses(line, "bad-request");
		n++;
	}
	/* all questions except SET_EDID have a verb */
	assert_int_equal(n, XENGT_QUESTIONS - 1);
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"ping\"}"), 0);
	assert_null(q.row);
	refuses("{\"v\":1,\"cmd\":\"set-edid\",\"vgpu\":1}", "unknown-command");
}

static void test_commands(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"ping\"}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_PING);
	assert_int_equal(parse(" {\"cmd\":\"resources\", \"v\": 1 } "), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_RESOURCES);
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"list\",\"extra\":[1]}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_LIST);
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"views\"}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_VIEWS);
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"win7\"}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_INFO);
	assert_string_equal(q.vgpu, "win7");
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"screenshot\",\"vgpu\":\"g\"}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_SCREENSHOT);
	assert_string_equal(q.vgpu, "g");
	refuses("{\"v\":1,\"cmd\":\"screenshot\"}", "bad-request");
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"stat\",\"vgpu\":7}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_STAT);
	assert_string_equal(q.vgpu, "7");
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"regs-unknown\",\"vgpu\":7}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_REGS_UNKNOWN);
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"regs-diff\",\"vgpu\":7}"), 0);
	assert_int_equal(q.cmd, XENGT_CONTROL_REGS_DIFF);
	refuses("{\"v\":1,\"cmd\":\"regs-diff\"}", "bad-request");
}

static void test_carriage_return(void **state)
{
	(void)state;
	assert_int_equal(parse("{\"v\":1,\"cmd\":\"ping\"}\r"), 0);
}

static void test_version(void **state)
{
	(void)state;
	refuses("{\"v\":2,\"cmd\":\"ping\"}", "version");
	refuses("{\"v\":\"1\",\"cmd\":\"ping\"}", "version");
	refuses("{\"v\":1.0,\"cmd\":\"ping\"}", "version");
	refuses("{\"v\":18446744073709551617,\"cmd\":\"ping\"}", "version");
	refuses("{\"cmd\":\"ping\"}", "version");
}

static void test_unknown_command(void **state)
{
	(void)state;
	refuses("{\"v\":1,\"cmd\":\"pong\"}", "unknown-command");
	assert_string_equal(err, "xengtd does not know the command \"pong\"");
	refuses("{\"v\":1,\"cmd\":\"a\\nb\\u001b\"}", "unknown-command");
	refuses("{\"v\":1,\"cmd\":\"\"}", "unknown-command");
}

static void test_bad_requests(void **state)
{
	static const char *const bad[] = {
		"", " ", "banana", "1", "null", "[]", "\"x\"", "{", "}",
		"{\"v\":1,\"cmd\":\"ping\"", "{\"v\":1,\"cmd\":\"ping\"}}",
		"{\"v\":1,\"cmd\":\"ping\"}{\"v\":1}", "{'v':1}",
		"{\"v\":1,}", "{\"v\":1,\"cmd\":5}", "{\"v\":1}",
		"{\"v\":1,\"cmd\":null}", "{\"v\":1,\"cmd\":\"info\"}",
		"{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"\"}",
		"{\"v\":1,\"cmd\":\"info\",\"vgpu\":[]}",
		"{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"a\\u0000b\"}",
		"{\"v\":1,\"cmd\":\"info\",\"vgpu\":1.5}",
		"{\"a\":[[[[[[[[[[[[]]]]]]]]]]]]}",
		"{\"v\":1,\"cmd\":\"\xff\xfe\"}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_int_equal(parse(bad[i]), -EINVAL);
		assert_string_equal(code, "bad-request");
	}
	assert_int_equal(parse_len("{\"v\":1,\0\"cmd\":\"ping\"}", 21), -EINVAL);
	assert_string_equal(code, "bad-request");
}

static void test_lengths(void **state)
{
	char *line = malloc(XENGT_CONTROL_LINE_MAX + 1);
	int n;

	(void)state;
	n = sprintf(line, "{\"v\":1,\"cmd\":\"ping\",\"x\":\"");
	memset(line + n, 'x', XENGT_CONTROL_LINE_MAX - n);
	strcpy(line + XENGT_CONTROL_LINE_MAX - 3, "\"}");
	assert_int_equal(parse(line), 0);
	strcpy(line + XENGT_CONTROL_LINE_MAX - 2, "\"}");
	line[XENGT_CONTROL_LINE_MAX - 3] = 'x';
	refuses(line, "bad-request");

	n = sprintf(line, "{\"v\":1,\"cmd\":\"info\",\"vgpu\":\"");
	memset(line + n, 'x', 200);
	strcpy(line + n + 127, "\"}");
	assert_int_equal(parse(line), 0);
	assert_int_equal(strlen(q.vgpu), 127);
	line[n + 127] = 'x';
	strcpy(line + n + 128, "\"}");
	refuses(line, "bad-request");
	free(line);
}

static void test_answers(void **state)
{
	struct json_object *data = json_object_new_object();
	char *line;

	(void)state;
	json_object_object_add(data, "a", json_object_new_int(1));
	line = xengt_control_ok(data);
	assert_string_equal(line, "{\"v\":1,\"ok\":true,\"data\":{\"a\":1}}\n");
	free(line);
	line = xengt_control_error("no-gpu", "x \"y\"\n");
	assert_string_equal(line, "{\"v\":1,\"ok\":false,\"code\":\"no-gpu\",\"error\":\"x \\\"y\\\"\\n\"}\n");
	free(line);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_carriage_return),
		cmocka_unit_test(test_version),
		cmocka_unit_test(test_unknown_command),
		cmocka_unit_test(test_bad_requests),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_answers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
