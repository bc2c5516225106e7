/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts programs. A started program inherits only the descriptors and the
 * environment that the caller lists.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "xengtd/child.h"
#include "xengt/log.h"

#define LOG_KEEP_BYTES	(4 << 20)	/* when a child starts and its log X.log is
					 * larger than this, the broker renames the log
					 * to X.log.1 */
#define FDS_MAX		8
#define FD_FREE		64	/* larger than each descriptor number that a
				 * caller lists for a child */

int xengt_pidfd_open(pid_t pid)
{
	int fd = syscall(SYS_pidfd_open, pid, 0);

	return fd < 0 ? -errno : fd;
}

int xengt_pidfd_signal(int pidfd, int sig)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) < 0 ? -errno :
									 0;
}

static int place_fds(int out_fd, const struct xengt_child_fd *fds)
{
	int high[FDS_MAX], count = 0, null_fd;

	/*
	 * First move all descriptors above the target numbers, because one
	 * descriptor's number may be another's target.
	 */
	for (; fds && fds[count].to >= 0; count++) {
		if (count == FDS_MAX)
			return -EINVAL;
		high[count] = fcntl(fds[count].from, F_DUPFD_CLOEXEC, FD_FREE);
		if (high[count] < 0)
			return -errno;
	}
	out_fd = fcntl(out_fd, F_DUPFD_CLOEXEC, FD_FREE);
	null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (out_fd < 0 || null_fd < 0 || dup2(null_fd, 0) < 0 ||
	    dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0)
		return -errno;
	for (int i = 0; i < count; i++)
		if (dup2(high[i], fds[i].to) < 0)
			return -errno;
	return 0;
}

/*
 * Runs in the child after fork(). Only async-signal-safe calls are allowed,
 * because libxenstore has a thread.
 */
static void run(const char *const argv[], const char *const envp[], int out_fd,
		const struct xengt_child_fd *fds, int report_fd)
{
	sigset_t none;
	int r;

	setsid();
	sigemptyset(&none);
	for (int sig = 1; sig < NSIG; sig++)
		signal(sig, SIG_DFL);
	sigprocmask(SIG_SETMASK, &none, NULL);
	r = fcntl(report_fd, F_DUPFD_CLOEXEC, FD_FREE);
	if (r >= 0) {
		report_fd = r;
		r = place_fds(out_fd, fds);
	} else {
		r = -errno;
	}
	if (r == 0 && close_range(FD_FREE, ~0u, CLOSE_RANGE_CLOEXEC) < 0)
		r = -errno;
	if (r == 0) {
		/*
		 * Close all descriptors that fds does not list, also those that
		 * a library opened without close-on-exec.
		 */
		for (int fd = 3; fd < FD_FREE; fd++) {
			const struct xengt_child_fd *f = fds;

			while (f && f->to >= 0 && f->to != fd)
				f++;
			if (!f || f->to < 0)
				close(fd);
		}
		execve(argv[0], (char *const *)argv, (char *const *)envp);
		r = -errno;
	}
	if (write(report_fd, &r, sizeof(r)) < 0)
		_exit(126);
	_exit(127);
}

int xengt_child_start(const char *const argv[], const char *const envp[],
		      int out_fd, const struct xengt_child_fd *fds,
		      pid_t *ret_pid, int *ret_pidfd)
{
	int report[2], r = 0;
	pid_t pid;

	if (pipe2(report, O_CLOEXEC) < 0)
		return -errno;
	pid = fork();
	if (pid < 0) {
		r = -errno;
		close(report[0]);
		close(report[1]);
		return r;
	}
	if (pid == 0)
		run(argv, envp, out_fd, fds, report[1]);
	close(report[1]);
	/*
	 * This read returns as soon as execve() in the child has succeeded or
	 * failed, so the broker waits only a short time.
	 */
	if (read(report[0], &r, sizeof(r)) != sizeof(r))
		r = 0;
	close(report[0]);
	if (r == 0) {
		*ret_pidfd = xengt_pidfd_open(pid);
		if (*ret_pidfd >= 0) {
			*ret_pid = pid;
			return 0;
		}
		r = *ret_pidfd;
		kill(pid, SIGKILL);
	}
	waitpid(pid, NULL, 0);
	return r;
}

int xengt_child_reap(int pidfd)
{
	siginfo_t info = { 0 };

	if (waitid((idtype_t)P_PIDFD, pidfd, &info, WEXITED | WNOHANG) < 0 ||
	    !info.si_pid)
		return -1;
	if (info.si_code == CLD_EXITED)
		return W_EXITCODE(info.si_status, 0);
	return W_EXITCODE(0, info.si_status);
}

void xengt_child_describe(int status, char *text, size_t len)
{
	if (status < 0)
		snprintf(text, len, "it is gone");
	else if (WIFSIGNALED(status))
		snprintf(text, len, "signal %d (%s)", WTERMSIG(status),
			 strsignal(WTERMSIG(status)));
	else
		snprintf(text, len, "exit status %d", WEXITSTATUS(status));
}

/* ---- logs and sockets ---- */

int xengt_child_open_log(const char *path)
{
	char old[520];
	struct stat st;
	int fd;

	snprintf(old, sizeof(old), "%s.1", path);
	if (lstat(path, &st) == 0 && st.st_size > LOG_KEEP_BYTES)
		rename(path, old);
	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC,
		  0640);
	if (fd >= 0)
		return fd;
	xengt_warn("cannot write %s: %s", path, strerror(errno));
	fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

static int new_socket(const char *path, struct sockaddr_un *addr)
{
	int fd;

	*addr = (struct sockaddr_un){ .sun_family = AF_UNIX };
	if (strlen(path) >= sizeof(addr->sun_path))
		return -ENAMETOOLONG;
	strcpy(addr->sun_path, path);
	fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return fd < 0 ? -errno : fd;
}

int xengt_child_bind(const char *path)
{
	struct sockaddr_un addr;
	int fd = new_socket(path, &addr), r;
	mode_t mask;

	if (fd < 0)
		return fd;
	unlink(path);
	mask = umask(0177);
	r = bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ? -errno : fd;
	umask(mask);
	if (r < 0)
		close(fd);
	return r;
}

/*
 * SO_PEERCRED names the process that called listen(): the child. Only the child has the
 * listening socket, so connect() succeeds only while the child runs. If the child ended
 * before pidfd_open(), the pidfd might belong to another process. In this case no answer
 * from the child arrives on this connection.
 */
int xengt_child_connect(const char *path, int *ret_fd, pid_t *ret_pid,
			int *ret_pidfd)
{
	struct sockaddr_un addr;
	struct ucred cred;
	socklen_t len = sizeof(cred);
	int fd = new_socket(path, &addr), r = 0;

	if (fd < 0)
		return fd;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) < 0)
		r = -errno;
	if (r == 0)
		r = xengt_pidfd_open(cred.pid);
	if (r < 0) {
		close(fd);
		return r;
	}
	*ret_fd = fd;
	*ret_pid = cred.pid;
	*ret_pidfd = r;
	return 0;
}
