/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests the functions that find numbers, names and last lines in untrusted text. */
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
	char out[32];

	xengt_text_file_name(in, out, sizeof(out));
	assert_string_equal(out, want);
}

static void test_file_name(void **state)
{
	(void)state;
	name("win-7_a+b.c", "win-7_a+b.c");
	name("../../etc/x", "%2e.%2f..%2fetc%2fx");
	name("..", "%2e.");
	name(".hidden", "%2ehidden");
	name("a b\n\xff/", "a%20b%0a%ff%2f");
	name("", "unnamed");
	name("100%", "100%25");
	name("0123456789abcdefghijklmnopqr", "0123456789abcdefghijklmnopqr");
}

/* Different names, short or long, must give different file names. */
static void test_file_names_differ(void **state)
{
	static const char *const names[] = {
		"a b", "a_b", "a%20b", "a\tb", "a/b", ".a", "%2ea", "_a",
		"a very long name, longer than its room",
		"a very long name, longer than its rook",
		"0123456789abcdefghijklmnopqrstuvw",
		"0123456789abcdefghijklmnopqrstuvx",
	};
	enum { COUNT = sizeof(names) / sizeof(names[0]) };
	char out[COUNT][32];

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		xengt_text_file_name(names[i], out[i], sizeof(out[i]));
		assert_null(strchr(out[i], '/'));
		for (int j = 0; j < i; j++)
			assert_string_not_equal(out[i], out[j]);
	}
}

static void is_shown(const char *in, const char *utf8, const char *shown)
{
	char text[64];

	strcpy(text, in);
	xengt_text_utf8(text);
	assert_string_equal(text, utf8);
	strcpy(text, in);
	xengt_text_show(text);
	assert_string_equal(text, shown);
	assert_int_equal(xengt_text_is_plain(in), !strcmp(in, shown));
	assert_true(xengt_text_is_plain(shown));
}

static void test_show(void **state)
{
	(void)state;
	is_shown("", "", "");
	is_shown("gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80",
		 "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80",
		 "gr\xc3\xbcn \xe2\x82\xac \xf0\x9f\x98\x80");
	/*
	 * bytes that are not valid UTF-8 become '?': Latin-1, a cut sequence, an
	 * overlong form, a surrogate, a number that is too large
	 */
	is_shown("gr\xfcn", "gr?n", "gr?n");
	is_shown("a\xe2\x82", "a??", "a??");
	is_shown("\xc0\xaf", "??", "??");
	is_shown("\xe0\x80\xaf", "???", "???");
	is_shown("\xed\xa0\x80", "???", "???");
	is_shown("\xf4\x90\x80\x80", "????", "????");
	is_shown("\xff\x80", "??", "??");
	/* control characters, C0 and C1, become '?' */
	is_shown("\033[31m\n\x7f", "\033[31m\n\x7f", "?[31m??");
	is_shown("\xc2\x9b" "31m", "\xc2\x9b" "31m", "??31m");
	is_shown("\xc2\xa0", "\xc2\xa0", "\xc2\xa0");
}

static void test_width(void **state)
{
	(void)state;
	assert_int_equal(xengt_text_width(""), 0);
	assert_int_equal(xengt_text_width("gr\xc3\xbcn"), 4);
	assert_int_equal(xengt_text_width("\xe2\x82\xac" "1"), 2);
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
		cmocka_unit_test(test_file_names_differ),
		cmocka_unit_test(test_show),
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_clean),
		cmocka_unit_test(test_last_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
