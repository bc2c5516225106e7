/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the front end of xl reads a guest's configuration: whether the guest gets a
 * vGPU, gets no vGPU, or the configuration is refused (tests/cli tests the messages).
 * Also tests that xl's parser correctly reads the lines that the front end adds to the
 * configuration.
 */
#include "xen-hooks/vgt_xlcfg.h"

#include <libxlutil.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "xen-hooks/vgt_quote.h"

#define HVM "name=\"g\"\ntype=\"hvm\"\nmemory=64\n"

static enum vgt_xlcfg_verdict read_text(const char *text, struct vgt_xlcfg *x)
{
	char err[VGT_ERR_MAX] = "";
	enum vgt_xlcfg_verdict v = vgt_xlcfg_read(text, strlen(text), "f", x,
						  err, sizeof(err));

	/* a bad configuration has a message of one line; others have none */
	assert_int_equal(v == VGT_XLCFG_BAD, *err != '\0');
	assert_null(strchr(err, '\n'));

	return v;
}

static void test_verdicts(void **state)
{
	static const struct {
		const char *text;
		enum vgt_xlcfg_verdict verdict;
	} rows[] = {
		{ "", VGT_XLCFG_PASS },
		{ HVM, VGT_XLCFG_PASS },
		{ HVM "vgt=0\n", VGT_XLCFG_PASS },
		{ HVM "vgt=1\nvgt=0\n", VGT_XLCFG_PASS },
		{ HVM "vgt=0\nvgt=1\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=\"1\"\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\nmaxmem=64\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\nhap=1\nvcpus=128\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\nviommu=\"none\"\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\ngfx_passthru=0\npci=[\"01:00.0\"]\n",
		  VGT_XLCFG_BAD },
		{ HVM "vgt=1\npci=[]\n", VGT_XLCFG_VGPU },
		{ HVM "vgt=1\nmaxmem=65\n", VGT_XLCFG_BAD },
		{ HVM "vgt=1\nvgt_typo=1\n", VGT_XLCFG_BAD },
		{ HVM "vgt=[1]\n", VGT_XLCFG_BAD },
		{ "vgt=1\n", VGT_XLCFG_BAD },
		{ HVM "vgt_typo=1\n", VGT_XLCFG_BAD },
		{ HVM "vgt_cap=1\n", VGT_XLCFG_PASS },
		{ HVM "vgt=1\nx=[\n", VGT_XLCFG_PASS },
		{ HVM "vgt=x\n", VGT_XLCFG_BAD },
		{ "builder='h'\nmemory=64\nvgt=1\n", VGT_XLCFG_VGPU },
		{ "type='pvh'\nbuilder='hvm'\nmemory=64\nvgt=1\n",
		  VGT_XLCFG_BAD },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct vgt_xlcfg x;

		if (read_text(rows[i].text, &x) != rows[i].verdict)
			fail_msg("row %zu: %s", i, rows[i].text);
		vgt_xlcfg_fini(&x);
	}
}

/*
 * Checks with xl's parser the lines that the front end adds after the config. The
 * added arguments must be unchanged, and must come after the user's own arguments.
 */
static void test_lines(void **state)
{
	char name[] = "/tmp/a\"b\\c,d;e=.XXXXXX", text[512];
	int fd = mkstemp(name), count;
	char *quoted = vgt_quote(name), **lines, want[256];
	FILE *nowhere = fopen("/dev/null", "w");
	XLU_Config *xlu = xlu_cfg_init(nowhere, "f");
	XLU_ConfigList *list;
	const char *value;
	struct vgt_xlcfg x;

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	snprintf(text, sizeof(text), HVM "vgt=1\nvgt_type=\"small\"\n"
		 "device_model_args_hvm=[\"-mine\"]\nvgt_edid=%s\n", quoted);
	assert_int_equal(read_text(text, &x), VGT_XLCFG_VGPU);
	assert_string_equal(x.name, "g");
	lines = vgt_xlcfg_lines(&x);
	assert_non_null(lines);
	for (int i = 0; i < 3; i++) {
		strcat(text, "\n");
		strcat(text, lines[i]);
		free(lines[i]);
	}
	assert_null(lines[3]);
	free(lines);

	assert_int_equal(xlu_cfg_readdata(xlu, text, strlen(text)), 0);
	assert_int_equal(xlu_cfg_get_string(xlu, "device_model_override",
					    &value, 1), 0);
	assert_string_equal(value, VGT_XENGT_DM);
	assert_int_equal(xlu_cfg_get_list(xlu, "device_model_args_hvm", &list,
					  &count, 1), 0);
	assert_int_equal(count, 3);
	assert_string_equal(xlu_cfg_get_listitem(list, 0), "-mine");
	assert_string_equal(xlu_cfg_get_listitem(list, 1), "-xengt");
	/* the comma is doubled; all other characters of the path are unchanged */
	snprintf(want, sizeof(want), "edid=/tmp/a\"b\\c,,d;e=.%s,fences=4,high=48,low=16",
		 strrchr(name, '.') + 1);
	assert_string_equal(xlu_cfg_get_listitem(list, 2), want);

	xlu_cfg_destroy(xlu);
	fclose(nowhere);
	vgt_xlcfg_fini(&x);
	free(quoted);
	unlink(name);
}

static void test_quote(void **state)
{
	FILE *nowhere = fopen("/dev/null", "w");
	XLU_Config *xlu;
	const char *value;
	char *quoted, line[64];

	(void)state;
	/* libxlutil's parser returns each byte unchanged */
	for (int c = 1; c < 256; c++) {
		char text[] = { 'x', (char)c, 'y', '\0' };

		quoted = vgt_quote(text);
		snprintf(line, sizeof(line), "a=%s\n", quoted);
		xlu = xlu_cfg_init(nowhere, "f");
		if (xlu_cfg_readdata(xlu, line, strlen(line)) ||
		    xlu_cfg_get_string(xlu, "a", &value, 1))
			fail_msg("libxlutil does not read byte 0x%02x", c);
		assert_string_equal(value, text);
		xlu_cfg_destroy(xlu);
		free(quoted);
	}
	fclose(nowhere);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_lines),
		cmocka_unit_test(test_quote),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
