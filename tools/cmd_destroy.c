/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl destroy: state = 5, and the daemon does the rest. */
#include <errno.h>
#include <string.h>

#include "../xen-hooks/vgt_store.h"
#include "ctl.h"

int cmd_destroy(struct ctl *ctl, int argc, char **argv)
{
	struct xs_handle *xs;
	struct json_object *data;
	char err[VGT_ERR_MAX];
	const char *name;
	int domid, r = ctl_parse(ctl, argc, argv, NULL, 0, &name, 1, 1);

	if (!r)
		r = ctl_ask(ctl, "ping", NULL, &data);
	if (r)
		return r;
	json_object_put(data);

	xs = xs_open(0);
	if (!xs)
		return ctl_fail(ctl, CTL_FAILED, "cannot reach xenstore: %s (is this dom0, and are you root?)",
				strerror(errno));
	domid = vgt_store_find_domain(xs, name);
	if (domid < 0) {
		xs_close(xs);
		return ctl_fail(ctl, CTL_NOT_FOUND, "no domain \"%s\": 'xengt-ctl list' shows what has a vGPU",
				name);
	}
	r = vgt_store_destroy(xs, domid, VGT_WAIT_SEC_DEFAULT, err,
			      sizeof(err));
	xs_close(xs);
	if (r == -ENOENT)
		return ctl_fail(ctl, CTL_NOT_FOUND, "domain \"%s\" has no vGPU: 'xengt-ctl list' shows what has one",
				name);
	if (r)
		return ctl_fail(ctl, CTL_FAILED, "%s", err);
	ctl_say(ctl, "domain %s (%d) has no vGPU any more", name, domid);

	return CTL_OK;
}
