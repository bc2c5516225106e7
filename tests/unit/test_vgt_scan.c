/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the scan for the names that an xl.cfg assigns, compared with libxlutil for valid
 * texts.
 */
#include "xen-hooks/vgt_scan.h"

#include <errno.h>
#include <libxlutil.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

static bool collect(void *ctx, const struct vgt_assignment *a)
{
	char *all = ctx;

	sprintf(all + strlen(all), "%.*s@%u=<%.*s> ", (int)a->name_len, a->name,
		a->line, (int)a->value_len, a->value);

	return true;
}

static void test_rows(void **state)
{
	static const struct {
		const char *text, *found;
	} rows[] = {
		{ "", "" },
		{ "\n\n# vgt = 1\n", "" },
		{ "vgt=1", "vgt@1=<1> " },
		{ "  vgt\t+=  1  # one\n", "vgt@1=<1> " },
		{ "a=1;vgt = 1 ; b=2\n", "a@1=<1> vgt@1=<1> b@1=<2> " },
		{ "a=\"vgt=1\"\nb='vgt=2;'\n", "a@1=<\"vgt=1\"> b@2=<'vgt=2;'> " },
		{ "a=\"\\\"\nvgt=1\"\n", "a@1=<\"\\\"> vgt@2=<1\"> " },
		{ "a=\"x\\\"; vgt=1\"\n", "a@1=<\"x\\\"; vgt=1\"> " },
		{ "d=[ 'x', # vgt=1\n 'y;vgt=1',\n]\nvgt=1\n",
		  "d@1=<[ 'x', # vgt=1\n 'y;vgt=1',\n]> vgt@4=<1> " },
		{ "d=[[1,2],[3]]; vgt=1", "d@1=<[[1,2],[3]]> vgt@1=<1> " },
		/* a list that is not closed must not hide the lines after it */
		{ "d=[ 'x'\nvgt=1\n", "d@1=<[ 'x'> vgt@2=<1> " },
		{ "my_vgt=1\nxvgt = 1\n", "my_vgt@1=<1> xvgt@2=<1> " },
		{ "vgt = banana\n", "vgt@1=<banana> " },
		{ "vgt\n=1\n", "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char all[512] = "";

		vgt_scan(rows[i].text, strlen(rows[i].text), collect, all);
		assert_string_equal(all, rows[i].found);
	}
}

static void test_has_vgt(void **state)
{
	(void)state;
	assert_true(vgt_scan_has_vgt("vgt_x=1", 7));
	assert_true(vgt_scan_has_vgt("a=1\nvgt=0\n", 10));
	assert_false(vgt_scan_has_vgt("a=\"vgt=0\"\n", 10));
	assert_false(vgt_scan_has_vgt("vg=1", 4));
	assert_false(vgt_scan_has_vgt(NULL, 0));
}

static bool is_not_vgt(void *ctx, const struct vgt_assignment *a)
{
	bool *is_found = ctx;

	*is_found = a->name_len == 3 && !memcmp(a->name, "vgt", 3);

	return !*is_found;
}

/*
 * Makes random texts from the grammar's alphabet. If libxlutil accepts a text, the scan
 * must find the key "vgt" exactly if libxlutil finds it.
 */
static void test_against_libxlutil(void **state)
{
	static const char *const tokens[] = {
		"vgt", "a", "=", "+=", " ", "\n", ";", "[", "]", ",", "1",
		"'x'", "\"vgt=1\"", "'\\''", "#", "# vgt=1\n", "\t", "=1\n",
		"vgt=1", "=[", "]\n",
	};
	FILE *nowhere = fopen("/dev/null", "w");
	unsigned int accepted = 0, seed = 1;

	(void)state;
	assert_non_null(nowhere);
	for (int round = 0; round < 200000; round++) {
		char text[128] = "";
		XLU_Config *xlu;
		const char *value;
		int e;

		for (int n = rand_r(&seed) % 12; n >= 0; n--)
			strcat(text, tokens[rand_r(&seed) % (sizeof(tokens) /
						sizeof(tokens[0]))]);
		xlu = xlu_cfg_init(nowhere, "text");
		if (!xlu_cfg_readdata(xlu, text, strlen(text))) {
			bool is_found = false;

			accepted++;
			e = xlu_cfg_get_string(xlu, "vgt", &value, 1);
			vgt_scan(text, strlen(text), is_not_vgt, &is_found);
			if ((e != ESRCH) != is_found)
				fail_msg("libxlutil returns %d for \"%s\", vgt_scan() finds the opposite",
					 e, text);
		}
		xlu_cfg_destroy(xlu);
	}
	fclose(nowhere);
	assert_true(accepted > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_has_vgt),
		cmocka_unit_test(test_against_libxlutil),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
