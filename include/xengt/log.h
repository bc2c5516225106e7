/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Logging of the daemons and tools. Lines go to stderr as "<level> <prefix>:
 * text"; the service manager or the broker keeps them. After
 * xengt_log_set_time() the time precedes each line. All functions preserve
 * errno.
 *
 * A log line that a guest can cause must use xengt_log_ratelimited(): each such
 * place in the code writes at most XENGT_LOG_BURST lines in
 * XENGT_LOG_WINDOW_SEC seconds. Further lines are counted, and the next line
 * that is written tells their number (XSA-180 shows what happens without such a
 * limit). The core does not log at all: it counts.
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
 * State of one place in the code that logs with a limit: static storage, zero
 * initialised.
 */
struct xengt_log_site {
	uint64_t window_start_sec;
	unsigned int lines;
	unsigned long suppressed;
};

/* Prefix of all later lines ("vgpu3"); copied, cut at 31 bytes. */
void xengt_log_set_prefix(const char *prefix);
/*
 * Begin lines with the local time. Call this before chroot(), because the time
 * zone is a file.
 */
void xengt_log_set_time(bool on);
/* Lines above this level are dropped; the default is XENGT_LOG_INFO. */
void xengt_log_set_level(enum xengt_log_level max);

void xengt_log(enum xengt_log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void xengt_log_site(struct xengt_log_site *site, enum xengt_log_level level,
		    const char *fmt, ...) __attribute__((format(printf, 3, 4)));

/* Lines that ratelimited sites did not write, so far. */
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
