/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The last resort against a test that hangs (docs/testing.md): the program ends,
 * and fails, where nothing happens for XENGT_TEST_PATIENCE seconds.
 */
#ifndef XENGT_PATIENCE_H
#define XENGT_PATIENCE_H

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_SEC	600

static inline unsigned int patience_sec(void)
{
	const char *text = getenv("XENGT_TEST_PATIENCE");
	int sec = text ? atoi(text) : 0;

	return sec > 0 ? (unsigned int)sec : PATIENCE_SEC;
}

static inline void patience_is_over(int sig)
{
	static const char text[] =
		"nothing happens any more (XENGT_TEST_PATIENCE)\n";

	(void)sig;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

/* Something happened, or is about to: patience begins anew. */
static inline void patience_renew(void)
{
	signal(SIGALRM, patience_is_over);
	alarm(patience_sec());
}

/* Nothing is waited for. */
static inline void patience_end(void)
{
	alarm(0);
}

#endif /* XENGT_PATIENCE_H */
