/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests the table of xl.cfg keys, and the texts and lists that derive from the table. */
#include "xen-hooks/vgt_keys.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static void test_table(void **state)
{
	(void)state;
	for (int i = 0; i < VGT_KEY_COUNT; i++) {
		const struct vgt_key *key = &vgt_keys[i];

		assert_non_null(key->name);
		assert_non_null(key->help);
		assert_non_null(key->def);
		/* the keys are sorted, so each name is unique */
		if (i)
			assert_true(strcmp(vgt_keys[i - 1].name, key->name) < 0);
		assert_true(vgt_key_is_ours(key->name, strlen(key->name)));
		assert_ptr_equal(vgt_key_find(key->name), key);
		if (key->kind == VGT_KIND_INT || key->kind == VGT_KIND_BOOL) {
			assert_true(key->min < key->max);
			assert_true(key->step >= 1);
			assert_int_equal(key->min % key->step, 0);
			assert_int_equal(key->max % key->step, 0);
		}
		for (int j = 0; j < i; j++) {
			if (key->spec && vgt_keys[j].spec)
				assert_string_not_equal(key->spec,
							vgt_keys[j].spec);
			if (key->node && vgt_keys[j].node)
				assert_string_not_equal(key->node,
							vgt_keys[j].node);
		}
		/* xengt-dm has an option for each key that goes to xenstore */
		if (key->node)
			assert_non_null(key->spec);
	}
}

static void test_types(void **state)
{
	const struct vgt_key *low = &vgt_keys[VGT_KEY_LOW];
	const struct vgt_key *high = &vgt_keys[VGT_KEY_HIGH];

	(void)state;
	assert_non_null(vgt_type_find(VGT_TYPE_DEFAULT));
	assert_null(vgt_type_find("nonsense"));
	assert_null(vgt_type_find(""));
	assert_ptr_equal(vgt_type_find("GVTg_V5_4"), vgt_type_find("V5_4"));
	assert_ptr_equal(vgt_type_find("i915-GVTg_V5_4"),
			 vgt_type_find("V5_4"));
	for (size_t i = 0; i < vgt_type_count; i++) {
		const struct vgt_type *t = &vgt_types[i];

		/*
		 * names of types are unique, and each type is a valid
		 * configuration
		 */
		assert_ptr_equal(vgt_type_find(t->name), t);
		assert_true(t->low_mib >= low->min && t->low_mib <= low->max);
		assert_int_equal(t->low_mib % low->step, 0);
		assert_true(t->high_mib <= high->max);
		assert_int_equal(t->high_mib % high->step, 0);
		assert_true(t->fences <= vgt_keys[VGT_KEY_FENCES].max);
	}
}

/*
 * Tries every key that has a number, with values at the limits and beyond. The limits
 * are those of the table.
 */
static void test_ranges(void **state)
{
	struct vgt_config cfg;
	char err[VGT_ERR_MAX], text[32];

	(void)state;
	for (int i = 0; i < VGT_KEY_COUNT; i++) {
		const struct vgt_key *key = &vgt_keys[i];
		const struct {
			long value;
			bool is_allowed;
		} tries[] = {
			{ key->min, true }, { key->max, true },
			{ key->min + key->step, true },
			{ key->min - 1, false }, { key->max + 1, false },
			{ key->min + 1, key->step == 1 },
		};

		if (key->kind != VGT_KIND_INT && key->kind != VGT_KIND_BOOL)
			continue;
		for (size_t j = 0; j < sizeof(tries) / sizeof(tries[0]); j++) {
			vgt_config_init(&cfg);
			snprintf(text, sizeof(text), "%ld", tries[j].value);
			if (tries[j].is_allowed) {
				assert_int_equal(vgt_config_set(&cfg, key, NULL,
					text, err, sizeof(err)), 0);
				assert_int_equal(cfg.value[i], tries[j].value);
				assert_true(cfg.is_set[i]);
				continue;
			}
			assert_int_equal(vgt_config_set(&cfg, key, NULL, text,
					 err, sizeof(err)), -EINVAL);
			assert_false(cfg.is_set[i]);
			/*
			 * the message names the key, the value, and what is
			 * allowed
			 */
			assert_non_null(strstr(err, key->name));
			assert_non_null(strstr(err, text));
			assert_non_null(strstr(err, "must be"));
		}
	}
}

