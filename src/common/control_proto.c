/* SPDX-License-Identifier: GPL-2.0-only */
/* Parses and writes the control socket's lines; see control_proto.h. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/control_proto.h"
#include "common/text.h"
#include "common/worker_questions.h"
#include "xengt/types.h"

#define DEPTH_MAX	8

static const struct {
	const char *name;		/* NULL: clients cannot send this
					 * command */
	enum xengt_control_cmd cmd;
	const struct xengt_wp_question *row;
} commands[] = {
	{ "ping", XENGT_CONTROL_PING, NULL },
	{ "resources", XENGT_CONTROL_RESOURCES, NULL },
	{ "list", XENGT_CONTROL_LIST, NULL },
	{ "views", XENGT_CONTROL_VIEWS, NULL },
#define ROW(id, command, ...)						       \
	{ command, XENGT_CONTROL_##id, &xengt_wp_questions[XENGT_QUESTION_##id] },
	XENGT_WP_QUESTIONS(ROW)
#undef ROW
};

static struct json_object *parse_json(const char *line, size_t len)
{
	struct json_tokener *tok;
	struct json_object *obj = NULL;

	if (len >= XENGT_CONTROL_LINE_MAX || memchr(line, '\0', len))
		return NULL;
	tok = json_tokener_new_ex(DEPTH_MAX);
	if (!tok)
		return NULL;
	json_tokener_set_flags(tok, JSON_TOKENER_STRICT |
				    JSON_TOKENER_VALIDATE_UTF8);
	obj = json_tokener_parse_ex(tok, line, len);
	if (json_tokener_get_error(tok) == json_tokener_continue) {
		/*
		 * The parser knows that a number has ended only when it sees
		 * the next character, so give it the end of the line, too.
		 */
		json_object_put(obj);
		obj = json_tokener_parse_ex(tok, "", 1);
	}
	if (json_tokener_get_error(tok) != json_tokener_success ||
	    !json_object_is_type(obj, json_type_object)) {
		json_object_put(obj);
		obj = NULL;
	}
	json_tokener_free(tok);
	return obj;
}

static const char *member_text(struct json_object *obj, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(obj, name, &value) ||
	    !json_object_is_type(value, json_type_string) ||
	    strlen(json_object_get_string(value)) !=
		    (size_t)json_object_get_string_len(value))
		return NULL;
	return json_object_get_string(value);
}

static int parse_vgpu(struct json_object *obj, const char *cmd,
		      struct xengt_control_question *q, const char **ret_code,
		      char *err, size_t err_len)
{
	struct json_object *value;
	const char *text = member_text(obj, "vgpu");

	/* The client may send the domain's id as a number. */
	if (!text && json_object_object_get_ex(obj, "vgpu", &value) &&
	    json_object_is_type(value, json_type_int))
		text = json_object_get_string(value);
	if (!text || !*text) {
		*ret_code = "bad-request";
		snprintf(err, err_len, "%s needs \"vgpu\": a domain's name or id",
			 cmd);
		return -EINVAL;
	}
	if (strlen(text) >= sizeof(q->vgpu)) {
		*ret_code = "bad-request";
		snprintf(err, err_len, "\"vgpu\" is longer than %zu characters",
			 sizeof(q->vgpu) - 1);
		return -EINVAL;
	}
	strcpy(q->vgpu, text);
	return 0;
}

static int parse_object(struct json_object *obj,
			struct xengt_control_question *q,
			const char **ret_code, char *err, size_t err_len)
{
	struct json_object *version;
	const char *cmd;
	char shown[32];

	if (!json_object_object_get_ex(obj, "v", &version) ||
	    !json_object_is_type(version, json_type_int) ||
	    json_object_get_int64(version) != XENGT_CONTROL_VERSION) {
		*ret_code = "version";
		snprintf(err, err_len, "this xengtd speaks version %d of the protocol: \"v\":%d",
			 XENGT_CONTROL_VERSION, XENGT_CONTROL_VERSION);
		return -EINVAL;
	}
	cmd = member_text(obj, "cmd");
	if (!cmd) {
		*ret_code = "bad-request";
		snprintf(err, err_len, "there is no \"cmd\"");
		return -EINVAL;
	}
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(commands); i++) {
		if (!commands[i].name || strcmp(commands[i].name, cmd))
			continue;
		q->cmd = commands[i].cmd;
		q->row = commands[i].row;
		return q->row ?
			parse_vgpu(obj, cmd, q, ret_code, err, err_len) : 0;
	}
	snprintf(shown, sizeof(shown), "%.30s", cmd);
	xengt_text_clean(shown);
	*ret_code = "unknown-command";
	snprintf(err, err_len, "xengtd does not know the command \"%s\"", shown);
	return -EINVAL;
}

int xengt_control_parse(const char *line, size_t len,
			struct xengt_control_question *ret_question,
			const char **ret_code, char *err, size_t err_len)
{
	struct xengt_control_question q = { 0 };
	struct json_object *obj = parse_json(line, len);
	int r;

	if (!obj) {
		*ret_code = "bad-request";
		snprintf(err, err_len, "the line is not a JSON object");
		return -EINVAL;
	}
	r = parse_object(obj, &q, ret_code, err, err_len);
	json_object_put(obj);
	if (r == 0)
		*ret_question = q;
	return r;
}

static char *to_line(struct json_object *obj)
{
	char *line;

	if (asprintf(&line, "%s\n",
		     json_object_to_json_string_ext(obj,
						    JSON_C_TO_STRING_PLAIN)) < 0)
		line = NULL;
	json_object_put(obj);
	return line;
}

static struct json_object *new_answer(bool is_ok)
{
	struct json_object *obj = json_object_new_object();

	json_object_object_add(obj, "v",
			       json_object_new_int(XENGT_CONTROL_VERSION));
	json_object_object_add(obj, "ok", json_object_new_boolean(is_ok));
	return obj;
}

char *xengt_control_ok(struct json_object *data)
{
	struct json_object *obj = new_answer(true);

	json_object_object_add(obj, "data", data);
	return to_line(obj);
}

struct json_object *xengt_control_text(const char *text)
{
	struct json_object *obj;
	char *copy = strdup(text);

	if (!copy)
		return NULL;
	xengt_text_utf8(copy);
	obj = json_object_new_string(copy);
	free(copy);
	return obj;
}

char *xengt_control_error(const char *code, const char *text)
{
	struct json_object *obj = new_answer(false);

	json_object_object_add(obj, "code", json_object_new_string(code));
	json_object_object_add(obj, "error", xengt_control_text(text));
	return to_line(obj);
}
