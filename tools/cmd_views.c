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
	static const struct ctl_table table = {
		.cmd = "views",
		.head = "VIEWER GUEST                    STATE        PAGES    DRAWN    SHOWN   COPIED   EVENTS",
		.print = print_view,
	};

	return ctl_print_table(ctl, argc, argv, &table);
}
