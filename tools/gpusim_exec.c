// SPDX-License-Identifier: GPL-2.0-only
/*
 * xengt-gpusim: executes QEMU in the process that the user started, so that the
 * user gets QEMU's exit status. The simulator is a child of this process.
 */
#include "gpusim.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int gpusim_setup_failed(const char *what)
{
	fprintf(stderr, "xengt-gpusim: %s: %s\n", what, strerror(errno));
	return EXIT_SETUP;
}

char *gpusim_with_fd(char *arg, int fd)
{
	static const char mark[] = "@FD@";
	char *out = NULL, *next, *at = strstr(arg, mark);

	if (!at)
		return arg;
	if (asprintf(&out, "%.*s%d%s", (int)(at - arg), arg, fd,
		     at + strlen(mark)) < 0)
		return NULL;
	next = gpusim_with_fd(out, fd);
	if (next != out)
		free(out);
	return next;
}

int gpusim_exec_qemu(char **argv, int fd)
{
	bool found = false;

	for (char **a = argv; *a; a++) {
		char *arg = gpusim_with_fd(*a, fd);

		if (!arg)
			return gpusim_setup_failed("arguments");
		found |= arg != *a;
		*a = arg;
	}
	if (!found)
		fprintf(stderr,
			"xengt-gpusim: warning: no @FD@ in QEMU's arguments\n");
	execvp(argv[0], argv);
	return gpusim_setup_failed(argv[0]);
}