static void test_bad_numbers(void **state)
{
	static const char *const bad[] = {
		"", " ", "banana", "64M", "64 ", "0x", "1e3", "--16",
		"99999999999999999999999",
	};
	struct vgt_config cfg;
	char err[VGT_ERR_MAX];

	(void)state;
	vgt_config_init(&cfg);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_LOW],
				 NULL, bad[i], err, sizeof(err)), -EINVAL);
	/* like xl, the front end reads hexadecimal numbers */
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_LOW], NULL,
			 "0x40", err, sizeof(err)), 0);
	assert_int_equal(cfg.value[VGT_KEY_LOW], 64);
}

static void test_paths(void **state)
{
	char name[] = "/tmp/test_vgt_keys.XXXXXX", err[VGT_ERR_MAX];
	int fd = mkstemp(name);
	struct vgt_config cfg;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	vgt_config_init(&cfg);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_EDID], NULL,
			 name, err, sizeof(err)), 0);
	assert_string_equal(cfg.text[VGT_KEY_EDID], name);
	/* a key that is set twice: the first value is freed */
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_EDID], NULL,
			 name, err, sizeof(err)), 0);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_EDID], "--edid",
			 "/tmp", err, sizeof(err)), -EINVAL);
	assert_non_null(strstr(err, "--edid"));
	unlink(name);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_EDID], NULL,
			 name, err, sizeof(err)), -EINVAL);
	assert_string_equal(cfg.text[VGT_KEY_EDID], name);
	vgt_config_fini(&cfg);
}

static void test_resolve(void **state)
{
	struct vgt_config cfg;
	char err[VGT_ERR_MAX], buf[32];

	(void)state;
	vgt_config_init(&cfg);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_TYPE], NULL,
			 "small", err, sizeof(err)), 0);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_LOW], NULL,
			 "32", err, sizeof(err)), 0);
	assert_int_equal(vgt_config_set(&cfg, &vgt_keys[VGT_KEY_PRIMARY], NULL,
			 "-1", err, sizeof(err)), 0);
	vgt_config_resolve(&cfg);
	assert_int_equal(cfg.value[VGT_KEY_LOW], 32);
	assert_int_equal(cfg.value[VGT_KEY_HIGH],
			 vgt_type_find("small")->high_mib);
	assert_string_equal(vgt_config_node_value(&cfg, VGT_KEY_LOW, buf,
						  sizeof(buf)), "32");
	/* a default value is not written to xenstore */
	assert_null(vgt_config_node_value(&cfg, VGT_KEY_PRIMARY, buf,
					  sizeof(buf)));
	assert_null(vgt_config_node_value(&cfg, VGT_KEY_CAP, buf, sizeof(buf)));
	assert_null(vgt_config_node_value(&cfg, VGT_KEY_TYPE, buf,
					  sizeof(buf)));
	vgt_config_fini(&cfg);
}

static void test_suggest(void **state)
{
	static const struct {
		const char *wrong, *right;
	} rows[] = {
		{ "vgt_low_gm_size", "vgt_low_gm_sz" },
		{ "vgt_lo_gm_sz", "vgt_low_gm_sz" },
		{ "vgt_hgih_gm_sz", "vgt_high_gm_sz" },
		{ "vgt_fenc_sz", "vgt_fence_sz" },
		{ "vgt_edit", "vgt_edid" },
		{ "vtg", "vgt" },
		{ "vgpu", "vgt" },
		{ "vgt_high", "vgt_high_gm_sz" },
		{ "vgt_monitor", "vgt_monitor_config_file" },
		{ "vgt_xyzzy_plugh", NULL },
		{ "", NULL },
	};
	char longest[300];

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *got = vgt_key_suggest(rows[i].wrong);

		if (rows[i].right) {
			assert_non_null(got);
			assert_string_equal(got, rows[i].right);
		} else {
			assert_null(got);
		}
	}
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_null(vgt_key_suggest(longest));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_types),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_bad_numbers),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_resolve),
		cmocka_unit_test(test_suggest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
