/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Writes log lines to stderr, each with one write(2), so that the lines of
 * several processes on one descriptor do not mix.
 */
#include "xengt/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "common/text.h"

#define LINE_BYTES	1024
#define PREFIX_BYTES	32

static char log_prefix[PREFIX_BYTES];
static bool has_time;
static enum xengt_log_level log_max = XENGT_LOG_INFO;

void xengt_log_set_prefix(const char *prefix)
{
	snprintf(log_prefix, sizeof(log_prefix), "%s", prefix);
}

void xengt_log_set_time(bool on)
{
	has_time = on;
}

void xengt_log_set_level(enum xengt_log_level max)
{
	log_max = max;
}

static const char *level_name(enum xengt_log_level level)
{
	switch (level) {
	case XENGT_LOG_ERR:
		return "err";
	case XENGT_LOG_WARN:
		return "warn";
	case XENGT_LOG_INFO:
		return "info";
	case XENGT_LOG_DEBUG:
		break;
	}
	return "debug";
}

/* Add text to the line at *used; text that does not fit is cut. */
static void append(char *line, size_t *used, const char *fmt, va_list args)
{
	size_t room = LINE_BYTES - *used;
	int n = vsnprintf(line + *used, room, fmt, args);

	if (n < 0)
		return;
	*used += (size_t)n < room ? (size_t)n : room - 1;
}

static void __attribute__((format(printf, 3, 4)))
appendf(char *line, size_t *used, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	append(line, used, fmt, args);
	va_end(args);
}

/* Add the local time, such as "2026-01-31 23:59:59 ". */
static void append_time(char *line, size_t *used)
{
	time_t now = time(NULL);
	struct tm tm;

	if (localtime_r(&now, &tm))
		*used += strftime(line + *used, LINE_BYTES - *used, "%F %T ",
				  &tm);
}

static void emit(enum xengt_log_level level, unsigned long suppressed,
		 const char *fmt, va_list args)
{
	char line[LINE_BYTES + 1];
	size_t used = 0;
	ssize_t written;

	if (has_time)
		append_time(line, &used);
	appendf(line, &used, "%s ", level_name(level));
	if (log_prefix[0])
		appendf(line, &used, "%s: ", log_prefix);
	append(line, &used, fmt, args);
	if (suppressed)
		appendf(line, &used, " (and %lu more like it)", suppressed);
	/* The text may quote a guest or a file, so make it printable. */
	xengt_text_show(line);
	line[used++] = '\n';
	do {
		written = write(STDERR_FILENO, line, used);
	} while (written < 0 && errno == EINTR);
}

void xengt_log(enum xengt_log_level level, const char *fmt, ...)
{
	int saved_errno = errno;
	va_list args;

	if (level > log_max)
		return;
	va_start(args, fmt);
	emit(level, 0, fmt, args);
	va_end(args);
	errno = saved_errno;
}

static uint64_t now_sec(void)
{
	struct timespec ts = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec;
}

static uint64_t dropped;

uint64_t xengt_log_dropped(void)
{
	return dropped;
}

/*
 * Returns true if this place in the code may log a line now. Otherwise counts
 * the line in site->suppressed and returns false.
 */
static bool site_allows(struct xengt_log_site *site)
{
	/*
	 * in a new site window_start_sec is 0, which means "no window yet": so
	 * now must not be 0
	 */
	uint64_t now = now_sec() + 1;

	if (!site->window_start_sec ||
	    now - site->window_start_sec >= XENGT_LOG_WINDOW_SEC) {
		site->window_start_sec = now;
		site->lines = 0;
	}
	if (site->lines >= XENGT_LOG_BURST) {
		site->suppressed++;
		return false;
	}
	site->lines++;
	return true;
}

void xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
		    const char *fmt, ...)
{
	int saved_errno = errno;
	unsigned long suppressed;
	va_list args;

	if (level > log_max)
		return;
	if (!site_allows(site)) {
		dropped++;
		return;
	}
	suppressed = site->suppressed;
	site->suppressed = 0;
	va_start(args, fmt);
	emit(level, suppressed, fmt, args);
	va_end(args);
	errno = saved_errno;
}
