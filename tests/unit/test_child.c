/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests that a program which the broker starts inherits only what the broker
 * passes to it.
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
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xengtd/child.h"

#define OPENED	200

static char output[8192];

/*
 * Runs a shell command as a child. Returns the child's output and wait status.
 */
static int run(const char *command, const struct xengt_child_fd *fds)
{
	const char *argv[] = { "/bin/sh", "-c", command, NULL };
	const char *envp[] = { "PATH=/usr/bin:/bin", NULL };
	size_t used = 0;
	int out[2], pidfd, status;
	ssize_t n;
	pid_t pid;

	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	assert_int_equal(xengt_child_start(argv, envp, out[1], fds, &pid,
					   &pidfd), 0);
	close(out[1]);
	while ((n = read(out[0], output + used,
			 sizeof(output) - 1 - used)) > 0)
		used += n;
	output[used] = '\0';
	close(out[0]);
	assert_int_equal(poll(&(struct pollfd){ pidfd, POLLIN, 0 }, 1, -1), 1);
	status = xengt_child_reap(pidfd);
	close(pidfd);
	return status;
}

static void it_has_no_other_descriptors(void **state)
{
	int opened[OPENED], given = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	struct xengt_child_fd fds[] = { { given, 4 }, { -1, -1 } };

	(void)state;
	/*
	 * descriptors without close-on-exec, which the broker may have
	 * inherited
	 */
	for (int i = 0; i < OPENED; i++)
		opened[i] = open("/dev/null", O_RDONLY);
	/* the shell opened descriptor 3 to list the folder */
	assert_int_equal(run("cd /proc/self/fd; echo *; readlink 4 0", fds), 0);
	assert_string_equal(output, "0 1 2 3 4\n/dev/zero\n/dev/null\n");
	for (int i = 0; i < OPENED; i++)
		close(opened[i]);
	close(given);
}

static void it_has_no_signals_ignored_or_blocked(void **state)
{
	unsigned long long blocked, ignored, caught;
	sigset_t all, before;

	(void)state;
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, &before);
	for (int sig = 1; sig < NSIG; sig++)
		if (sig != SIGCHLD)
			signal(sig, SIG_IGN);
	assert_int_equal(run("exec sed -n 's/^Sig\\(Blk\\|Ign\\|Cgt\\):.//p' /proc/self/status", NULL), 0);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigprocmask(SIG_SETMASK, &before, NULL);
	assert_int_equal(sscanf(output, "%llx %llx %llx", &blocked, &ignored,
				&caught), 3);
	assert_true(blocked == 0);
	/*
	 * signals 32 and 33 may be ignored: they belong to the C library, and
	 * children of make ignore them
	 */
	assert_true((ignored & ~(3ull << 31)) == 0);
	assert_true(caught == 0);
}

static void it_ends(void **state)
{
	char text[64];

	(void)state;
	xengt_child_describe(run("exit 3", NULL), text, sizeof(text));
	assert_string_equal(text, "exit status 3");
	xengt_child_describe(run("kill -9 $$", NULL), text, sizeof(text));
	assert_string_equal(text, "signal 9 (Killed)");
	xengt_child_describe(-1, text, sizeof(text));
	assert_string_equal(text, "it is gone");
}

static void it_cannot_be_run(void **state)
{
	static const char *const argv[] = { "/no/such/program", NULL };
	static const char *const envp[] = { NULL };
	int pidfd;
	pid_t pid;

	(void)state;
	assert_int_equal(xengt_child_start(argv, envp, STDERR_FILENO, NULL,
					   &pid, &pidfd), -ENOENT);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(it_has_no_other_descriptors),
		cmocka_unit_test(it_has_no_signals_ignored_or_blocked),
		cmocka_unit_test(it_ends),
		cmocka_unit_test(it_cannot_be_run),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
