/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads the administrator's defaults; see defaults.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengtd/defaults.h"
#include "common/text.h"
#include "common/vgt_request.h"

#define LINE_BYTES	256
#define BLANKS		" \t\r\n"

struct reader {
	struct xengt_request_share share;
	bool is_in_section;
};

static char *trim(char *text)
{
	size_t len;

	text += strspn(text, BLANKS);
	len = strlen(text);
	while (len && strchr(BLANKS, text[len - 1]))
		len--;
	text[len] = '\0';
	return text;
}

/*
 * A request for xengt_request_parse() that has only one node; if node is NULL,
 * the request has no node.
 */
struct wish {
	const char *node, *text;
};

static char *get_wish(void *ctx, const char *node)
{
	const struct wish *wish = ctx;

	return wish->node && !strcmp(node, wish->node) ? strdup(wish->text) :
							 NULL;
}

/*
 * Checks and stores a value from the file. The value must be in the range that
 * is allowed for the xenstore node with the same name.
 */
static int set_value(struct reader *r, const char *name, const char *value,
		     char *err, size_t err_len)
{
	struct wish wish = { name, value };
	struct xengt_request req;

	if (xengt_request_parse(get_wish, &wish, &r->share, &req, err,
				err_len) < 0)
		return -EINVAL;
	r->share = req.share;
	return 0;
}

static int take_line(struct reader *r, char *line, char *err, size_t err_len)
{
	char *text = trim(line), *value;

	if (!*text || *text == '#')
		return 0;
	if (!strcmp(text, "[defaults]")) {
		r->is_in_section = true;
		return 0;
	}
	value = strchr(text, '=');
	if (!value || !r->is_in_section) {
		snprintf(err, err_len, "\"%.40s\" is no \"NAME = NUMBER\" below [defaults]",
			 text);
		return -EINVAL;
	}
	*value++ = '\0';
	text = trim(text);
	if (xengt_request_is_share_node(text))
		return set_value(r, text, trim(value), err, err_len);
	snprintf(err, err_len, "\"%.40s\" is no name of a default: the names are weight, cap, timeslice, timeout and stop",
		 text);
	return -EINVAL;
}

static int read_lines(FILE *f, const char *path, struct reader *r, char *err,
		      size_t err_len)
{
	char line[LINE_BYTES], why[XENGT_REQUEST_ERR_MAX];
	unsigned int n = 0;

	while (fgets(line, sizeof(line), f)) {
		n++;
		if (strlen(line) == sizeof(line) - 1 &&
		    line[sizeof(line) - 2] != '\n') {
			snprintf(err, err_len, "%s, line %u is too long", path,
				 n);
			return -EINVAL;
		}
		if (take_line(r, line, why, sizeof(why)) < 0) {
			xengt_text_clean(why);
			snprintf(err, err_len, "%s, line %u: %s", path, n, why);
			return -EINVAL;
		}
	}
	if (!ferror(f))
		return 0;
	snprintf(err, err_len, "cannot read %s: %s", path, strerror(errno));
	return -EIO;
}

int xengt_defaults_read(const char *path, struct xengt_request_share *ret_share,
			char *err, size_t err_len)
{
	struct wish nothing = { NULL, NULL };
	struct reader reader = { .is_in_section = false };
	struct xengt_request req;
	FILE *f;
	int r = xengt_request_parse(get_wish, &nothing, NULL, &req, err, err_len);

	if (r < 0)
		return r;
	reader.share = req.share;
	f = fopen(path, "re");
	if (!f && errno != ENOENT) {
		r = -errno;
		snprintf(err, err_len, "cannot read %s: %s", path, strerror(-r));
		return r;
	}
	if (f) {
		r = read_lines(f, path, &reader, err, err_len);
		fclose(f);
		if (r < 0)
			return r;
	}
	*ret_share = reader.share;
	return 0;
}
