/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VGT_QUOTE_H
#define VGT_QUOTE_H

/*
 * Return text as a quoted string for an xl.cfg. The caller frees the result.
 * Returns NULL if there is no memory.
 */
char *vgt_quote(const char *text);

#endif /* VGT_QUOTE_H */
