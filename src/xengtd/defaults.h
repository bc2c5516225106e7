/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/xengt/types.conf: the administrator's defaults for shares of the GPU's time.
 *
 *   # a comment
 *   [defaults]
 *   timeslice = 2
 *
 * The names are those of the xenstore nodes (docs/protocol.md, section 1) that set a
 * vGPU's share: weight, cap, timeslice, timeout, stop. For an absent node the file's
 * value holds, and for a name that the file lacks the built-in default.
 */
#ifndef XENGT_DEFAULTS_H
#define XENGT_DEFAULTS_H

#include <stddef.h>

#include "common/vgt_request.h"

#define XENGT_DEFAULTS_SHARES	5
#define XENGT_DEFAULTS_TEXT_MAX	16

struct xengt_defaults {
	char text[XENGT_DEFAULTS_SHARES][XENGT_DEFAULTS_TEXT_MAX];	/* "": none */
};

/*
 * Returns 0, also if there is no such file: then there are no values. Negative: err has
 * one line that names the file and, if the file could be read, the number of the wrong
 * line.
 */
int xengt_defaults_read(const char *path, struct xengt_defaults *ret_defaults,
			char *err, size_t err_len);

/* Instead of the file: take as defaults the values that a living vGPU has now. */
void xengt_defaults_of(const struct xengt_request *req,
		       struct xengt_defaults *ret_defaults);

/*
 * The default of an absent node, which the caller frees. Returns NULL if there is none
 * (errno is ENOENT), or no memory (ENOMEM).
 */
char *xengt_defaults_get(const struct xengt_defaults *defaults,
			 const char *node);

#endif /* XENGT_DEFAULTS_H */
