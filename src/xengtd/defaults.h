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

/*
 * Read the file. Returns 0, also if the file does not exist: then *ret_share has the
 * built-in defaults. Returns -errno after an error: err has one line that names the file
 * and, if the file could be read, the number of the wrong line.
 */
int xengt_defaults_read(const char *path, struct xengt_request_share *ret_share,
			char *err, size_t err_len);

#endif /* XENGT_DEFAULTS_H */
