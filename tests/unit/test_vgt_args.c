/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests the parser of xl's command line: the config file, the extra lines, and commands
 * that the front end does not change.
 */
#include "xen-hooks/vgt_args.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

static char cfg[] = "/tmp/test_vgt_args.XXXXXX";

static int setup(void **state)
{
	int fd = mkstemp(cfg);

	(void)state;
	if (fd < 0 || write(fd, "a=1\n", 4) != 4)
		return -1;

	return close(fd);
}

static int teardown(void **state)
{
	(void)state;

	return unlink(cfg);
}

#define MAX_WORDS 10

struct row {
	const char *words[MAX_WORDS];
	bool reads_config, is_create, is_dry_run;
	const char *text;
};

/*
 * In the rows, "@" means the path of the config file, also where it is an option's
 * argument.
 */
static void check(const struct row *row)
{
	char buf[MAX_WORDS][128], *argv[MAX_WORDS + 1];
	const char *before[MAX_WORDS + 1];
	struct vgt_args args;
	int argc = 0;

	for (; argc < MAX_WORDS && row->words[argc]; argc++) {
		const char *word = row->words[argc], *at = strchr(word, '@');

		if (at)
			snprintf(buf[argc], sizeof(buf[argc]), "%.*s%s",
				 (int)(at - word), word, cfg);
		else
			snprintf(buf[argc], sizeof(buf[argc]), "%s", word);
		before[argc] = argv[argc] = buf[argc];
	}
	argv[argc] = NULL;

	assert_int_equal(vgt_args_read(argc, argv, &args), 0);
	assert_int_equal(args.reads_config, row->reads_config);
	if (row->reads_config) {
		assert_int_equal(args.is_create, row->is_create);
		assert_int_equal(args.is_dry_run, row->is_dry_run);
		assert_string_equal(args.text ? args.text : "", row->text);
	}
	assert_null(args.moved_domain);
	/* the caller's arguments keep their order (getopt() sorts only a copy) */
	for (int i = 0; i < argc; i++)
		assert_ptr_equal(argv[i], before[i]);
	vgt_args_fini(&args);
}

