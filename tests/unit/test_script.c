/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests how the broker runs the hotplug script in the background. The last line of a failed
 * script's output is the error that the user reads. A script that does not end is killed, with
 * all programs that it started.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "made_loop.h"
#include "patience.h"
#include "xengtd/child.h"
#include "xengtd/script.h"
#include "xengtd/xengtd.h"

#define DOMID	7u

static struct xengtd broker;
static char path[] = "/tmp/test-script-XXXXXX";

static bool is_done;
static char error[XENGT_ERROR_MAX];

static void on_done(void *ctx, const char *text)
{
	assert_ptr_equal(ctx, &broker);
	assert_false(is_done);
	is_done = true;
	snprintf(error, sizeof(error), "%s", text ? text : "");
}

/* Write a script with this text after its first line. */
static void write_script(const char *text)
{
	FILE *f = fopen(path, "w");

	fprintf(f, "#!/bin/sh\n%s\n", text);
	fclose(f);
	chmod(path, 0700);
}

static struct xengt_script *start(const char *text)
{
	struct xengt_script *script = NULL;

	write_script(text);
	is_done = false;
	memset(error, 0, sizeof(error));
	assert_int_equal(xengt_script_start(&broker, DOMID, "add", on_done,
					    &broker, &script), 0);
	assert_non_null(script);
	assert_true(loop_is_armed(XENGT_SCRIPT_MSEC));
	return script;
}

/* The script gets its command, the domain and PATH, and no other arguments or variables. */
static void it_learns_what_to_do(void **state)
{
	const int before = loop_count_fds();

	(void)state;
	setenv("SECRET", "1", 1);
	start("[ \"$1 $# $XENBUS_PATH\" = 'add 1 backend/vgt/7/0' ] || exit 3\n"
	      "[ \"$PATH\" = /usr/sbin:/usr/bin:/sbin:/bin ] || exit 4\n"
	      "[ -z \"$SECRET\" ] || exit 5");
	loop_until(&is_done);
	assert_string_equal(error, "");
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), before);
}

static void its_last_line_is_the_error(void **state)
{
	char expected[200];

	(void)state;
	start("echo no; echo 'no such bridge' >&2; exit 3");
	loop_until(&is_done);
	snprintf(expected, sizeof(expected),
		 "%s add failed: no such bridge (exit status 3)", path);
	assert_string_equal(error, expected);
	/* if the script prints nothing, the error has only the script's exit status */
	start("exit 1");
	loop_until(&is_done);
	snprintf(expected, sizeof(expected), "%s add failed: (exit status 1)",
		 path);
	assert_string_equal(error, expected);
	assert_true(loop_is_empty());
}

/* A script that prints faster than the broker reads must wait, but its writes do not fail. */
static void its_output_blocks(void **state)
{
	(void)state;
	start("while read -r name flags; do\n"
	      "[ $name != flags: ] || [ $((flags & 04000)) = 0 ] || exit 6\n"
	      "done < /proc/$$/fdinfo/1");
	loop_until(&is_done);
	assert_string_equal(error, "");
}

/* The broker keeps only the end of the script's output, however long the output is. */
static void it_prints_very_much(void **state)
{
	static const int lines[] = { 1022, 1023, 1024, 4095, 4096, 4097, 200000 };

	(void)state;
	for (int i = 0; i < 7; i++) {
		char text[200];

		/* the script prints this many bytes, then the last line */
		snprintf(text, sizeof(text),
			 "head -c %d /dev/zero | tr '\\0' '\\n'; echo the end; exit 2",
			 lines[i]);
		start(text);
		loop_until(&is_done);
		assert_non_null(strstr(error, "failed: the end (exit status 2)"));
	}
	start("printf x; exit 2");
	loop_until(&is_done);
	assert_non_null(strstr(error, "failed: x (exit status 2)"));
	/* a line that is too long for an error message is cut */
	start("head -c 100000 /dev/zero | tr '\\0' x; exit 2");
	loop_until(&is_done);
	assert_true(strlen(error) > 300);
	assert_non_null(strstr(error, "xxx (exit status 2)"));
}

/*
 * A program that the script started still runs after the script's end, and keeps the output
 * open. The broker does not wait for this program.
 */
