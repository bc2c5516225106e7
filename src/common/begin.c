/* SPDX-License-Identifier: GPL-2.0-only */
/* See begin.h. */
#include "common/begin.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * Makes sure that fd is open. open() returns the lowest free number, and the
 * numbers below fd are open already, so open() returns fd.
 */
static void open_standard(int fd)
{
	if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
		return;
	/*
	 * Open fd for the wrong direction. So a read of standard input and a
	 * write to standard output fail, as with a closed descriptor.
	 */
	if (open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY) != fd)
		_exit(127);
}

void xengt_begin(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		open_standard(fd);
	signal(SIGCHLD, SIG_DFL);
}

static void set_signals(void)
{
	static const int ignored[] = {
		SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1, SIGUSR2, SIGALRM, SIGVTALRM,
		SIGPROF, SIGIO, SIGXCPU,
	};
	sigset_t none;

	/*
	 * signal() fails for the signals that the C library reserves; the
	 * failure does no harm.
	 */
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++)
		signal(ignored[i], SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
}

static void raise_limit(int which)
{
	struct rlimit limit;

	if (getrlimit(which, &limit) < 0)
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(which, &limit);
}

void xengt_begin_daemon(void)
{
	xengt_begin();
	set_signals();
	umask(0022);
	raise_limit(RLIMIT_NOFILE);
	raise_limit(RLIMIT_FSIZE);
}
