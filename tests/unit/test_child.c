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

/* fork() fails with this error once; 0: fork() succeeds. */
static int fork_error;

pid_t __real_fork(void);
pid_t __wrap_fork(void);
pid_t __wrap_fork(void)
{
	if (!fork_error)
		return __real_fork();
	errno = fork_error;
	fork_error = 0;
	return -1;
}

static int count_fds(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

/* There is no memory for another process: nothing is left open, and nothing is started. */
static void there_is_no_room_for_it(void **state)
{
	static const char *const argv[] = { "/bin/true", NULL };
	static const char *const envp[] = { NULL };
	const int before = count_fds();
	int pidfd;
	pid_t pid;

	(void)state;
	fork_error = EAGAIN;
	assert_int_equal(xengt_child_start(argv, envp, STDERR_FILENO, NULL,
					   &pid, &pidfd), -EAGAIN);
	assert_int_equal(count_fds(), before);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
}

/* A child can have eight descriptors, and no more. */
static void how_many_descriptors_it_can_have(void **state)
{
	int given = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	static const char *const argv[] = { "/bin/true", NULL };
	static const char *const envp[] = { NULL };
	struct xengt_child_fd fds[10];
	int pidfd;
	pid_t pid;

	(void)state;
	for (int i = 0; i < 10; i++)
		fds[i] = (struct xengt_child_fd){ given, 3 + i };
	fds[8] = (struct xengt_child_fd){ -1, -1 };
	/* the shell opened descriptor 11 to list the folder */
	assert_int_equal(run("cd /proc/self/fd; echo *; readlink 3 10", fds), 0);
	assert_string_equal(output, "0 1 10 11 2 3 4 5 6 7 8 9\n/dev/zero\n/dev/zero\n");
	fds[8] = (struct xengt_child_fd){ given, 11 };
	fds[9] = (struct xengt_child_fd){ -1, -1 };
	assert_int_equal(xengt_child_start(argv, envp, STDERR_FILENO, fds,
					   &pid, &pidfd), -EINVAL);
	/* the caller lists a descriptor that is not open */
	fds[0] = (struct xengt_child_fd){ 1000, 3 };
	fds[1] = (struct xengt_child_fd){ -1, -1 };
	assert_int_equal(xengt_child_start(argv, envp, STDERR_FILENO, fds,
					   &pid, &pidfd), -EBADF);
	assert_int_equal(waitpid(-1, NULL, 0), -1);
	close(given);
}

/* A child that still runs has no status. */
static void it_still_runs(void **state)
{
	static const char *const argv[] = { "/bin/sleep", "1000", NULL };
	static const char *const envp[] = { NULL };
	char text[64];
	int pidfd;
	pid_t pid;

	(void)state;
	errno = EIO;		/* of an earlier call */
	assert_int_equal(xengt_child_start(argv, envp, STDERR_FILENO, NULL,
					   &pid, &pidfd), 0);
	assert_int_equal(xengt_child_reap(pidfd), -1);
	assert_int_equal(xengt_pidfd_signal(pidfd, 0), 0);
	assert_int_equal(xengt_pidfd_signal(pidfd, SIGTERM), 0);
	assert_int_equal(poll(&(struct pollfd){ pidfd, POLLIN, 0 }, 1, -1), 1);
	assert_int_equal(xengt_child_reap(pidfd), SIGTERM);
	/* the broker has its status already */
	assert_int_equal(xengt_child_reap(pidfd), -1);
	assert_int_equal(xengt_pidfd_signal(pidfd, SIGTERM), -ESRCH);
	close(pidfd);
	assert_int_equal(xengt_pidfd_open(-1), -EINVAL);
	xengt_child_describe(0, text, sizeof(text));
	assert_string_equal(text, "exit status 0");
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
		cmocka_unit_test(there_is_no_room_for_it),
		cmocka_unit_test(how_many_descriptors_it_can_have),
		cmocka_unit_test(it_still_runs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
