/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The control socket's lines (docs/protocol.md, section 2): parses questions
 * and writes answers. Pure.
 */
#ifndef XENGT_CONTROL_PROTO_H
#define XENGT_CONTROL_PROTO_H

#include <json-c/json.h>
#include <stddef.h>

#include "common/worker_questions.h"

#define XENGT_CONTROL_VERSION	1
#define XENGT_CONTROL_LINE_MAX	65536	/* with its newline */

enum xengt_control_cmd {
	XENGT_CONTROL_PING,
	XENGT_CONTROL_RESOURCES,
	XENGT_CONTROL_LIST,
	/* answered by a worker, as worker_questions.h says */
#define XENGT_CONTROL_CMD(id, ...) XENGT_CONTROL_##id,
	XENGT_WP_QUESTIONS(XENGT_CONTROL_CMD)
#undef XENGT_CONTROL_CMD
};

struct xengt_control_question {
	enum xengt_control_cmd cmd;
	const struct xengt_wp_question *row;	/* the row of a question for
						 * the worker; NULL: the
						 * broker answers itself */
	char vgpu[128];		/* the domain's name or id, if row is not
				 * NULL */
};

/*
 * Parse one line, without its newline. The line may contain any bytes. 0, or
 * -EINVAL: *ret_code is the protocol's error code, and err has one line for the
 * user.
 */
int xengt_control_parse(const char *line, size_t len,
			struct xengt_control_question *ret_question,
			const char **ret_code, char *err, size_t err_len);

/*
 * Make one line with its newline; the caller frees it. NULL: no memory. The
 * first function takes data over, also on failure.
 */
char *xengt_control_ok(struct json_object *data);
char *xengt_control_error(const char *code, const char *text);

/*
 * Makes a string of JSON from any text. JSON is UTF-8, so other bytes become
 * '?'. NULL, which stands for null: no memory.
 */
struct json_object *xengt_control_text(const char *text);

#endif /* XENGT_CONTROL_PROTO_H */
