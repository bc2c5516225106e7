/* SPDX-License-Identifier: GPL-2.0-only */
/* Raises the limit of granted pages; see gntlimit.h. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "xengtd/gntlimit.h"
#include "common/text.h"

static int read_limit(const char *path, uint64_t *ret_limit)
{
	char text[32];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, sizeof(text) - 1);
	if (n < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	close(fd);
	text[n] = '\0';
	text[strcspn(text, "\n")] = '\0';
	return xengt_text_number(text, UINT32_MAX, ret_limit) < 0 ? -EPROTO : 0;
}

static int write_limit(const char *path, uint32_t pages)
{
	char text[32];
	int fd = open(path, O_WRONLY | O_CLOEXEC), r = 0;
	ssize_t n = snprintf(text, sizeof(text), "%u\n", pages);

	if (fd < 0)
		return -errno;
	errno = 0;
	if (write(fd, text, (size_t)n) != n)
		r = errno ? -errno : -EIO;
	close(fd);
	return r;
}

int xengt_gntlimit_raise(const char *path, uint32_t pages)
{
	uint64_t limit;
	int r = read_limit(path, &limit);

	if (r < 0 || limit >= pages)
		return r;
	r = write_limit(path, pages);
	if (r == 0)
		r = read_limit(path, &limit);
	if (r == 0 && limit < pages)
		r = -EPROTO;
	return r;
}
