/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Lists the names to which an xl.cfg text assigns, without libxlutil: libxlutil
 * cannot list them, and the tiny /usr/sbin/xl must not need libxlutil. libc
 * only.
 */
#ifndef VGT_SCAN_H
#define VGT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct vgt_assignment {
    const char *name;       /* in the text: not terminated */
    size_t name_len;
    const char *value;      /* the value as it is written, up to the statement's
			     * end */
    size_t value_len;
    unsigned int line;
};

/*
 * Calls each() for every assignment of the text, in order, until each() returns
 * false. Comments and quoted text are skipped. In a text that xl would refuse,
 * this may take other text for an assignment.
 */
void vgt_scan(const char *text, size_t len,
              bool (*each)(void *ctx, const struct vgt_assignment *a),
              void *ctx);

/* Does any assigned name start with "vgt"? */
bool vgt_scan_has_vgt(const char *text, size_t len);

#endif /* VGT_SCAN_H */
