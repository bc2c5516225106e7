/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Small functions on untrusted text: they parse numbers, and turn texts into
 * safe log lines and file names.
 */
#ifndef XENGT_TEXT_H
#define XENGT_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Control characters and bytes that are not ASCII become '?', in place. */
void xengt_text_clean(char *text);

/*
 * Parse a decimal number without sign and blanks. Returns 0; -EINVAL: the text
 * is no such number; -ERANGE: the number is above max. *ret_value is written on
 * success only.
 */
int xengt_text_number(const char *text, uint64_t max, uint64_t *ret_value);

/*
 * Bytes that are not UTF-8 become '?', in place, so that the text can be put
 * into JSON.
 */
void xengt_text_utf8(char *text);

/*
 * Does the same as xengt_text_utf8(). In addition, control characters (C0, DEL
 * and C1) become '?', so that a terminal can show the text.
 */
void xengt_text_show(char *text);

/* Returns true if xengt_text_show() would not change the text. */
bool xengt_text_is_plain(const char *text);

/*
 * Returns the number of UTF-8 characters; each character counts as one column.
 */
size_t xengt_text_width(const char *text);

/*
 * Turn a name into a file name; different names give different file names.
 * Letters, digits, '-', '_', '+' and '.' stay; all other bytes and a leading
 * '.' become %xx. An empty name becomes "unnamed". A file name that is longer
 * than size allows is cut, and ends with a hash of the name.
 */
#define XENGT_TEXT_FILE_NAME_MIN 18	/* the smallest size: '~', the hash,
					 * NUL */
void xengt_text_file_name(const char *name, char *ret, size_t size);

/*
 * Returns the last line of text that is not blank, without its newline; "" if
 * every line is blank. The result points into text. The function cuts text off
 * at the end of this line.
 */
char *xengt_text_last_line(char *text);

#endif /* XENGT_TEXT_H */
