/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl stat: prints a vGPU's counters. If this tool knows a counter, it
 * prints the counter's description, too.
 */
#include <stdio.h>
#include <string.h>

#include "common/metrics.h"
#include "ctl.h"

static const char *meaning(const char *name)
{
	for (int i = 0; i < XENGT_COUNTERS_ALL; i++)
		if (!strcmp(xengt_metrics[i].name, name))
			return xengt_metrics[i].doc;

	return "";
}

/* Prints counters; the name of a counter within a group is "group.name". */
static void print_counters(const char *prefix, struct json_object *obj)
{
	char full[128];

	json_object_object_foreach(obj, name, value) {
		snprintf(full, sizeof(full), "%s%s%s", prefix,
			 *prefix ? "." : "", name);
		if (json_object_is_type(value, json_type_object)) {
			print_counters(full, value);
			continue;
		}
		printf("%-24s %16s  %s\n", full, json_object_get_string(value),
		       meaning(full));
	}
}

int cmd_stat(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *stat;
	const char *vgpu;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, &vgpu, 1, 1);

	if (r)
		return r;
	r = ctl_ask(ctl, "stat", vgpu, &stat);
	if (r)
		return r;
	if (ctl->is_json) {
		ctl_put_json(stat);
		return CTL_OK;
	}
	if (json_object_is_type(stat, json_type_object))
		print_counters("", stat);
	json_object_put(stat);

	return CTL_OK;
}
