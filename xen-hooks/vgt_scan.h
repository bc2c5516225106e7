/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the assignments in the text of an xl.cfg. This code exists because
 * libxlutil cannot list a config's assignments, and because /usr/sbin/xl
 * (xl-stub.c) must not need libxlutil. Uses only libc.
 */
#ifndef VGT_SCAN_H
#define VGT_SCAN_H

#include <stdbool.h>
#include <stddef.h>

struct vgt_assignment {
    const char *name;       /* points into the text, without a terminating
			     * NUL */
    size_t name_len;
    const char *value;      /* the value as it is written in the text, from its
                             * first character to the end of the assignment */
    size_t value_len;
    unsigned int line;
};

/*
 * Calls each() for every assignment of the text, in order, until each() returns
 * false. The function skips comments and quoted text. If xl would refuse the
 * text, the function may report text that is no assignment.
 */
void vgt_scan(const char *text, size_t len,
              bool (*each)(void *ctx, const struct vgt_assignment *a),
              void *ctx);

/*
 * Returns true if the text has an assignment to a name that starts with "vgt".
 */
bool vgt_scan_has_vgt(const char *text, size_t len);

#endif /* VGT_SCAN_H */