static void what_it_leaves_is_not_waited_for(void **state)
{
	struct xengt_script *script;

	(void)state;
	start("sleep 1000 & echo $!; exit 1");
	loop_until(&is_done);
	assert_true(loop_is_empty());
	/* the last line is the program's process id; the test ends the program */
	kill(atoi(strstr(error, "failed: ") + 8), SIGKILL);

	/* if the output does not end, the broker stops reading */
	start("yes & exit 1");
	loop_until(&is_done);
	assert_true(loop_is_empty());

	/* this script closes its output before it ends */
	script = start("exec > /dev/null 2>&1; exit 4");
	assert_non_null(script);
	loop_until(&is_done);
	assert_non_null(strstr(error, "exit status 4"));
}

/* A script that has closed its output is not watched for output any more. */
static void it_closes_its_output(void **state)
{
	struct xengt_script *script = start("exec > /dev/null 2>&1; exec sleep 1000");

	(void)state;
	while (loop_count_watched() == 2) {
		patience_renew();
		errno = EAGAIN;		/* of an earlier call */
		loop_once();
	}
	patience_end();
	assert_int_equal(loop_count_watched(), 1);
	xengt_script_cancel(script);
	assert_true(loop_is_empty());
}

/*
 * Checks that all processes of the killed session end: they hold the pipe's other end, so the
 * pipe ends with the last of them.
 */
static void assert_session_ends(int fd)
{
	char c;

	patience_renew();
	assert_int_equal(read(fd, &c, 1), 0);
	patience_end();
}

static char fifo[64];

static int open_fifo(void)
{
	int fd;

	snprintf(fifo, sizeof(fifo), "%s.fifo", path);
	unlink(fifo);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	fd = open(fifo, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	fcntl(fd, F_SETFL, 0);
	return fd;
}

/*
 * Starts an endless script. The script and a program that it starts hold the pipe's other end.
 */
static struct xengt_script *start_endless(int fd)
{
	struct xengt_script *script;
	char text[200], c;

	snprintf(text, sizeof(text),
		 "exec > %s; sleep 1000 & echo x; trap '' TERM; wait", fifo);
	script = start(text);
	patience_renew();
	assert_int_equal(poll(&(struct pollfd){ fd, POLLIN, 0 }, 1, -1), 1);
	assert_int_equal(read(fd, &c, 1), 1);
	assert_int_equal(read(fd, &c, 1), 1);
	patience_end();
	return script;
}

static void one_that_does_not_end_is_killed(void **state)
{
	int fd = open_fifo();

	(void)state;
	start_endless(fd);
	loop_fire();
	assert_true(is_done);
	assert_non_null(strstr(error, "add did not end within 10 s"));
	assert_session_ends(fd);
	assert_true(loop_is_empty());
	close(fd);
	unlink(fifo);
}

static void one_that_is_cancelled_is_killed(void **state)
{
	int fd = open_fifo();

	(void)state;
	xengt_script_cancel(NULL);
	xengt_script_cancel(start_endless(fd));
	assert_false(is_done);
	assert_session_ends(fd);
	assert_true(loop_is_empty());
	close(fd);
	unlink(fifo);
}

static void it_cannot_be_run(void **state)
{
	const int before = loop_count_fds();
	struct xengt_script *script = (void *)&broker;

	(void)state;
	write_script("");
	chmod(path, 0600);
	is_done = false;
	assert_int_equal(xengt_script_start(&broker, DOMID, "add", on_done,
					    &broker, &script), -EACCES);
	chmod(path, 0700);
	loop_add_error = -ENOSPC;
	assert_int_equal(xengt_script_start(&broker, DOMID, "add", on_done,
					    &broker, &script), -ENOSPC);
	loop_add_error = 0;
	assert_ptr_equal(script, &broker);
	assert_false(is_done);
	assert_true(loop_is_empty());
	assert_int_equal(loop_count_fds(), before);
}

static int make_file(void **state)
{
	int fd = mkstemp(path);

	(void)state;
	close(fd);
	broker.opt.hotplug_script = path;
	return fd < 0 ? -1 : 0;
}

static int remove_file(void **state)
{
	(void)state;
	return unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_learns_what_to_do),
		cmocka_unit_test(its_last_line_is_the_error),
		cmocka_unit_test(its_output_blocks),
		cmocka_unit_test(it_prints_very_much),
		cmocka_unit_test(what_it_leaves_is_not_waited_for),
		cmocka_unit_test(it_closes_its_output),
		cmocka_unit_test(one_that_does_not_end_is_killed),
		cmocka_unit_test(one_that_is_cancelled_is_killed),
		cmocka_unit_test(it_cannot_be_run),
	};

	return cmocka_run_group_tests(tests, make_file, remove_file);
}
