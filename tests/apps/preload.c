// SPDX-License-Identifier: GPL-2.0-only
/*
 * Replacements of the libc functions that the program calls. For paths that begin with
 * /dev/dri or "/sys/dev/char/226:" the program gets the files of the tree that
 * XENGT_APPS_ROOT names; tests/apps/run makes the tree. All other calls go to libc.
 */
#include "standin.h"

#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define FDS_MAX		1024
#define NODE		"/dev/dri/renderD128"
#define NODE_BY_PATH	"/dev/dri/by-path/pci-0000:00:02.0-render"

/*
 * The functions of this file are called in place of libc's functions of the same name;
 * ORIG() sets orig to libc's function.
 */
#define ORIG(name)							\
	static __typeof__(name) *orig;					\
	if (!orig)							\
		orig = (__typeof__(orig))dlsym(RTLD_NEXT, #name)

static bool is_device[FDS_MAX];

static bool is_dev(int fd)
{
	return fd >= 0 && fd < FDS_MAX && is_device[fd];
}

static int note(int fd, bool is)
{
	if (fd >= 0 && fd < FDS_MAX)
		is_device[fd] = is;
	return fd;
}

static bool is_ours(const char *path)
{
	static const char *const dirs[] = {
		"/dev/dri", "/sys/dev/char/226:", "/sys/class/drm",
		"/sys/bus/pci/devices/0000:00:02.0",
	};

	for (size_t i = 0; i < sizeof(dirs) / sizeof(dirs[0]); i++)
		if (path && !strncmp(path, dirs[i], strlen(dirs[i])))
			return true;
	return false;
}

/*
 * Returns the path below XENGT_APPS_ROOT if is_ours(path), otherwise path itself. buf has
 * PATH_MAX bytes.
 */
static const char *real(const char *path, char *buf)
{
	const char *root = getenv("XENGT_APPS_ROOT");

	if (!root || !is_ours(path))
		return path;
	snprintf(buf, PATH_MAX, "%s%s", root, path);
	return buf;
}

static bool is_node(const char *path)
{
	return path && (!strcmp(path, NODE) || !strcmp(path, NODE_BY_PATH));
}

/* ---- open and close ---- */

#define MODE(flags, mode)						\
	do {								\
		if ((flags) & (O_CREAT | __O_TMPFILE)) {		\
			va_list ap;					\
									\
			va_start(ap, flags);				\
			(mode) = va_arg(ap, mode_t);			\
			va_end(ap);					\
		}							\
	} while (0)

int open(const char *path, int flags, ...)
{
	char buf[PATH_MAX];
	mode_t mode = 0;

	ORIG(open);
	MODE(flags, mode);
	return note(orig(real(path, buf), flags, mode), is_node(path));
}

int open64(const char *path, int flags, ...)
{
	char buf[PATH_MAX];
	mode_t mode = 0;

	ORIG(open64);
	MODE(flags, mode);
	return note(orig(real(path, buf), flags, mode), is_node(path));
}

int openat(int dir, const char *path, int flags, ...)
{
	char buf[PATH_MAX];
	mode_t mode = 0;

	ORIG(openat);
	MODE(flags, mode);
	return note(orig(dir, real(path, buf), flags, mode), is_node(path));
}

/* Programs that were built with _FORTIFY_SOURCE call this function in place of open(). */
int __open_2(const char *path, int flags);
int __open_2(const char *path, int flags)
{
	return open(path, flags);
}

int __open64_2(const char *path, int flags);
int __open64_2(const char *path, int flags)
{
	return open64(path, flags);
}

int close(int fd)
{
	ORIG(close);
	note(fd, false);
	return orig(fd);
}

int dup(int fd)
{
	ORIG(dup);
	return note(orig(fd), is_dev(fd));
}

static int control(int (*orig)(int, int, ...), int fd, int cmd, void *arg)
{
	int r = orig(fd, cmd, arg);

	if (cmd == F_DUPFD || cmd == F_DUPFD_CLOEXEC)
		note(r, is_dev(fd));
	return r;
}

int fcntl(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	ORIG(fcntl);
	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return control(orig, fd, cmd, arg);
}

int fcntl64(int fd, int cmd, ...)
{
	va_list ap;
	void *arg;

	ORIG(fcntl64);
	va_start(ap, cmd);
	arg = va_arg(ap, void *);
	va_end(ap);
	return control(orig, fd, cmd, arg);
}

FILE *fopen(const char *path, const char *mode)
{
	char buf[PATH_MAX];

	ORIG(fopen);
	return orig(real(path, buf), mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	char buf[PATH_MAX];

	ORIG(fopen64);
	return orig(real(path, buf), mode);
}

/* ---- files and folders ---- */

DIR *opendir(const char *path)
{
	char buf[PATH_MAX];

	ORIG(opendir);
	return orig(real(path, buf));
}

int scandir(const char *path, struct dirent ***list, int (*select)(const struct dirent *),
	    int (*compare)(const struct dirent **, const struct dirent **))
{
	char buf[PATH_MAX];

	ORIG(scandir);
	return orig(real(path, buf), list, select, compare);
}

int access(const char *path, int mode)
{
	char buf[PATH_MAX];

	ORIG(access);
	return orig(real(path, buf), mode);
}

ssize_t readlink(const char *path, char *to, size_t len)
{
	char buf[PATH_MAX];

	ORIG(readlink);
	return orig(real(path, buf), to, len);
}

ssize_t __readlink_chk(const char *path, char *to, size_t len, size_t size);
ssize_t __readlink_chk(const char *path, char *to, size_t len, size_t size)
{
	return readlink(path, to, len < size ? len : size);
}

char *realpath(const char *path, char *to)
{
	char buf[PATH_MAX];

	ORIG(realpath);
	return orig(real(path, buf), to);
}

char *__realpath_chk(const char *path, char *to, size_t size);
char *__realpath_chk(const char *path, char *to, size_t size)
{
	(void)size;
	return realpath(path, to);
}

/* struct stat and struct stat64 have the same layout on this machine. */
static int as_node(int r, struct stat *st, bool is)
{
	if (!r && is) {
		st->st_mode = S_IFCHR | 0666;
		st->st_rdev = makedev(226, 128);
	}
	return r;
}

#define STAT(name, type)						\
	int name(const char *path, struct type *st)			\
	{								\
		char buf[PATH_MAX];					\
									\
		ORIG(name);						\
		return as_node(orig(real(path, buf), st), (void *)st,	\
			       is_node(path));				\
	}

STAT(stat, stat)
STAT(stat64, stat64)
STAT(lstat, stat)
STAT(lstat64, stat64)

int fstat(int fd, struct stat *st)
{
	ORIG(fstat);
	return as_node(orig(fd, st), st, is_dev(fd));
}

int fstat64(int fd, struct stat64 *st)
{
	ORIG(fstat64);
	return as_node(orig(fd, st), (void *)st, is_dev(fd));
}

/* ---- the device ---- */

int ioctl(int fd, unsigned long request, ...)
{
	va_list ap;
	void *arg;

	ORIG(ioctl);
	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	return is_dev(fd) ? app_ioctl(request, arg) : orig(fd, request, arg);
}

static bool map(void *at, size_t len, int prot, int flags, int fd, off_t off, void **ret)
{
	void *want = flags & MAP_FIXED ? at : NULL;

	if (is_dev(fd)) {
		*ret = app_bo_mmap((uint64_t)off, len, prot, want);
		return true;
	}
	return fd >= 0 && !app_bo_mmap_file(fd, len, prot, want, (uint64_t)off, ret);
}

void *mmap(void *at, size_t len, int prot, int flags, int fd, off_t off)
{
	void *ret;

	ORIG(mmap);
	return map(at, len, prot, flags, fd, off, &ret) ? ret :
		orig(at, len, prot, flags, fd, off);
}

void *mmap64(void *at, size_t len, int prot, int flags, int fd, off64_t off)
{
	void *ret;

	ORIG(mmap64);
	return map(at, len, prot, flags, fd, off, &ret) ? ret :
		orig(at, len, prot, flags, fd, off);
}

static off64_t size_of(int fd, off64_t off, int whence)
{
	return whence == SEEK_END && !off ? app_prime_size(fd) : -1;
}

off_t lseek(int fd, off_t off, int whence)
{
	off_t size = size_of(fd, off, whence);

	ORIG(lseek);
	return size >= 0 ? size : orig(fd, off, whence);
}

off64_t lseek64(int fd, off64_t off, int whence)
{
	off64_t size = size_of(fd, off, whence);

	ORIG(lseek64);
	return size >= 0 ? size : orig(fd, off, whence);
}
