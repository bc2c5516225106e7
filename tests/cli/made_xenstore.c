/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A library that is preloaded into the programs that a case runs. The library
 * replaces xenstore by the directory XENGT_TEST_STORE of the case. A node is a
 * directory, whose file "=" has the node's text. If "=" is a directory, a read
 * of the node fails (EIO). If XENGT_TEST_STORE does not exist, xenstored seems
 * not to run. If this directory has a file "broker", a broker seems to run: the
 * file's text is the broker's answer to a request for a vGPU; a request to
 * remove a vGPU always succeeds.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xenstore.h>

struct xs_handle {
	const char *dir;
	int fd;
};

static void path_of(struct xs_handle *h, const char *node, const char *file,
		    char *path)
{
	snprintf(path, PATH_MAX, "%s%s%s", h->dir, node, file);
}

static void *read_file(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t len;

	if (!f)
		return NULL;
	len = getdelim(&text, &size, '\0', f);
	fclose(f);
	if (len >= 0)
		return text;
	free(text);
	errno = EIO;
	return NULL;
}

static bool write_file(const char *path, const char *text, size_t len)
{
	FILE *f = fopen(path, "we");

	return f && fwrite(text, 1, len, f) == len && !fclose(f);
}

struct xs_handle *xs_open(unsigned long flags)
{
	struct xs_handle *h = calloc(1, sizeof(*h));

	(void)flags;
	h->dir = getenv("XENGT_TEST_STORE");
	h->fd = eventfd(0, EFD_CLOEXEC);
	if (h->dir && !access(h->dir, F_OK))
		return h;
	xs_close(h);
	errno = ENOENT;
	return NULL;
}

void xs_close(struct xs_handle *h)
{
	close(h->fd);
	free(h);
}

void *xs_read(struct xs_handle *h, xs_transaction_t t, const char *path,
	      unsigned int *len)
{
	char file[PATH_MAX], *text;

	(void)t;
	path_of(h, path, "/=", file);
	text = read_file(file);
	if (text && len)
		*len = strlen(text);
	return text;
}

/* Does what the broker would do after a write of the node `state`. */
static void answer(struct xs_handle *h, const char *path)
{
	char file[PATH_MAX], rule[PATH_MAX], *said;

	path_of(h, "/broker", "", rule);
	said = read_file(rule);
	if (!said)
		return;
	path_of(h, path, "/=", file);
	write_file(file, said, strcspn(said, "\n"));
	free(said);
}

bool xs_write(struct xs_handle *h, xs_transaction_t t, const char *path,
	      const void *data, unsigned int len)
{
	char file[PATH_MAX];
	size_t end = strlen(path);

	(void)t;
	path_of(h, path, "", file);
	for (char *p = file + strlen(h->dir) + 1; (p = strchr(p, '/')); p++) {
		*p = '\0';
		mkdir(file, 0700);
		*p = '/';
	}
	mkdir(file, 0700);
	path_of(h, path, "/=", file);
	if (!write_file(file, data, len))
		return false;
	if (end < 6 || strcmp(path + end - 6, "/state") || len != 1)
		return true;
	if (*(const char *)data == '5')
		return write_file(file, "6", 1);
	answer(h, path);
	return true;
}

bool xs_rm(struct xs_handle *h, xs_transaction_t t, const char *path)
{
	char file[PATH_MAX], command[PATH_MAX + 16];

	(void)t;
	path_of(h, path, "", file);
	if (access(file, F_OK)) {
		errno = ENOENT;
		return false;
	}
	snprintf(command, sizeof(command), "rm -r '%s'", file);
	return !system(command);
}

char **xs_directory(struct xs_handle *h, xs_transaction_t t, const char *path,
		    unsigned int *num)
{
	char file[PATH_MAX];
	struct dirent **found;
	char **names;
	int count, n = 0;

	(void)t;
	path_of(h, path, "", file);
	count = scandir(file, &found, NULL, alphasort);
	if (count < 0)
		return NULL;
	names = calloc(count + 1, sizeof(*names));
	for (int i = 0; i < count; i++)
		if (found[i]->d_name[0] != '.' && found[i]->d_name[0] != '=')
			names[n++] = strdup(found[i]->d_name);
	*num = n;
	return names;
}

xs_transaction_t xs_transaction_start(struct xs_handle *h)
{
	(void)h;
	return 1;
}

bool xs_transaction_end(struct xs_handle *h, xs_transaction_t t, bool abort)
{
	(void)h;
	(void)t;
	(void)abort;
	return true;
}

bool xs_watch(struct xs_handle *h, const char *path, const char *token)
{
	(void)h;
	(void)path;
	(void)token;
	return true;
}

bool xs_unwatch(struct xs_handle *h, const char *path, const char *token)
{
	return xs_watch(h, path, token);
}

char **xs_check_watch(struct xs_handle *h)
{
	(void)h;
	errno = EAGAIN;
	return NULL;
}

int xs_fileno(struct xs_handle *h)
{
	return h->fd;
}
