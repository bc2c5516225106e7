/* SPDX-License-Identifier: GPL-2.0-only */
/* Small text work on input of others; see text.h. */
#include <errno.h>
#include <string.h>

#include "common/text.h"

void xengt_text_clean(char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			*text = '?';
}

int xengt_text_number(const char *text, uint64_t max, uint64_t *ret_value)
{
	uint64_t value = 0;

	if (!*text)
		return -EINVAL;
	for (; *text; text++) {
		unsigned int digit = (unsigned char)*text - '0';

		if (digit > 9)
			return -EINVAL;
		if (value > (max - digit) / 10 || digit > max) {
			/*
			 * The value is too large; go on, because the rest of
			 * the text may not be digits.
			 */
			return text[strspn(text, "0123456789")] ? -EINVAL :
								   -ERANGE;
		}
		value = value * 10 + digit;
	}
	*ret_value = value;
	return 0;
}

void xengt_text_file_name(const char *name, char *ret, size_t size)
{
	static const char extra[] = "-_+.";
	size_t n = 0;

	if (!size)
		return;
	if (!*name)
		name = "unnamed";
	for (; *name && n + 1 < size; name++, n++) {
		char c = *name;
		bool is_fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
			       (c >= '0' && c <= '9') || strchr(extra, c);

		ret[n] = is_fine && !(n == 0 && c == '.') ? c : '_';
	}
	ret[n] = '\0';
}

char *xengt_text_last_line(char *text)
{
	char *end = text + strlen(text);
	char *start;

	while (end > text && strchr(" \t\r\n", end[-1]))
		end--;
	*end = '\0';
	for (start = end; start > text && start[-1] != '\n'; start--)
		;
	return start;
}
