/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl info: prints all fields of xengtd's answer about one vGPU,
 * including fields that this tool does not know.
 */
#include <stdio.h>
#include <string.h>

#include "ctl.h"

static void print_value(const char *name, struct json_object *value)
{
	size_t len = strlen(name);

	/* Graphics addresses are printed in hexadecimal. */
	if (json_object_is_type(value, json_type_int) && len > 5 &&
	    !strcmp(name + len - 5, "_base"))
		printf("0x%llx",
		       (unsigned long long)json_object_get_int64(value));
	else if (json_object_is_type(value, json_type_string))
		ctl_put_text(json_object_get_string(value), 0);
	else
		ctl_put_text(json_object_to_json_string_ext(value,
							    JSON_C_TO_STRING_SPACED),
			     0);
}

static void print_member(const char *name, struct json_object *value)
{
	size_t count;

	if (!json_object_is_type(value, json_type_array)) {
		printf("%-12s ", name);
		print_value(name, value);
		putchar('\n');
		return;
	}
	count = json_object_array_length(value);
	if (!count)
		printf("%-12s none\n", name);
	for (size_t i = 0; i < count; i++) {
		printf("%-12s ", i ? "" : name);
		print_value("", json_object_array_get_idx(value, i));
		putchar('\n');
	}
}

int cmd_info(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *info;
	const char *vgpu;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, &vgpu, 1, 1);

	if (r)
		return r;
	r = ctl_ask(ctl, "info", vgpu, &info);
	if (r)
		return r;
	if (ctl->is_json) {
		ctl_put_json(info);
		return CTL_OK;
	}
	if (json_object_is_type(info, json_type_object)) {
		json_object_object_foreach(info, name, value)
			print_member(name, value);
	}
	json_object_put(info);

	return CTL_OK;
}
