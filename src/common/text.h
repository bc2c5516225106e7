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

/*
 * A name as a file name: letters, digits, '-', '_', '+' and '.' stay, all else
 * becomes '_', and a leading '.' too. Empty becomes "unnamed". Cut to size.
 */
void xengt_text_file_name(const char *name, char *ret, size_t size);

/* The last line of text that is not blank, without its end; "" if none.
 * Points into text, which is cut after it. */
char *xengt_text_last_line(char *text);

#endif /* XENGT_TEXT_H */
