/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts programs that inherit only the descriptors and the environment that
 * they are given.
 */
#ifndef XENGT_CHILD_H
#define XENGT_CHILD_H

#include <sys/types.h>

struct xengt_child_fd {
	int from, to;
};

/*
 * Start a program in a session of its own: standard input is /dev/null,
 * standard output and error are out_fd. fds lists descriptors and their numbers
 * in the program (3 and above), up to an entry with to < 0; the program has no
 * others. Signals have their default actions. Writes the process id and a
 * pidfd, which the caller closes. Returns 0 or -errno, also when the program
 * cannot be executed.
 */
int xengt_child_start(const char *const argv[], const char *const envp[],
		      int out_fd, const struct xengt_child_fd *fds,
		      pid_t *ret_pid, int *ret_pidfd);

/*
 * Reap the process; call this after the pidfd became readable. Returns the wait
 * status, or -1 if the process has not ended, or is not a child of the broker,
 * so its status is unknown.
 */
int xengt_child_reap(int pidfd);

/* "exit status 3", "signal 9 (Killed)" */
void xengt_child_describe(int status, char *text, size_t len);

int xengt_pidfd_open(pid_t pid);
int xengt_pidfd_signal(int pidfd, int sig);

#endif /* XENGT_CHILD_H */
