/* SPDX-License-Identifier: GPL-2.0-only */
/* Numbers, names and last lines of others' input. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <errno.h>

#include "common/text.h"

static void test_number(void **state)
{
	uint64_t value = 77;

	(void)state;
	assert_int_equal(xengt_text_number("0", 10, &value), 0);
	assert_int_equal(value, 0);
	assert_int_equal(xengt_text_number("10", 10, &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(xengt_text_number("0010", 10, &value), 0);
	assert_int_equal(value, 10);
	assert_int_equal(xengt_text_number("18446744073709551615", UINT64_MAX,
					   &value), 0);
	assert_true(value == UINT64_MAX);
	value = 77;
	assert_int_equal(xengt_text_number("11", 10, &value), -ERANGE);
	assert_int_equal(xengt_text_number("1", 0, &value), -ERANGE);
	assert_int_equal(xengt_text_number("18446744073709551616", UINT64_MAX,
					   &value), -ERANGE);
	assert_int_equal(xengt_text_number("99999x", 10, &value), -EINVAL);
	assert_int_equal(xengt_text_number("", 10, &value), -EINVAL);
	assert_int_equal(xengt_text_number("-1", 10, &value), -EINVAL);
	assert_int_equal(xengt_text_number(" 1", 10, &value), -EINVAL);
	assert_int_equal(xengt_text_number("1 ", 10, &value), -EINVAL);
	assert_int_equal(xengt_text_number("0x1", 10, &value), -EINVAL);
	assert_int_equal(value, 77);
}

static void name(const char *in, const char *want)
{
	char out[16];

	xengt_text_file_name(in, out, sizeof(out));
	assert_string_equal(out, want);
}

static void test_file_name(void **state)
{
	(void)state;
	name("win-7_a+b.c", "win-7_a+b.c");
	name("../../etc/x", "_._.._etc_x");
	name("..", "_.");
	name(".hidden", "_hidden");
	name("a b\n\xff/", "a_b___");
	name("", "unnamed");
	name("0123456789abcdefgh", "0123456789abcde");
}

static void test_clean(void **state)
{
	char text[] = "a\tb\x7f\xc3\xa4 ~";

	(void)state;
	xengt_text_clean(text);
	assert_string_equal(text, "a?b??? ~");
}

static void last(const char *in, const char *want)
{
	char text[64];

	strcpy(text, in);
	assert_string_equal(xengt_text_last_line(text), want);
}

static void test_last_line(void **state)
{
	(void)state;
	last("", "");
	last("\n\n", "");
	last("one", "one");
	last("one\ntwo\n", "two");
	last("one\ntwo \r\n \n\n", "two");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_file_name),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_last_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
