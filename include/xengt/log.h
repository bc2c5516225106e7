/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Logging of the daemons and tools. Each line is written to stderr as "<level>
 * <prefix>: text"; the service manager or the broker stores the lines. After
 * xengt_log_set_time() each line begins with the time. All functions preserve
 * errno.
 *
 * A log line that a guest can cause must use xengt_log_ratelimited(): each such
 * place in the code writes at most XENGT_LOG_BURST lines in
 * XENGT_LOG_WINDOW_SEC seconds. Further lines are counted, and the next written
 * line says how many lines were dropped (XSA-180 describes an attack on a
 * program without such a limit). The core does not log at all: it only counts
 * events.
 */
#ifndef XENGT_LOG_H
#define XENGT_LOG_H

#include <stdbool.h>
#include <stdint.h>

enum xengt_log_level {
	XENGT_LOG_ERR,
	XENGT_LOG_WARN,
	XENGT_LOG_INFO,
	XENGT_LOG_DEBUG,
};

#define XENGT_LOG_BURST		10
#define XENGT_LOG_WINDOW_SEC	10

/*
 * The state of one place in the code that logs with a limit. The struct has
 * static storage and is zero at first.
 */
struct xengt_log_site {
	uint64_t window_start_sec;
	unsigned int lines;
	unsigned long suppressed;
};

/*
 * Set the prefix of all later lines, for example "vgpu3". The function copies
 * at most 31 bytes of the prefix.
 */
void xengt_log_set_prefix(const char *prefix);
/*
 * Begin each line with the local time. Call this function before chroot(),
 * because the C library reads the time zone from a file.
 */
void xengt_log_set_time(bool on);
/* Drop later lines whose level is above max. The default is XENGT_LOG_INFO. */
void xengt_log_set_level(enum xengt_log_level max);

void xengt_log(enum xengt_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/*
 * The number of lines that xengt_log_ratelimited() has dropped since the start.
 */
uint64_t xengt_log_dropped(void);

#define xengt_err(...)	 xengt_log(XENGT_LOG_ERR, __VA_ARGS__)
#define xengt_warn(...)	 xengt_log(XENGT_LOG_WARN, __VA_ARGS__)
#define xengt_info(...)	 xengt_log(XENGT_LOG_INFO, __VA_ARGS__)
#define xengt_debug(...) xengt_log(XENGT_LOG_DEBUG, __VA_ARGS__)
#define xengt_log_ratelimited(level, ...)				\
	do {								\
		static struct xengt_log_site site_;			\
									\
		xengt_log_site(&site_, level, __VA_ARGS__);		\
	} while (0)

#endif /* XENGT_LOG_H */
