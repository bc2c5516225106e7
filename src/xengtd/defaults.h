/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * /etc/xengt/types.conf: the administrator's defaults for shares of the GPU's time.
 *
 *   # a comment
 *   [defaults]
 *   timeslice = 2
 *
 * The file can set the names weight, cap, timeslice, timeout and stop. The xenstore
 * nodes that set a vGPU's share have the same names (docs/protocol.md, section 1).
 * If a request does not have the node, the broker uses the file's value; if the file
 * does not have the name either, the broker uses its built-in default.
 */
#ifndef XENGT_DEFAULTS_H
#define XENGT_DEFAULTS_H

#include <stddef.h>

#include "common/vgt_request.h"

#define XENGT_DEFAULTS_SHARES	5
#define XENGT_DEFAULTS_TEXT_MAX	16

struct xengt_defaults {
	char text[XENGT_DEFAULTS_SHARES][XENGT_DEFAULTS_TEXT_MAX];	/* the value
									 * as text;
									 * "": the
									 * file has no
									 * value */
};

/*
 * Read the file. Returns 0, also if the file does not exist: then *ret_defaults has no
 * values. Returns -errno after an error: err has one line that names the file and, if
 * the file could be read, the number of the wrong line.
 */
int xengt_defaults_read(const char *path, struct xengt_defaults *ret_defaults,
			char *err, size_t err_len);

/*
 * Make defaults from the current values of an existing vGPU, instead of from the
 * file.
 */
void xengt_defaults_of(const struct xengt_request *req,
		       struct xengt_defaults *ret_defaults);

/*
 * Returns the default of a node that the request does not have; the caller frees the
 * text. Returns NULL if there is no default (errno is ENOENT), or no memory (ENOMEM).
 */
char *xengt_defaults_get(const struct xengt_defaults *defaults,
			 const char *node);

#endif /* XENGT_DEFAULTS_H */
