// SPDX-License-Identifier: GPL-2.0-only
#include "patience.h"

#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PATIENCE_SEC	600

static unsigned int patience_sec(void)
{
	const char *text = getenv("XENGT_TEST_PATIENCE");
	int sec = text ? atoi(text) : 0;

	return sec > 0 ? (unsigned int)sec : PATIENCE_SEC;
}

static void patience_is_over(int sig)
{
	static const char text[] =
		"the test hangs: nothing happened for XENGT_TEST_PATIENCE seconds\n";

	(void)sig;
	(void)!write(STDERR_FILENO, text, sizeof(text) - 1);
	_exit(1);
}

void patience_renew(void)
{
	signal(SIGALRM, patience_is_over);
	alarm(patience_sec());
}

void patience_end(void)
{
	alarm(0);
}
