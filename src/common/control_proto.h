/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parses the questions and writes the answers of the control socket; each is
 * one line (docs/protocol.md, section 2). Pure: no I/O.
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
	XENGT_CONTROL_VIEWS,
	/* commands that the worker answers; see worker_questions.h */
#define XENGT_CONTROL_CMD(id, ...) XENGT_CONTROL_##id,
	XENGT_WP_QUESTIONS(XENGT_CONTROL_CMD)
#undef XENGT_CONTROL_CMD
};

struct xengt_control_question {
	enum xengt_control_cmd cmd;
	const struct xengt_wp_question *row;	/* the question to ask the
						 * worker; NULL if the broker
						 * answers without the worker */
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
 * Make an answer: one line with its newline. The caller frees the line. Returns
 * NULL if there is no memory. xengt_control_ok() frees data, also on failure.
 */
char *xengt_control_ok(struct json_object *data);
char *xengt_control_error(const char *code, const char *text);

/*
 * Makes a JSON string from any text. JSON is UTF-8, so invalid bytes become
 * '?'. Returns NULL if there is no memory; json-c treats the pointer NULL as
 * the JSON value null.
 */
struct json_object *xengt_control_text(const char *text);

#endif /* XENGT_CONTROL_PROTO_H */
