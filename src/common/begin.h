/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Brings descriptors, signals and limits that a program inherited into a known
 * state. Each of our programs calls one of these functions first in main().
 * They need only libc.
 */
#ifndef XENGT_BEGIN_H
#define XENGT_BEGIN_H

/*
 * For tools, and for programs that another program follows by exec():
 *  - descriptors 0, 1 and 2 are open. If one was closed, its use still fails,
 *    but no file that is opened later gets its number.
 *  - SIGCHLD has its default action, so children can be waited for.
 * All else stays as the caller chose it: signals that it ignores or blocks,
 * umask, limits, environment.
 */
void xengt_begin(void);

/*
 * For daemons, which serve others than the caller, in addition:
 *  - no signal is blocked. Signals that would end a daemon without a word, or
 *    have no meaning for it, are ignored: SIGHUP, SIGPIPE, SIGXFSZ, SIGUSR1
 *    ...; other signals have their default action.
 *  - the umask is 022; the numbers of descriptors and the sizes of files are limited
 *    by the hard limits alone.
 */
void xengt_begin_daemon(void);

#endif /* XENGT_BEGIN_H */
