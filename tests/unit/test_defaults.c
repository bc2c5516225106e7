/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests the reader of /etc/xengt/types.conf: src/xengtd/defaults.c. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>
#include <errno.h>

#include "uapi/xengt.h"
#include "xengtd/defaults.h"

static char path[] = "/tmp/test_defaults.XXXXXX";
static char err[XENGT_REQUEST_ERR_MAX];
static struct xengt_request_share share;

static int take(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
	err[0] = '\0';
	return xengt_defaults_read(path, &share, err, sizeof(err));
}

static void expect(uint32_t weight, uint32_t cap, uint32_t timeslice_ms, uint32_t timeout_ms,
		   uint32_t stop)
{
	assert_int_equal(share.weight, weight);
	assert_int_equal(share.cap, cap);
	assert_int_equal(share.timeslice_ms, timeslice_ms);
	assert_int_equal(share.timeout_ms, timeout_ms);
	assert_int_equal(share.stop, stop);
}

static void expect_built_in(void)
{
	expect(XENGT_SHARE_WEIGHT, 0, XENGT_SHARE_SLICE_MS, XENGT_SHARE_TIMEOUT_MS,
	       XENGT_SHARE_STOP);
}

static void without_a_file(void **state)
{
	(void)state;
	unlink(path);
	assert_int_equal(xengt_defaults_read(path, &share, err, sizeof(err)),
			 0);
	expect_built_in();
}

static void what_it_says(void **state)
{
	(void)state;
	assert_int_equal(take("# mine\n\n [defaults] \n weight=50\n"
			      "timeslice\t=  2\nstop = 0\r\n"
			      "timeout = 10000"), 0);
	expect(50, 0, 2, 10000, 0);
	/* the file accepts each form of a number that a node of xenstore accepts */
	assert_int_equal(take("[defaults]\ncap = 00000000000000000009\n"), 0);
	expect(XENGT_SHARE_WEIGHT, 9, XENGT_SHARE_SLICE_MS, XENGT_SHARE_TIMEOUT_MS,
	       XENGT_SHARE_STOP);
	assert_int_equal(take(""), 0);
	expect_built_in();
}

static void what_is_wrong_is_named(void **state)
{
	static const struct {
		const char *text, *want;
	} bad[] = {
		{ "weight = 1\n", "line 1: \"weight = 1\"" },
		{ "[types]\n", "line 1: \"[types]\"" },
		{ "[defaults]\nweight = 0\n", "line 2: weight is \"0\": it must be a number from 1 to 1000" },
		{ "[defaults]\n\ncap = 101\n", "line 3: cap is \"101\"" },
		{ "[defaults]\ncap = \n", "line 2: cap is \"\"" },
		{ "[defaults]\nwieght = 5\n", "line 2: \"wieght\" is no name" },
		{ "[defaults]\nlow-mib = 64\n", "line 2: \"low-mib\" is no name" },
		{ "[defaults]\nweight\n", "line 2: \"weight\" is no" },
	};
	char text[600];

	(void)state;
	assert_int_equal(take("[defaults]\nweight = 7\n"), 0);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		assert_true(take(bad[i].text) < 0);
		if (!strstr(err, bad[i].want) || !strstr(err, path))
			fail_msg("\"%s\" has not \"%s\"", err, bad[i].want);
		/* no value of a refused file is used */
		expect(7, 0, XENGT_SHARE_SLICE_MS, XENGT_SHARE_TIMEOUT_MS,
		       XENGT_SHARE_STOP);
	}
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	assert_true(take(text) < 0);
	assert_non_null(strstr(err, "line 1 is too long"));
}

/* A line has at most 254 characters, and the end of the line. */
static void how_long_a_line_may_be(void **state)
{
	char text[300];

	(void)state;
	for (int len = 253; len <= 256; len++) {
		memset(text, 'x', sizeof(text));
		strcpy(text, "[defaults]\n#");
		text[strlen(text)] = 'x';
		strcpy(text + strlen("[defaults]\n") + len, "\nstop = 5\n");
		assert_int_equal(take(text), len <= 254 ? 0 : -EINVAL);
		if (len > 254)
			assert_non_null(strstr(err, "line 2 is too long"));
		else
			assert_int_equal(share.stop, 5);
	}
}

/*
 * A file that cannot be read is an error, and is not treated as an empty file.
 */
static void what_cannot_be_read(void **state)
{
	char inside[80];

	(void)state;
	unlink(path);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_true(xengt_defaults_read(path, &share, err, sizeof(err)) < 0);
	assert_non_null(strstr(err, path));
	rmdir(path);
	/* only a file that does not exist means that there are no defaults */
	assert_int_equal(take(""), 0);
	snprintf(inside, sizeof(inside), "%s/types.conf", path);
	assert_int_equal(xengt_defaults_read(inside, &share, err, sizeof(err)),
			 -ENOTDIR);
	assert_non_null(strstr(err, inside));
	/* an error of an earlier call is no error of this one */
	errno = EACCES;
	assert_int_equal(xengt_defaults_read(path, &share, err, sizeof(err)), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(without_a_file),
		cmocka_unit_test(what_it_says),
		cmocka_unit_test(what_is_wrong_is_named),
		cmocka_unit_test(how_long_a_line_may_be),
		cmocka_unit_test(what_cannot_be_read),
	};
	int fd = mkstemp(path), r;

	if (fd < 0)
		return 1;
	close(fd);
	r = cmocka_run_group_tests(tests, NULL, NULL);
	unlink(path);
	return r;
}
