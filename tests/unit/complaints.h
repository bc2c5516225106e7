/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts what a program complains of, for tests whose calls of xengt_log() the linker redirects
 * (WRAP_test_NAME in the Makefile). The lines are not written.
 */
#ifndef COMPLAINTS_H
#define COMPLAINTS_H

/* Number of log lines of level warning or worse. A test sets this to 0. */
extern int complaints;

#endif /* COMPLAINTS_H */
