/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/xengt/types.conf: the administrator's defaults for shares of the GPU's time.
 *
 *   # a comment
 *   [defaults]
 *   timeslice = 2
 *
 * The names are those of the nodes in xenstore (docs/protocol.md, section 1) that say a
 * vGPU's share: weight, cap, timeslice, timeout, stop. A node that is absent has the
 * value of the file, and what the file does not say has the built-in default.
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
 * 0, also if there is no such file: then it says nothing. Negative: err has one line
 * that names the file and, if it can be read, its line that is wrong.
 */
int xengt_defaults_read(const char *path, struct xengt_defaults *ret_defaults,
			char *err, size_t err_len);

/* The same for a vGPU that lives: what it has now. */
void xengt_defaults_of(const struct xengt_request *req,
		       struct xengt_defaults *ret_defaults);

/* What the file says instead of an absent node, for the caller to free; NULL: nothing,
 * or no memory (errno is ENOMEM then, else ENOENT). */
char *xengt_defaults_get(const struct xengt_defaults *defaults,
			 const char *node);

#endif /* XENGT_DEFAULTS_H */
