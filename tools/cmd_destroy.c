/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl destroy: writes 5 to the vGPU's node `state` in xenstore; then
 * xengtd ends the vGPU.
 */
#include <errno.h>

#include "../xen-hooks/vgt_store.h"
#include "ctl.h"
#include "ctl_domain.h"

int cmd_destroy(struct ctl *ctl, int argc, char **argv)
{
	struct ctl_domain domain;
	struct json_object *data;
	char err[VGT_ERR_MAX];
	const char *text;
	int error, r = ctl_parse(ctl, argc, argv, NULL, 0, &text, 1, 1);

	if (!r)
		r = ctl_ask(ctl, "ping", NULL, &data);
	if (r)
		return r;
	json_object_put(data);

	r = ctl_domain_open(ctl, text, &domain);
	if (r)
		return r;
	error = vgt_store_destroy(domain.xs, domain.id, VGT_WAIT_SEC_DEFAULT,
				  err, sizeof(err));
	if (error == -ENOENT)
		r = ctl_fail(ctl, CTL_NOT_FOUND, "domain \"%s\" has no vGPU: 'xengt-ctl list' lists the domains with a vGPU",
			     domain.name);
	else if (error)
		r = ctl_fail(ctl, CTL_FAILED, "%s", err);
	else
		ctl_say(ctl, "domain %s (%u) has no vGPU any more", domain.name,
			domain.id);
	ctl_domain_close(&domain);

	return r;
}
