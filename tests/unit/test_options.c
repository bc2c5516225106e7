/* SPDX-License-Identifier: GPL-2.0-only */
/* Tests the command line of xengtd, as xengtd(8) describes it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "xengtd/options.h"

static struct xengt_options opt;

/* Text that was printed, by descriptor: to standard output (1) and standard error (2). */
static char printed[3][4096];

/* Parse at most 6 arguments. */
static int parse(const char *const args[])
{
	char *argv[8] = { (char *)"xengtd" };
	int argc = 1, kept[3], files[3], r;

	for (; args[argc - 1]; argc++)
		argv[argc] = (char *)args[argc - 1];
	fflush(stdout);
	for (int fd = 1; fd < 3; fd++) {
		kept[fd] = dup(fd);
		files[fd] = memfd_create("printed", MFD_CLOEXEC);
		dup2(files[fd], fd);
	}
	optind = 0;		/* makes getopt() begin again */
	r = xengt_options_parse(argc, argv, &opt);
	fflush(stdout);
	for (int fd = 1; fd < 3; fd++) {
		ssize_t n = pread(files[fd], printed[fd],
				  sizeof(printed[fd]) - 1, 0);

		printed[fd][n] = '\0';
		dup2(kept[fd], fd);
		close(kept[fd]);
		close(files[fd]);
	}
	return r;
}

#define PARSE(...) parse((const char *const[]){ __VA_ARGS__, NULL })

static void the_defaults(void **state)
{
	(void)state;
	assert_int_equal(parse((const char *const[]){ NULL }), -1);
	assert_string_equal(opt.run_dir, "/run/xengt");
	assert_string_equal(opt.log_dir, "/var/log/xengt");
	assert_string_equal(opt.worker, "/usr/lib/xengt/xengt-vgpu");
	assert_string_equal(opt.hotplug_script, "/etc/xen/scripts/vgt");
	assert_string_equal(opt.device, "/dev/xengt");
	assert_null(opt.record_dir);
	assert_true(opt.is_seccomp_fatal);
	assert_false(opt.is_verbose);
}

static void each_option(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--foreground", "--verbose"), -1);
	assert_true(opt.is_verbose);
	assert_int_equal(PARSE("--log-dir", "/l", "--run-dir", "/r"), -1);
	assert_string_equal(opt.log_dir, "/l");
	assert_string_equal(opt.run_dir, "/r");
	assert_int_equal(PARSE("--worker=/w", "--record", "/rec"), -1);
	assert_string_equal(opt.worker, "/w");
	assert_string_equal(opt.record_dir, "/rec");
	assert_int_equal(PARSE("--hotplug-script", "/s"), -1);
	assert_string_equal(opt.hotplug_script, "/s");
	assert_int_equal(PARSE("--hotplug-script", "none"), -1);
	assert_string_equal(opt.hotplug_script, "");
	assert_int_equal(PARSE("--worker-seccomp", "errno"), -1);
	assert_false(opt.is_seccomp_fatal);
	assert_int_equal(PARSE("--worker-seccomp", "kill"), -1);
	assert_true(opt.is_seccomp_fatal);
}

/* xengtd does not start with an unknown option, or with an option that lacks its value. */
static void what_it_does_not_know(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--no-such-option"), 2);
	assert_int_equal(PARSE("--run-dir"), 2);
	assert_int_equal(PARSE("--worker-seccomp", "maybe"), 2);
	assert_non_null(strstr(printed[2], "maybe"));
	assert_int_equal(PARSE("guest"), 2);
	assert_int_equal(PARSE("--verbose", "guest"), 2);
	assert_int_equal(PARSE("--", "guest"), 2);
}

static void it_tells_and_ends(void **state)
{
	(void)state;
	assert_int_equal(PARSE("--help"), 0);
	assert_non_null(strstr(printed[1], "--hotplug-script"));
	assert_null(strstr(printed[1], "\nxengtd"));
	assert_int_equal(PARSE("--version"), 0);
	assert_int_equal(strncmp(printed[1], "xengtd ", 7), 0);
	assert_string_equal(printed[2], "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_defaults),
		cmocka_unit_test(each_option),
		cmocka_unit_test(what_it_does_not_know),
		cmocka_unit_test(it_tells_and_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
