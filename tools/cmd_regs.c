/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl regs: lists registers of one vGPU. --unknown: registers that the
 * guest used and that have no row in src/core/regs; a developer can add rows
 * for them. --diff: registers whose values differ from their power-on values.
 */
#include <stdio.h>

#include "ctl.h"

static long long member(struct json_object *reg, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(reg, name, &value))
		return 0;
	return json_object_get_int64(value);
}

static void print_reg(struct json_object *reg, bool is_diff)
{
	struct json_object *name;

	printf("0x%06llx 0x%08llx", member(reg, "off"), member(reg, "value"));
	if (is_diff)
		printf(" 0x%08llx %s\n", member(reg, "reset"),
		       json_object_object_get_ex(reg, "name", &name) ?
			       json_object_get_string(name) : "-");
	else
		printf(" %s%s\n", member(reg, "r") ? "r" : "-",
		       member(reg, "w") ? "w" : "-");
}

static void print_regs(struct json_object *data, bool is_diff)
{
	struct json_object *regs;
	size_t count = 0;

	if (json_object_object_get_ex(data, "regs", &regs) &&
	    json_object_is_type(regs, json_type_array))
		count = json_object_array_length(regs);
	if (count)
		puts(is_diff ? "OFFSET   VALUE      POWER-ON   NAME" :
			       "OFFSET   VALUE      USED");
	for (size_t i = 0; i < count; i++)
		print_reg(json_object_array_get_idx(regs, i), is_diff);
	if (member(data, "total") > (long long)count)
		printf("and %lld more\n",
		       member(data, "total") - (long long)count);
}

int cmd_regs(struct ctl *ctl, int argc, char **argv)
{
	bool is_diff = false, is_unknown = false;
	const struct ctl_option options[] = {
		{ .name = "diff", .flag = &is_diff },
		{ .name = "unknown", .flag = &is_unknown },
	};
	struct json_object *data;
	const char *vgpu;
	int r = ctl_parse(ctl, argc, argv, options,
			  sizeof(options) / sizeof(options[0]), &vgpu, 1, 1);

	if (r)
		return r;
	if (is_diff == is_unknown)
		return ctl_fail(ctl, CTL_USAGE,
				"regs needs one of --unknown and --diff");
	r = ctl_ask(ctl, is_diff ? "regs-diff" : "regs-unknown", vgpu, &data);
	if (r)
		return r;
	if (ctl->is_json) {
		ctl_put_json(data);
		return CTL_OK;
	}
	print_regs(data, is_diff);
	json_object_put(data);

	return CTL_OK;
}
