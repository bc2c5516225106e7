/* SPDX-License-Identifier: GPL-2.0-only */
/* Finds vGPUs by domain, and checks whether domains still exist. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "xengtd/vgpu_find.h"
#include "common/text.h"
#include "xengtd/bvgpu.h"
#include "xengtd/domctl.h"
#include "xengtd/store.h"
#include "xengtd/xengtd.h"

struct xengt_bvgpu *xengt_bvgpu_of_domain(struct xengtd *d, uint32_t domid)
{
	struct xengt_bvgpu *v = d->vgpus;

	while (v && v->domid != domid)
		v = v->next;
	return v;
}

void xengt_bvgpu_refresh_names(struct xengtd *d)
{
	for (struct xengt_bvgpu *v = d->vgpus; v; v = v->next) {
		char *name = xengt_store_domain_name(d->store, v->domid);

		if (name && *name)
			snprintf(v->req.domain, sizeof(v->req.domain), "%s",
				 name);
		free(name);
	}
}

struct xengt_bvgpu *xengt_bvgpu_find(struct xengtd *d, const char *text)
{
	struct xengt_bvgpu *v = NULL;
	uint64_t domid;

	/*
	 * As in xl, a number is a domain's id. A number is a domain's name only if no
	 * domain with a vGPU has this id.
	 */
	if (xengt_text_number(text, 0x7fef, &domid) == 0)
		v = xengt_bvgpu_of_domain(d, domid);
	if (v)
		return v;
	for (v = d->vgpus; v && strcmp(v->req.domain, text); v = v->next)
		;
	return v;
}

static bool is_domain(struct xengtd *d, uint32_t domid, const char *text)
{
	char *name = xengt_store_domain_name(d->store, domid);
	bool is_it = name && !strcmp(name, text);
	uint64_t number;

	free(name);
	return is_it || (xengt_text_number(text, 0x7fef, &number) == 0 &&
			 number == domid);
}

char *xengt_bvgpu_why_ended(struct xengtd *d, const char *text)
{
	unsigned int count;
	uint32_t *domids;
	char *why = NULL;

	if (xengt_store_list(d->store, &domids, &count) < 0)
		return NULL;
	for (unsigned int i = 0; i < count && !why; i++)
		if (is_domain(d, domids[i], text) &&
		    xengt_store_state(d->store, domids[i]) ==
			    XENGT_STORE_CLOSED)
			why = xengt_store_read(d->store, domids[i], "error");
	free(domids);
	if (why)
		xengt_text_clean(why);
	return why;
}

bool xengt_bvgpu_is_domain_gone(struct xengtd *d, uint32_t domid,
				const uint8_t *uuid)
{
	struct xengt_domain_info info;
	int r = xengt_domctl_info(d->domctl, domid, &info);

	if (r < 0)
		return r == -ESRCH;
	return info.is_dying || (uuid && memcmp(uuid, info.uuid, 16));
}

void xengt_bvgpu_sweep_nodes(struct xengtd *d)
{
	uint32_t *domids;
	unsigned int count;

	if (xengt_store_list(d->store, &domids, &count) < 0)
		return;
	for (unsigned int i = 0; i < count; i++)
		if (!xengt_bvgpu_of_domain(d, domids[i]) &&
		    xengt_bvgpu_is_domain_gone(d, domids[i], NULL))
			xengt_store_remove(d->store, domids[i]);
	free(domids);
}
