/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests how the broker raises the limit of granted pages, on a file in /tmp. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/gntlimit.h"

static char path[] = "/tmp/test-gntlimit-XXXXXX";

static void write_file(const char *text)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
}

static void assert_file(const char *text)
{
	int fd = open(path, O_RDONLY);
	char buf[64] = "";

	assert_true(read(fd, buf, sizeof(buf) - 1) >= 0);
	close(fd);
	assert_string_equal(buf, text);
}

static void a_small_limit_is_raised(void **state)
{
	(void)state;
	write_file("1024\n");
	assert_int_equal(xengt_gntlimit_raise(path, 20505), 0);
	assert_file("20505\n");
}

static void a_large_limit_stays(void **state)
{
	(void)state;
	write_file("30000\n");
	assert_int_equal(xengt_gntlimit_raise(path, 20505), 0);
	assert_file("30000\n");
	write_file("20505\n");
	assert_int_equal(xengt_gntlimit_raise(path, 20505), 0);
}

/* What cannot be read is not taken for a limit that suffices. */
static void a_limit_that_cannot_be_read(void **state)
{
	static const char *const bad[] = { "", "\n", "many\n", "-1\n", "4294967296\n" };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		write_file(bad[i]);
		assert_int_equal(xengt_gntlimit_raise(path, 20505), -EPROTO);
	}
	assert_int_equal(xengt_gntlimit_raise("/no/such/file", 1), -ENOENT);
	assert_int_equal(xengt_gntlimit_raise("/tmp", 1), -EISDIR);
}

static char kept[8];

/* The kernel accepts the write, and then the limit is not what was written. */
ssize_t __real_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size);
ssize_t __wrap_read(int fd, void *buf, size_t size)
{
	if (!*kept)
		return __real_read(fd, buf, size);
	memcpy(buf, kept, strlen(kept));
	return (ssize_t)strlen(kept);
}

static void a_limit_that_does_not_change(void **state)
{
	(void)state;
	write_file("7\n");
	strcpy(kept, "1024\n");
	assert_int_equal(xengt_gntlimit_raise(path, 20505), -EPROTO);
	kept[0] = '\0';
	assert_file("20505\n");
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	if (fd < 0)
		return 1;
	close(fd);
	return 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_small_limit_is_raised),
		cmocka_unit_test(a_large_limit_stays),
		cmocka_unit_test(a_limit_that_cannot_be_read),
		cmocka_unit_test(a_limit_that_does_not_change),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
