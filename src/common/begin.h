/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Brings the descriptors, signals and limits that a program inherited into a known state.
 * Each program of xengt calls one of these functions first in main(). These functions
 * need only libc.
 */
#ifndef XENGT_BEGIN_H
#define XENGT_BEGIN_H

/*
 * For tools, and for programs that later exec() another program. After the call:
 *  - descriptors 0, 1 and 2 are open. If the caller had closed such a descriptor,
 *    its use still fails, but no file that is opened later gets the descriptor's
 *    number.
 *  - SIGCHLD has its default action, so children can be waited for.
 * The function does not change anything else that a caller can set: ignored and
 * blocked signals, umask, limits, environment variables.
 */
void xengt_begin(void);

/*
 * For daemons. Calls xengt_begin(). After the call, in addition:
 *  - no signal is blocked. Signals that would end a daemon without a log line,
 *    or have no meaning for it, are ignored: SIGHUP, SIGPIPE, SIGXFSZ,
 *    SIGUSR1 ...; other signals have their default action.
 *  - the umask is 022; the soft limits of open files and file size are raised
 *    to the hard limits.
 */
void xengt_begin_daemon(void);

#endif /* XENGT_BEGIN_H */