static void test_rows(void **state)
{
	static const struct row rows[] = {
		{ { "xl", "create", "@" }, true, true, false, "a=1\n" },
		{ { "xl", "cr", "-c", "@" }, true, true, false, "a=1\n" },
		{ { "xl", "-vvvtT", "create", "@" }, true, true, false, "a=1\n" },
		{ { "xl", "-v", "-N", "creat", "@" }, true, true, true, "a=1\n" },
		{ { "xl", "create", "-n", "@" }, true, true, true, "a=1\n" },
		{ { "xl", "create", "@", "b=2", "-q", "c=3" },
		  true, true, false, "a=1\n\nb=2\nc=3\n\n" },
		{ { "xl", "create", "b=2", "-f", "@" },
		  true, true, false, "a=1\n\nb=2\n\n" },
		{ { "xl", "create", "-qf@" }, true, true, false, "a=1\n" },
		{ { "xl", "create", "--defconfig", "@" }, true, true, false, "a=1\n" },
		{ { "xl", "create", "--def=@" }, true, true, false, "a=1\n" },
		{ { "xl", "create", "/dev/null", "b=2" },
		  true, true, false, "\nb=2\n\n" },
		{ { "xl", "create", "/dev/null" }, true, true, false, "" },
		{ { "xl", "config-update", "dom", "@", "b=2" },
		  true, false, false, "a=1\n\nb=2\n\n" },
		{ { "xl", "conf", "dom", "-d", "-f", "@" },
		  true, false, false, "a=1\n" },
		{ { "xl", "restore", "@", "image" }, true, false, false, "a=1\n" },
		{ { "xl", "rest", "-pF", "@", "image" },
		  true, false, false, "a=1\n" },
		{ { "xl", "restore", "image" }, false, false, false, NULL },
		{ { "xl", "restore", "@", "image", "x" },
		  false, false, false, NULL },
		{ { "xl", "restore", "-Z", "@", "image" },
		  false, false, false, NULL },
		/* a later -f replaces an earlier one, as in xl */
		{ { "xl", "create", "-f", "/no/such", "-f", "@" },
		  true, true, false, "a=1\n" },
		/* lines that xl refuses, and commands without a config */
		{ { "xl" }, false, false, false, NULL },
		{ { "xl", "c", "@" }, false, false, false, NULL },
		{ { "xl", "con", "@" }, false, false, false, NULL },
		{ { "xl", "created", "@" }, false, false, false, NULL },
		{ { "xl", "list", "@" }, false, false, false, NULL },
		{ { "xl", "config-update" }, false, false, false, NULL },
		{ { "xl", "config-update", "@" }, false, false, false, NULL },
		{ { "xl", "create" }, false, false, false, NULL },
		{ { "xl", "create", "b=2" }, false, false, false, NULL },
		{ { "xl", "create", "@", "@" }, false, false, false, NULL },
		{ { "xl", "create", "-f" }, false, false, false, NULL },
		{ { "xl", "create", "-h", "@" }, false, false, false, NULL },
		{ { "xl", "create", "-Z", "@" }, false, false, false, NULL },
		{ { "xl", "create", "--new", "@" }, false, false, false, NULL },
		{ { "xl", "-Z", "create", "@" }, false, false, false, NULL },
		{ { "xl", "create", "/no/such/file" }, false, false, false, NULL },
		{ { "xl", "create", "/tmp" }, false, false, false, NULL },
		{ { "xl", "create", "/dev/zero" }, false, false, false, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check(&rows[i]);
}

/* Tests commands that would move a guest away from its vGPU. */
static void test_moved(void **state)
{
	static const struct {
		const char *words[MAX_WORDS], *domain;
	} rows[] = {
		{ { "xl", "save", "g", "f" }, "g" },
		{ { "xl", "-v", "sa", "-c", "g", "-p", "f", "c" }, "g" },
		{ { "xl", "migrate", "-s", "ssh -p 3", "--live", "g", "host" }, "g" },
		{ { "xl", "migrate", "-C", "x", "g", "host" }, "g" },
		{ { "xl", "remus", "-i", "100", "-Fbd", "g", "host" }, "g" },
		{ { "xl", "rem", "-s", "ssh", "g", "host" }, "g" },
		{ { "xl", "re", "g", "host" }, NULL },
		{ { "xl", "save", "g" }, NULL },
		{ { "xl", "save", "-Z", "g", "f" }, NULL },
		{ { "xl", "save", "-h", "g", "f" }, NULL },
		{ { "xl", "mig", "g", "host" }, NULL },
		{ { "xl", "migrate-receive", "g", "f" }, NULL },
		{ { "xl", "s", "g", "f" }, NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *argv[MAX_WORDS + 1] = { NULL };
		struct vgt_args args;
		int argc = 0;

		for (; rows[i].words[argc]; argc++)
			argv[argc] = (char *)rows[i].words[argc];
		assert_int_equal(vgt_args_read(argc, argv, &args), 0);
		assert_false(args.reads_config);
		if (rows[i].domain)
			assert_string_equal(args.moved_domain, rows[i].domain);
		else
			assert_null(args.moved_domain);
		vgt_args_fini(&args);
	}
}

static void test_root(void **state)
{
	char option[] = "--xengt-root=/x", *argv[] = {
		"xl", option, "create", "f", NULL
	};
	int argc = 4;

	(void)state;
	assert_string_equal(vgt_args_take_root(&argc, argv), "/x");
	assert_int_equal(argc, 3);
	assert_string_equal(argv[1], "create");
	assert_null(argv[3]);
	/* the option is accepted only as the first argument */
	assert_string_equal(vgt_args_take_root(&argc, argv), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),
		cmocka_unit_test(test_moved),
		cmocka_unit_test(test_root),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
