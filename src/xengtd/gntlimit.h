/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Linux's limit for the number of pages that programs of dom0 may grant (the parameter
 * `limit` of the module xen-gntalloc). All such programs share the limit.
 */
#ifndef XENGT_GNTLIMIT_H
#define XENGT_GNTLIMIT_H

#include <stdint.h>

#define XENGT_GNTLIMIT_PATH	"/sys/module/xen_gntalloc/parameters/limit"

/*
 * Raise the limit to at least `pages`, and read it back. Returns 0; -ENOENT: the module
 * is not loaded; -EPROTO: the file has no number, or a smaller number after the write;
 * or another -errno.
 */
int xengt_gntlimit_raise(const char *path, uint32_t pages);

#endif /* XENGT_GNTLIMIT_H */
