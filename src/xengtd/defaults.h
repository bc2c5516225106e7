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

/*
 * Returns 0, also if there is no such file: then *ret_share has the built-in defaults.
 * Negative: err has one line that names the file and, if the file could be read, the
 * number of the wrong line.
 */
int xengt_defaults_read(const char *path, struct xengt_request_share *ret_share,
			char *err, size_t err_len);

#endif /* XENGT_DEFAULTS_H */
