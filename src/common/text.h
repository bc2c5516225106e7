/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small functions on untrusted text: they parse numbers, and make names fit for
 * a log line or a file name.
 */
#ifndef XENGT_TEXT_H
#define XENGT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control characters and what is not ASCII become '?', in place. */
void xengt_text_clean(char *text);

/*
 * A whole decimal number, no sign, no blanks, at most max. -EINVAL: it is not
 * one; -ERANGE: above max. *ret_value is written on success only.
 */
int xengt_text_number(const char *text, uint64_t max, uint64_t *ret_value);

/* What is no UTF-8 becomes '?', byte by byte, in place: fit for JSON. */
void xengt_text_utf8(char *text);

/* So do control characters, C1 too: fit for a terminal. */
void xengt_text_show(char *text);

/* Does xengt_text_show() leave the text as it is? */
bool xengt_text_is_plain(const char *text);

/* The characters of UTF-8; each counts as one column. */
size_t xengt_text_width(const char *text);

/*
 * A name as a file name, another one for each name: letters, digits, '-', '_', '+' and
 * '.' stay, all else becomes %xx, and a leading '.' too. Empty becomes "unnamed". Of a
 * name that is too long for size the beginning stays, with a hash behind it.
 */
#define XENGT_TEXT_FILE_NAME_MIN 18	/* the least size: '~', the hash, NUL */
void xengt_text_file_name(const char *name, char *ret, size_t size);

/* The last line of text that is not blank, without its end; "" if none.
 * Points into text, which is cut after it. */
char *xengt_text_last_line(char *text);

#endif /* XENGT_TEXT_H */
