/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts programs. A started program inherits only the descriptors and the
 * environment that the caller lists.
 */
#ifndef XENGT_CHILD_H
#define XENGT_CHILD_H

#include <sys/types.h>

struct xengt_child_fd {
	int from, to;
};

/*
 * Start a program in a session of its own. The program's standard input is
 * /dev/null; the program's standard output and standard error are out_fd. fds
 * lists the program's other descriptors and their numbers in the program (3 and
 * above); the list ends at an entry whose member `to` is negative. The
 * program's signals have their default actions. *ret_pid becomes the process
 * id, and *ret_pidfd a pidfd, which the caller must close. Returns 0, or -errno
 * if the process cannot be started or cannot execute the program.
 */
int xengt_child_start(const char *const argv[], const char *const envp[],
		      int out_fd, const struct xengt_child_fd *fds,
		      pid_t *ret_pid, int *ret_pidfd);

/*
 * Reap the process; call this function after the pidfd became readable. Returns
 * the wait status. Returns -1 if the status is unknown: the process has not
 * ended, or is no child of the broker.
 */
int xengt_child_reap(int pidfd);

/*
 * Write a wait status as text, such as "exit status 3" or "signal 9 (Killed)"
 */
void xengt_child_describe(int status, char *text, size_t len);

/*
 * Open a child's log file to append to it. If the file has become large, the function
 * first renames it to path.1. If the file cannot be opened, returns /dev/null. Returns a
 * descriptor or -errno.
 */
int xengt_child_open_log(const char *path);
/*
 * Returns a socket (SOCK_SEQPACKET) that is bound to this path, which only root may use,
 * but that does not listen; or -errno. The child must call listen(): then
 * xengt_child_connect() can find the child.
 */
int xengt_child_bind(const char *path);
/*
 * Connect to the child that listens at this path, also if an earlier broker started it.
 * Returns 0: the caller owns the descriptors; or -errno: -ENOENT and -ECONNREFUSED mean
 * that no child listens (yet).
 */
int xengt_child_connect(const char *path, int *ret_fd, pid_t *ret_pid,
			int *ret_pidfd);

int xengt_pidfd_open(pid_t pid);
int xengt_pidfd_signal(int pidfd, int sig);

#endif /* XENGT_CHILD_H */
