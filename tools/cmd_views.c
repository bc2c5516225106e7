/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl views: prints one line for each picture that a viewer's domain may see. */
#include <stdio.h>

#include "../xen-hooks/vgt_client.h"
#include "ctl.h"

static void print_view(struct json_object *view)
{
	printf("%6ld ", vgt_json_long(view, "viewer", -1));
	ctl_put_text(vgt_json_string(view, "guest", "-"), 24);
	printf(" %-11s %6ld %8ld %8ld %8ld %8ld\n",
	       vgt_json_string(view, "state", "?"), vgt_json_long(view, "pages", -1),
	       vgt_json_long(view, "drawn", -1), vgt_json_long(view, "shown", -1),
	       vgt_json_long(view, "copied", -1), vgt_json_long(view, "events", -1));
}

int cmd_views(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *list;
	size_t count;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, NULL, 0, 0);

	if (r)
		return r;
	r = ctl_ask(ctl, "views", NULL, &list);
	if (r)
		return r;
	if (ctl->is_json) {
		ctl_put_json(list);
		return CTL_OK;
	}
	count = json_object_is_type(list, json_type_array) ?
		json_object_array_length(list) : 0;
	printf("%6s %-24s %-11s %6s %8s %8s %8s %8s\n", "VIEWER", "GUEST", "STATE",
	       "PAGES", "DRAWN", "SHOWN", "COPIED", "EVENTS");
	for (size_t i = 0; i < count; i++)
		print_view(json_object_array_get_idx(list, i));
	json_object_put(list);
	return CTL_OK;
}
