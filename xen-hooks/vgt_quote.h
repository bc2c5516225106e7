/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef VGT_QUOTE_H
#define VGT_QUOTE_H

/* text as a quoted string of an xl.cfg. Caller frees; NULL: no memory. */
char *vgt_quote(const char *text);

#endif /* VGT_QUOTE_H */
