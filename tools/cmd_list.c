/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl list */
#include <stdio.h>

#include "../xen-hooks/vgt_client.h"
#include "ctl.h"

int cmd_list(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *list;
	size_t count;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, NULL, 0, 0);

	if (r)
		return r;
	r = ctl_ask(ctl, "list", NULL, &list);
	if (r)
		return r;
	if (ctl->is_json) {
		ctl_put_json(list);
		return CTL_OK;
	}

	count = json_object_is_type(list, json_type_array) ?
		json_object_array_length(list) : 0;
	printf("%-24s %5s %5s %-10s %7s %8s %7s %7s\n", "NAME", "DOMID", "VGPU",
	       "STATE", "LOW MB", "HIGH MB", "FENCES", "PID");
	for (size_t i = 0; i < count; i++) {
		struct json_object *v = json_object_array_get_idx(list, i);

		printf("%-24s %5ld %5ld %-10s %7ld %8ld %7ld %7ld\n",
		       vgt_json_string(v, "name", "?"),
		       vgt_json_long(v, "domid", -1),
		       vgt_json_long(v, "vgpu_id", -1),
		       vgt_json_string(v, "state", "?"),
		       vgt_json_long(v, "low_mib", -1),
		       vgt_json_long(v, "high_mib", -1),
		       vgt_json_long(v, "fences", -1),
		       vgt_json_long(v, "pid", -1));
	}
	json_object_put(list);

	return CTL_OK;
}
