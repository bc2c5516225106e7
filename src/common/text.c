/* SPDX-License-Identifier: GPL-2.0-only */
/* Small functions on untrusted text; see text.h. */
#include <errno.h>
#include <stdio.h>
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
			 * The value is too large. Check whether all further
			 * characters are digits: if one is not, the text is no
			 * number.
			 */
			return text[strspn(text, "0123456789")] ? -EINVAL :
								   -ERANGE;
		}
		value = value * 10 + digit;
	}
	*ret_value = value;
	return 0;
}

/*
 * Decodes the UTF-8 character that begins at text. Returns the number of the character's
 * bytes, or 0 if no valid character begins there (RFC 3629, section 4).
 */
static size_t decode(const char *text, uint32_t *ret_char)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	unsigned char first = *text;
	size_t len = first < 0x80 ? 1 : first < 0xc0 ? 0 : first < 0xe0 ? 2 :
		     first < 0xf0 ? 3 : first < 0xf8 ? 4 : 0;
	uint32_t value = len < 2 ? first : first & (0x7fu >> len);

	for (size_t i = 1; i < len; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		value = value << 6 | (text[i] & 0x3f);
	}
	if (!len || value < least[len] || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	*ret_char = value;
	return len;
}

/* Returns true for a control character (C0, DEL or C1). */
static bool is_control(uint32_t character)
{
	return character < ' ' || (character >= 0x7f && character < 0xa0);
}

void xengt_text_utf8(char *text)
{
	uint32_t character;

	while (*text) {
		size_t len = decode(text, &character);

		if (!len)
			*text = '?';
		text += len ? len : 1;
	}
}

void xengt_text_show(char *text)
{
	uint32_t character;

	xengt_text_utf8(text);
	while (*text) {
		size_t len = decode(text, &character);

		if (is_control(character))
			memset(text, '?', len);
		text += len;
	}
}

bool xengt_text_is_plain(const char *text)
{
	uint32_t character;

	while (*text) {
		size_t len = decode(text, &character);

		if (!len || is_control(character))
			return false;
		text += len;
	}
	return true;
}

size_t xengt_text_width(const char *text)
{
	size_t width = 0;

	for (; *text; text++)
		width += (*text & 0xc0) != 0x80;
	return width;
}

static bool is_file_name_char(char c, bool is_first)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || (c && strchr("-_+", c)) ||
	       (c == '.' && !is_first);
}

/* FNV-1a, 64 bits: http://www.isthe.com/chongo/tech/comp/fnv */
static uint64_t hash(const char *text)
{
	uint64_t sum = 0xcbf29ce484222325ull;

	for (; *text; text++)
		sum = (sum ^ (unsigned char)*text) * 0x100000001b3ull;
	return sum;
}

void xengt_text_file_name(const char *name, char *ret, size_t size)
{
	const char *rest = *name ? name : "unnamed";
	size_t n = 0;

	for (; *rest && n + 3 < size; rest++) {
		bool is_fine = is_file_name_char(*rest, n == 0);

		n += snprintf(ret + n, size - n, is_fine ? "%c" : "%%%02x",
			      is_fine ? *rest : (unsigned char)*rest);
	}
	if (!*rest)
		return;
	/*
	 * Only a shortened file name contains '~'. Two names that are cut differ
	 * by their hashes.
	 */
	n = size - XENGT_TEXT_FILE_NAME_MIN;
	snprintf(ret + n, size - n, "~%016llx", (unsigned long long)hash(name));
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
