/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl list: prints one line for each vGPU. */
#include <stdio.h>
#include <string.h>

#include "../xen-hooks/vgt_client.h"
#include "ctl.h"

/* Sorts by domid; xengtd lists the newest vGPU first. */
static int compare(const void *a, const void *b)
{
	long x = vgt_json_long(*(struct json_object *const *)a, "domid", -1);
	long y = vgt_json_long(*(struct json_object *const *)b, "domid", -1);

	return (x > y) - (x < y);
}

/*
 * Prints why a held vGPU ended, and which of its resources could not be
 * released.
 */
static void print_faults(struct json_object *v)
{
	struct json_object *faults;

	if (!json_object_object_get_ex(v, "faults", &faults) ||
	    !json_object_is_type(faults, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(faults); i++) {
		struct json_object *text = json_object_array_get_idx(faults, i);

		if (!json_object_is_type(text, json_type_string))
			continue;
		printf("    ");
		ctl_put_text(json_object_get_string(text), 0);
		putchar('\n');
	}
}

static void print_vgpu(struct json_object *v)
{
	ctl_put_text(vgt_json_string(v, "name", "?"), 24);
	printf(" %5ld %5ld %-10s %7ld %8ld %7ld %7ld\n",
	       vgt_json_long(v, "domid", -1), vgt_json_long(v, "vgpu_id", -1),
	       vgt_json_string(v, "state", "?"),
	       vgt_json_long(v, "low_mib", -1),
	       vgt_json_long(v, "high_mib", -1),
	       vgt_json_long(v, "fences", -1), vgt_json_long(v, "pid", -1));
	if (!strcmp(vgt_json_string(v, "state", ""), "held"))
		print_faults(v);
}

int cmd_list(struct ctl *ctl, int argc, char **argv)
{
	static const struct ctl_table table = {
		.cmd = "list",
		.head = "NAME                     DOMID  VGPU STATE       LOW MB  HIGH MB  FENCES     PID",
		.compare = compare,
		.print = print_vgpu,
	};

	return ctl_print_table(ctl, argc, argv, &table);
}
