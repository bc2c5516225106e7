/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tests src/common/begin.c in processes whose parents hand down bad descriptors, signals
 * and limits.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/begin.h"

/*
 * Runs the claim in a child process, because the claim changes descriptors and signals.
 */
static void holds(int (*claim)(void))
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (!pid)
		_exit(claim());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	/*
	 * the exit status is 0 if all checks pass; otherwise the line of the failed
	 * check, modulo 251, plus 1
	 */
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

#define CLAIM(c)							\
	do {								\
		if (!(c))						\
			return __LINE__ % 251 + 1;			\
	} while (0)

static int closed_descriptors(void)
{
	char byte = 0;

	/* for every subset of the descriptors 0 to 2 */
	for (int set = 0; set < 8; set++) {
		for (int fd = 0; fd < 3; fd++) {
			if (set >> fd & 1)
				close(fd);
			else if (fcntl(fd, F_GETFD) < 0)
				CLAIM(dup2(9, fd) == fd);
		}
		xengt_begin();
		for (int fd = 0; fd < 3; fd++)
			CLAIM(fcntl(fd, F_GETFD) == 0);
		for (int fd = 0; fd < 3; fd++) {
			if (!(set >> fd & 1))
				continue;
			CLAIM((fd ? write(fd, &byte, 1) :
				    read(fd, &byte, 1)) < 0 && errno == EBADF);
		}
	}
	return 0;
}

static int with_descriptor_nine(void)
{
	CLAIM(dup2(open("/dev/null", O_RDWR), 9) == 9);
	return closed_descriptors();
}

static int ignored_children(void)
{
	int status;
	pid_t pid;

	signal(SIGCHLD, SIG_IGN);
	xengt_begin();
	pid = fork();
	if (!pid)
		_exit(3);
	CLAIM(waitpid(pid, &status, 0) == pid);
	CLAIM(WEXITSTATUS(status) == 3);
	return 0;
}

/*
 * A tool keeps the settings of its caller: ignored signals (nohup), a signal mask, a
 * umask.
 */
static int the_callers_wishes(void)
{
	struct sigaction act;
	sigset_t mask;

	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	sigemptyset(&mask);
	sigaddset(&mask, SIGTERM);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	umask(0123);
	xengt_begin();
	sigaction(SIGHUP, NULL, &act);
	CLAIM(act.sa_handler == SIG_IGN);
	sigaction(SIGINT, NULL, &act);
	CLAIM(act.sa_handler == SIG_IGN);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	CLAIM(sigismember(&mask, SIGTERM) == 1);
	CLAIM(umask(0) == 0123);
	return 0;
}

static int a_daemon_of_a_hostile_parent(void)
{
	struct rlimit few = { 16, 64 }, now;
	sigset_t mask;

	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_IGN);
	sigfillset(&mask);
	sigprocmask(SIG_SETMASK, &mask, NULL);
	umask(0777);
	CLAIM(setrlimit(RLIMIT_NOFILE, &few) == 0);
	few = (struct rlimit){ 0, 4096 };
	CLAIM(setrlimit(RLIMIT_FSIZE, &few) == 0);
	xengt_begin_daemon();
	CLAIM(umask(0) == 0022);
	CLAIM(getrlimit(RLIMIT_NOFILE, &now) == 0 && now.rlim_cur == 64);
	CLAIM(getrlimit(RLIMIT_FSIZE, &now) == 0 && now.rlim_cur == 4096);
	sigprocmask(SIG_SETMASK, NULL, &mask);
	CLAIM(sigismember(&mask, SIGTERM) == 0);
	CLAIM(sigismember(&mask, SIGRTMAX) == 0);
	return 0;
}

/* A daemon does not end when other processes send the usual signals. */
static int a_daemon_gets_signals(void)
{
	static const int signals[] = {
		SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM, SIGCHLD,
	};

	xengt_begin_daemon();
	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		CLAIM(raise(signals[i]) == 0);
	return 0;
}

static int a_daemon_can_be_ended(void)
{
	int status;
	pid_t pid;

	signal(SIGTERM, SIG_IGN);
	xengt_begin_daemon();
	pid = fork();
	if (!pid) {
		raise(SIGTERM);
		_exit(0);
	}
	CLAIM(waitpid(pid, &status, 0) == pid);
	CLAIM(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
	return 0;
}

#define TEST(claim)							\
	static void test_##claim(void **state)				\
	{								\
		(void)state;						\
		holds(claim);						\
	}

TEST(with_descriptor_nine)
TEST(ignored_children)
TEST(the_callers_wishes)
TEST(a_daemon_of_a_hostile_parent)
TEST(a_daemon_gets_signals)
TEST(a_daemon_can_be_ended)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_with_descriptor_nine),
		cmocka_unit_test(test_ignored_children),
		cmocka_unit_test(test_the_callers_wishes),
		cmocka_unit_test(test_a_daemon_of_a_hostile_parent),
		cmocka_unit_test(test_a_daemon_gets_signals),
		cmocka_unit_test(test_a_daemon_can_be_ended),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
