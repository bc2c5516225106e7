/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the -xengt argument: if a formatted configuration is parsed, the result is the same
 * configuration.
 */
#include "xen-hooks/vgt_keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static int set(void *ctx, const char *name, const char *value, char *err,
	       size_t err_len)
{
	return vgt_spec_set(ctx, name, value, err, err_len);
}

static void test_round_trip(void **state)
{
	char name[] = "/tmp/test,vgt,,spec=.XXXXXX", err[VGT_ERR_MAX];
	int fd = mkstemp(name);
	struct vgt_config a, b;
	char *spec, *again;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	vgt_config_init(&a);
	vgt_config_init(&b);
	assert_int_equal(vgt_config_set(&a, &vgt_keys[VGT_KEY_EDID], NULL, name,
			 err, sizeof(err)), 0);
	assert_int_equal(vgt_config_set(&a, &vgt_keys[VGT_KEY_PRIMARY], NULL,
			 "-1", err, sizeof(err)), 0);
	vgt_config_resolve(&a);
	spec = vgt_spec_format(&a);
	assert_int_equal(vgt_spec_walk(spec, err, sizeof(err), set, &b), 0);
	again = vgt_spec_format(&b);
	assert_string_equal(spec, again);
	assert_string_equal(b.text[VGT_KEY_EDID], name);
	unlink(name);
	free(spec);
	free(again);
	vgt_config_fini(&a);
	vgt_config_fini(&b);
}

static void test_nothing_to_say(void **state)
{
	struct vgt_config cfg;
	char *spec, err[VGT_ERR_MAX];

	(void)state;
	vgt_config_init(&cfg);
	spec = vgt_spec_format(&cfg);
	assert_string_equal(spec, "on");
	assert_int_equal(vgt_spec_walk(spec, err, sizeof(err), set, &cfg), 0);
	assert_int_equal(vgt_spec_walk("", err, sizeof(err), set, &cfg), 0);
	free(spec);
}

struct items {
	unsigned int count;
	char name[4][32], value[4][32];
};

static int note(void *ctx, const char *name, const char *value, char *err,
		size_t err_len)
{
	struct items *items = ctx;

	(void)err;
	(void)err_len;
	assert_true(items->count < 4);
	snprintf(items->name[items->count], 32, "%s", name);
	snprintf(items->value[items->count++], 32, "%s", value);

	return 0;
}

static void test_walk(void **state)
{
	struct items items = { 0 };
	char err[VGT_ERR_MAX];

	(void)state;
	assert_int_equal(vgt_spec_walk("a=1,b=x,,y,,,c==,d=", err, sizeof(err),
				       note, &items), 0);
	assert_int_equal(items.count, 4);
	assert_string_equal(items.value[0], "1");
	assert_string_equal(items.value[1], "x,y,");
	assert_string_equal(items.name[2], "c");
	assert_string_equal(items.value[2], "=");
	assert_string_equal(items.value[3], "");
	items.count = 0;
	assert_int_equal(vgt_spec_walk("a=1,b,c=2", err, sizeof(err), note,
				       &items), -EINVAL);
	assert_int_equal(items.count, 1);
	assert_non_null(strstr(err, "\"b\""));
}

static void test_unknown(void **state)
{
	struct vgt_config cfg;
	char err[VGT_ERR_MAX];

	(void)state;
	vgt_config_init(&cfg);
	assert_int_equal(vgt_spec_set(&cfg, "vgt_low_gm_sz", "64", err,
				      sizeof(err)), -ENOENT);
	assert_int_equal(vgt_spec_set(&cfg, "low", "banana", err, sizeof(err)),
			 -EINVAL);
	assert_int_equal(vgt_spec_set(&cfg, "type", "small", err, sizeof(err)),
			 0);
	vgt_config_fini(&cfg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_nothing_to_say),
		cmocka_unit_test(test_walk),
		cmocka_unit_test(test_unknown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
