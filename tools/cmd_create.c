/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl create: the same request that xengt-dm makes, by hand, for a guest
 * that xl has created but not started (xl create -p).
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "../xen-hooks/vgt_store.h"
#include "ctl.h"

/* Options are the names of the -xengt argument, from the same table. */
static int read_config(struct ctl *ctl, int argc, char **argv,
		       struct vgt_config *cfg, const char **name)
{
	struct ctl_option options[VGT_KEY_COUNT];
	const char *values[VGT_KEY_COUNT] = { NULL };
	char err[VGT_ERR_MAX], label[32];
	size_t count = 0;
	int r;

	for (int i = 0; i < VGT_KEY_COUNT; i++)
		if (vgt_keys[i].spec)
			options[count++] = (struct ctl_option){
				.name = vgt_keys[i].spec,
				.value = &values[i],
			};
	r = ctl_parse(ctl, argc, argv, options, count, name, 1, 1);
	for (int i = 0; i < VGT_KEY_COUNT && !r; i++) {
		if (!values[i])
			continue;
		snprintf(label, sizeof(label), "--%s", vgt_keys[i].spec);
		if (vgt_config_set(cfg, &vgt_keys[i], label, values[i], err,
				   sizeof(err)))
			r = ctl_fail(ctl, CTL_USAGE, "%s", err);
	}
	if (!r)
		vgt_config_resolve(cfg);

	return r;
}

static int create(struct ctl *ctl, const char *name,
		  const struct vgt_config *cfg)
{
	struct xs_handle *xs = xs_open(0);
	char err[VGT_ERR_MAX];
	int domid, r;

	if (!xs)
		return ctl_fail(ctl, CTL_FAILED, "cannot reach xenstore: %s (is this dom0, and are you root?)",
				strerror(errno));
	domid = vgt_store_find_domain(xs, name);
	if (domid < 0) {
		xs_close(xs);
		return ctl_fail(ctl, CTL_NOT_FOUND, "no domain \"%s\": 'xl list' shows what there is",
				name);
	}
	r = vgt_store_create(xs, domid, name, cfg, VGT_WAIT_SEC_DEFAULT, NULL,
			     err, sizeof(err));
	xs_close(xs);
	if (r)
		return ctl_fail(ctl, CTL_FAILED, "%s", err);
	ctl_say(ctl, "domain %s (%d) has a vGPU: %ld MB + %ld MB, %ld fences",
		name, domid, cfg->value[VGT_KEY_LOW], cfg->value[VGT_KEY_HIGH],
		cfg->value[VGT_KEY_FENCES]);

	return CTL_OK;
}

int cmd_create(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *data;
	struct vgt_config cfg;
	const char *name;
	int r;

	vgt_config_init(&cfg);
	r = read_config(ctl, argc, argv, &cfg, &name);
	/* Check that the daemon runs, before waiting for its answer. */
	if (!r)
		r = ctl_ask(ctl, "ping", NULL, &data);
	if (!r) {
		json_object_put(data);
		r = create(ctl, name, &cfg);
	}
	vgt_config_fini(&cfg);

	return r;
}
