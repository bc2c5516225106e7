/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * guest-run NAME [-t SECONDS] [--] CMD...
 * guest-wait NAME [-t SECONDS]
 *
 * guest-run runs CMD in a running guest that build-guest made; guest-run prints CMD's
 * output and ends with CMD's exit status. A single argument is a shell command line.
 * Several arguments are words, and the guest's shell does not interpret them. CMD's output
 * goes through a pipe, so that programs that CMD leaves in the background do not keep
 * standard output open. guest-wait waits until the guest answers. Exit statuses of
 * guest-run itself: 124: no answer in time (default 120 s and 180 s, by dom0's clock); 125:
 * the guest does not exist or has ended, or xenstore fails.
 *
 * guest-run writes a line "@run ID BASE64" to the guest's console. The guest
 * (lib/guest-loop) then prints every line of output as "ID| line", and
 * "==guest-exit:ID:STATUS==" at the end, which the console's log records. By these marks
 * guest-run tells CMD's output from kernel messages on the same console.
 *
 * guest-run is one program, linked statically, because in an emulated machine the start of
 * another process takes longer than this program's whole work.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <xenstore.h>

#define MS		1000000
#define POLL_FIRST_MS	10
#define POLL_LAST_MS	160
#define ALIVE_MS	2000	/* time between two checks whether the guest still exists */
#define ASK_AGAIN_MS	10000	/* time between two tries while a guest boots,
				 * because early lines may be lost */

enum { TOO_LATE = 124, NO_GUEST = 125 };

static const char *self;
static struct xs_handle *xs;

static void __attribute__((format(printf, 2, 3), noreturn))
die(int status, const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fprintf(stderr, "%s: ", self);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(status);
}

static uint64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000 + (uint64_t)t.tv_nsec / MS;
}

static void sleep_ms(unsigned int ms)
{
	struct timespec t = { ms / 1000, (long)(ms % 1000) * MS };

	nanosleep(&t, NULL);
}

static void *must(void *p)
{
	if (!p)
		die(NO_GUEST, "%s", strerror(errno));
	return p;
}

/* ---- the guest ---- */

/*
 * Returns the value of a node, which the caller frees, or NULL if there is no such node. If
 * xenstore fails, the program ends.
 */
static char *node(const char *path)
{
	char *val = xs_read(xs, XBT_NULL, path, NULL);

	if (!val && errno != ENOENT)
		die(NO_GUEST, "xenstore does not say %s: %s", path,
		    strerror(errno));
	return val;
}

static char *node_of(const char *domid, const char *name)
{
	char path[128];

	snprintf(path, sizeof(path), "/local/domain/%s/%s", domid, name);
	return node(path);
}

/*
 * Returns the path of the guest's console, which the caller frees, or NULL if the guest has
 * no console yet. libxl makes an empty node a moment after the domain has its name, and
 * QEMU or xenconsoled writes the path to this node later.
 */
static char *console_of(const char *domid)
{
	char *tty = node_of(domid, "console/tty");

	if (tty && !*tty) {
		free(tty);
		tty = NULL;
	}
	return tty;
}

static bool is_named(const char *domid, const char *name)
{
	char *val = node_of(domid, "name");
	bool is = val && strcmp(val, name) == 0;

	free(val);
	return is;
}

/*
 * Returns the guest's domid as text, which the caller frees, or NULL if there is no such
 * guest.
 */
static char *find(const char *name)
{
	unsigned int n;
	char **all = xs_directory(xs, XBT_NULL, "/local/domain", &n);
	char *domid = NULL;

	if (!all)
		die(NO_GUEST, "xenstore does not say which domains there are: %s",
		    strerror(errno));
	for (unsigned int i = 0; i < n && !domid; i++) {
		if (is_named(all[i], name))
			domid = must(strdup(all[i]));
	}
	free(all);
	return domid;
}

/* ---- the question ---- */

/*
 * Returns a shell command line, which the caller frees. A single word stays unchanged;
 * several words are quoted.
 */
