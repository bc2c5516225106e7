/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests which lines the log functions write to stderr, and how many. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "made_time.h"
#include "xengt/log.h"

static int real_stderr, pipe_in;

static int setup(void **state)
{
	int fds[2];

	(void)state;
	fflush(stderr);
	real_stderr = dup(STDERR_FILENO);
	assert_int_equal(pipe2(fds, O_NONBLOCK), 0);
	dup2(fds[1], STDERR_FILENO);
	close(fds[1]);
	pipe_in = fds[0];
	xengt_log_set_prefix("");
	xengt_log_set_level(XENGT_LOG_INFO);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	dup2(real_stderr, STDERR_FILENO);
	close(real_stderr);
	close(pipe_in);
	return 0;
}

/* Returns everything that was logged since the last call. */
static const char *logged(void)
{
	static char text[65536];
	ssize_t n = read(pipe_in, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void lines(void **state)
{
	/*
	 * long_prefix is volatile, because otherwise gcc would warn that the prefix is
	 * cut
	 */
	const char *volatile long_prefix =
		"0123456789012345678901234567890XYZ";

	(void)state;
	xengt_err("disk %d is on %s", 3, "fire");
	assert_string_equal(logged(), "err disk 3 is on fire\n");
	xengt_log_set_prefix("vgpu3");
	xengt_warn("hot");
	xengt_info("fine");
	assert_string_equal(logged(), "warn vgpu3: hot\ninfo vgpu3: fine\n");
	xengt_log_set_prefix(long_prefix);
	xengt_info("a");
	assert_string_equal(logged(),
			    "info 0123456789012345678901234567890: a\n");
}

/*
 * Control characters of a guest's name are replaced, because a terminal may show
 * the log.
 */
static void printable(void **state)
{
	(void)state;
	xengt_err("\033[31m \xc2\x9b gr\xc3\xbcn gr\xfcn");
	assert_string_equal(logged(), "err ?[31m ?? gr\xc3\xbcn gr?n\n");
}

static void times(void **state)
{
	int year, month, day, hour, minute, second, end = 0;
	const char *line;

	(void)state;
	xengt_log_set_time(true);
	xengt_err("late");
	xengt_log_set_time(false);
	line = logged();
	assert_int_equal(sscanf(line, "%4d-%2d-%2d %2d:%2d:%2d %n", &year,
				&month, &day, &hour, &minute, &second, &end),
			 6);
	assert_int_equal(end, 20);
	assert_string_equal(line + end, "err late\n");
}

static void levels(void **state)
{
	(void)state;
	xengt_debug("no");
	assert_string_equal(logged(), "");
	xengt_log_set_level(XENGT_LOG_DEBUG);
	xengt_debug("yes");
	assert_string_equal(logged(), "debug yes\n");
	xengt_log_set_level(XENGT_LOG_ERR);
	xengt_warn("no");
	xengt_log_ratelimited(XENGT_LOG_WARN, "no");
	assert_string_equal(logged(), "");
}

static void errno_stays(void **state)
{
	(void)state;
	errno = ENOSPC;
	xengt_err("%s", "x");
	assert_int_equal(errno, ENOSPC);
	for (int i = 0; i < 20; i++) {
		errno = EXDEV;
		xengt_log_ratelimited(XENGT_LOG_ERR, "y");
		assert_int_equal(errno, EXDEV);
	}
	logged();
	/* errno is preserved even if the line cannot be written */
	close(STDERR_FILENO);
	errno = ERANGE;
	xengt_err("nobody hears this");
	assert_int_equal(errno, ERANGE);
}

static void long_and_dirty(void **state)
{
	char big[5000];
	const char *out;

	(void)state;
	memset(big, 'x', sizeof(big));
	big[sizeof(big) - 1] = '\0';
	xengt_info("%s", big);
	out = logged();
	assert_in_range(strlen(out), 900, 1025);
	assert_int_equal(out[strlen(out) - 1], '\n');
	/* a name can neither forge a line nor control a terminal */
	xengt_info("name '%s'", "a\nerr forged\x1b[2J\x7f");
	assert_string_equal(logged(), "info name 'a?err forged?[2J?'\n");
}

static unsigned int count_lines(const char *text)
{
	unsigned int n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

static void rate_limit(void **state)
{
	struct xengt_log_site site = { 0 }, other = { 0 };
	const char *out;

	(void)state;
	for (int i = 0; i < 1000; i++)
		xengt_log_site(&site, XENGT_LOG_WARN, "line %d", i);
	assert_int_equal(count_lines(logged()), XENGT_LOG_BURST);
	/* another call site is not affected */
	xengt_log_site(&other, XENGT_LOG_WARN, "hello");
	assert_string_equal(logged(), "warn hello\n");
	/* the first line of the next window says how many lines were dropped */
	made_ns += XENGT_LOG_WINDOW_SEC * MADE_SEC;
	xengt_log_site(&site, XENGT_LOG_WARN, "again");
	out = logged();
	assert_string_equal(out, "warn again (and 990 more like it)\n");
	xengt_log_site(&site, XENGT_LOG_WARN, "again");
	assert_string_equal(logged(), "warn again\n");
}

static void one_site_each(void **state)
{
	(void)state;
	for (int i = 0; i < 100; i++) {
		xengt_log_ratelimited(XENGT_LOG_WARN, "one");
		xengt_log_ratelimited(XENGT_LOG_WARN, "two");
	}
	assert_int_equal(count_lines(logged()), 2 * XENGT_LOG_BURST);
}

#define log_test(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		log_test(lines),
		log_test(printable),
		log_test(times),
		log_test(levels),
		log_test(errno_stays),
		log_test(long_and_dirty),
		log_test(rate_limit),
		log_test(one_site_each),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
