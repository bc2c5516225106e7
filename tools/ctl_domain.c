/* SPDX-License-Identifier: GPL-2.0-only */
/* See ctl_domain.h. */
#include "ctl_domain.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../xen-hooks/vgt_store.h"

int ctl_domain_open(struct ctl *ctl, const char *text, struct ctl_domain *ret)
{
	struct xs_handle *xs = xs_open(0);
	char *name = NULL;
	int domid;

	if (!xs)
		return ctl_fail(ctl, CTL_FAILED, "cannot reach xenstore: %s (is this dom0, and are you root?)",
				strerror(errno));
	domid = vgt_store_find_domain(xs, text, &name);
	if (domid >= 0 && name) {
		*ret = (struct ctl_domain){ xs, domid, name };
		return CTL_OK;
	}
	xs_close(xs);
	if (domid == -ENOENT)
		return ctl_fail(ctl, CTL_NOT_FOUND, "no domain \"%s\": 'xl list' lists the domains, 'xengt-ctl list' lists the domains with a vGPU",
				text);
	return ctl_fail(ctl, CTL_FAILED, "cannot look for domain \"%s\" in xenstore: %s",
			text, domid < 0 ? strerror(-domid) : "out of memory");
}

void ctl_domain_close(struct ctl_domain *domain)
{
	xs_close(domain->xs);
	free(domain->name);
}