static char *line_of(char **words, int count)
{
	char *line, *at;
	size_t len = 1;

	if (count == 1)
		return must(strdup(words[0]));
	for (int i = 0; i < count; i++)
		len += strlen(words[i]) * 4 + 3;
	line = at = must(malloc(len));
	for (int i = 0; i < count; i++) {
		*at++ = ' ';
		*at++ = '\'';
		for (const char *c = words[i]; *c; c++) {
			if (*c == '\'')
				at = stpcpy(at, "'\\''");
			else
				*at++ = *c;
		}
		*at++ = '\'';
	}
	*at = 0;
	return line;
}

static char *base64(const char *text)
{
	static const char digits[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t len = strlen(text);
	char *out = must(malloc((len + 2) / 3 * 4 + 1)), *at = out;

	for (size_t i = 0; i < len; i += 3) {
		uint32_t v = (uint32_t)(uint8_t)text[i] << 16;

		if (i + 1 < len)
			v |= (uint32_t)(uint8_t)text[i + 1] << 8;
		if (i + 2 < len)
			v |= (uint8_t)text[i + 2];
		*at++ = digits[v >> 18];
		*at++ = digits[v >> 12 & 63];
		*at++ = i + 1 < len ? digits[v >> 6 & 63] : '=';
		*at++ = i + 2 < len ? digits[v & 63] : '=';
	}
	*at = 0;
	return out;
}

static void ask(const char *tty, const char *id, const char *coded)
{
	int fd = open(tty, O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0 || dprintf(fd, "@run %s %s\n", id, coded) < 0)
		die(NO_GUEST, "cannot write to the console %s: %s", tty,
		    strerror(errno));
	close(fd);
}

/* ---- the answer ---- */

struct answer {
	const char *id;
	int fd;			/* the console's log */
	char *text;		/* the part of a line that is not complete
				 * yet */
	size_t len, size;
	bool is_quiet;
	int status;		/* -1: not known yet */
};

/*
 * Returns where "==guest-exit:ID:STATUS==" begins, and sets *status. Returns NULL if the
 * line does not end with this text.
 */
static const char *exit_in(const char *line, const char *id, int *status)
{
	char mark[64];
	const char *at;
	int end = 0;

	snprintf(mark, sizeof(mark), "==guest-exit:%s:", id);
	at = strstr(line, mark);
	if (!at || sscanf(at + strlen(mark), "%d==%n", status, &end) != 1 ||
	    !end || at[strlen(mark) + (size_t)end])
		return NULL;
	return at;
}

static void take_line(struct answer *a, char *line, size_t len)
{
	size_t prefix = strlen(a->id);
	bool is_output;
	const char *end;

	while (len && line[len - 1] == '\r')
		line[--len] = 0;
	is_output = strncmp(line, a->id, prefix) == 0 &&
		    strncmp(line + prefix, "| ", 2) == 0;
	end = exit_in(line, a->id, &a->status);
	if (!is_output || a->is_quiet)
		return;
	line += prefix + 2;
	/* CMD's last line may have had no newline */
	if (end)
		printf("%.*s", (int)(end - line), line);
	else
		puts(line);
}

/* Reads the new part of the log. */
static bool take_more(struct answer *a)
{
	ssize_t got;
	char *end;

	if (a->size - a->len < 4096) {
		a->size += 65536;
		a->text = must(realloc(a->text, a->size));
	}
	got = read(a->fd, a->text + a->len, a->size - a->len - 1);
	if (got < 0)
		die(NO_GUEST, "cannot read the console's log: %s",
		    strerror(errno));
	a->len += (size_t)got;
	while (a->status < 0 && (end = memchr(a->text, '\n', a->len))) {
		size_t len = (size_t)(end - a->text);

		*end = 0;
		take_line(a, a->text, len);
		a->len -= len + 1;
		memmove(a->text, end + 1, a->len);
	}
	fflush(stdout);
	return got;
}

static int open_log(const char *name)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/var/log/xen/console/guest-%s.log", name);
	fd = open(path, O_RDONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		die(NO_GUEST, "%s: %s", path, strerror(errno));
	return fd;
}

/* Lets one caller at a time use a guest. */
static void lock(const char *name, uint64_t end)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/guest-run.%s.lock", name);
	fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		die(NO_GUEST, "%s: %s", path, strerror(errno));
	while (flock(fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			die(NO_GUEST, "%s: %s", path, strerror(errno));
		if (now_ms() >= end)
			die(TOO_LATE, "guest %s is busy", name);
		sleep_ms(POLL_LAST_MS);
	}
}

/*
 * Runs a line in the guest. Returns its exit status. is_booting: send the line
 * again if there is no answer.
 */
static int run(const char *name, const char *line, unsigned int seconds,
	       bool is_booting)
{
	uint64_t end = now_ms() + seconds * UINT64_C(1000);
	uint64_t alive_at = now_ms() + ALIVE_MS, ask_at = 0;
	struct answer answer = { .status = -1, .is_quiet = is_booting };
	char *domid = find(name), *tty, *coded = base64(line);
	unsigned int pause = POLL_FIRST_MS;
	char id[64];

	if (!domid)
		die(NO_GUEST, "no guest %s", name);
	while (!(tty = console_of(domid))) {
		if (!is_booting || !is_named(domid, name))
			die(NO_GUEST, "guest %s has no console", name);
		if (now_ms() >= end)
			die(TOO_LATE, "%s has no console after %u s", name,
			    seconds);
		sleep_ms(POLL_LAST_MS);
	}
	lock(name, end);
	snprintf(id, sizeof(id), "r%llx.%x", (unsigned long long)now_ms(),
		 (unsigned int)getpid());
	answer.id = id;
	answer.fd = open_log(name);
	for (;;) {
		uint64_t now = now_ms();

		if (now >= ask_at) {
			ask(tty, id, coded);
			ask_at = is_booting ? now + ASK_AGAIN_MS : UINT64_MAX;
		}
		if (take_more(&answer))
			pause = POLL_FIRST_MS;
		if (answer.status >= 0)
			break;
		if (now >= end)
			return TOO_LATE;
		if (now >= alive_at) {
			if (!is_named(domid, name))
				die(NO_GUEST, "guest %s is gone", name);
			alive_at = now + ALIVE_MS;
		}
		sleep_ms(pause);
		if (pause < POLL_LAST_MS)
			pause *= 2;
	}
	free(coded);
	free(domid);
	free(tty);
	free(answer.text);
	return answer.status;
}

static void __attribute__((noreturn)) usage(void)
{
	fprintf(stderr, "usage: guest-run NAME [-t SECONDS] [--] CMD...\n"
			"       guest-wait NAME [-t SECONDS]\n");
	exit(2);
}

int main(int argc, char **argv)
{
	bool is_wait;
	unsigned int limit;
	int at = 2, status;
	char *line, *end;

	self = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	is_wait = strcmp(self, "guest-wait") == 0;
	limit = is_wait ? 180 : 120;
	if (argc < 2)
		usage();
	if (at + 1 < argc && strcmp(argv[at], "-t") == 0) {
		limit = (unsigned int)strtoul(argv[at + 1], &end, 10);
		if (*end || !*argv[at + 1])
			usage();
		at += 2;
	}
	if (at < argc && strcmp(argv[at], "--") == 0)
		at++;
	if ((at < argc) == is_wait)
		usage();
	xs = xs_open(0);
	if (!xs)
		die(NO_GUEST, "xenstore does not answer: %s", strerror(errno));
	line = is_wait ? must(strdup("true")) : line_of(argv + at, argc - at);
	status = run(argv[1], line, limit, is_wait);
	if (status == TOO_LATE)
		fprintf(stderr, "%s: no answer from %s in %u s\n", self, argv[1],
			limit);
	free(line);
	xs_close(xs);
	return status;
}
