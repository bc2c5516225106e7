/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl create: requests a vGPU, as xengt-dm does, for a guest that xl has
 * created but not started (xl create -p).
 */
#include <signal.h>
#include <string.h>

#include "../xen-hooks/vgt_store.h"
#include "ctl.h"
#include "ctl_domain.h"

/*
 * The options have the names of the keys of xengt-dm's argument -xengt; both
 * come from the table vgt_keys[].
 */
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

static volatile sig_atomic_t is_cancelled;

static void on_signal(int sig)
{
	is_cancelled = sig;
}

/*
 * After Ctrl-C, or when the terminal closes, vgt_store_create() withdraws the
 * request before this process ends. Signals that the parent process set to be
 * ignored stay ignored.
 */
static void take_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction act = { .sa_handler = on_signal }, old;

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &act, NULL);
	}
}

static int create(struct ctl *ctl, const char *text,
		  const struct vgt_config *cfg)
{
	struct ctl_domain domain;
	char err[VGT_ERR_MAX];
	int r = ctl_domain_open(ctl, text, &domain);

	if (r)
		return r;
	take_signals();
	if (vgt_store_create(domain.xs, domain.id, domain.name, cfg,
			     VGT_WAIT_SEC_DEFAULT, &is_cancelled, err,
			     sizeof(err)))
		r = ctl_fail(ctl, CTL_FAILED, "%s", err);
	else
		ctl_say(ctl, "domain %s (%u) has a vGPU: %ld MB of CPU-visible and %ld MB of other graphics memory, %ld fences",
			domain.name, domain.id, cfg->value[VGT_KEY_LOW],
			cfg->value[VGT_KEY_HIGH], cfg->value[VGT_KEY_FENCES]);
	ctl_domain_close(&domain);

	return r;
}

int cmd_create(struct ctl *ctl, int argc, char **argv)
{
	struct json_object *data;
	struct vgt_config cfg;
	const char *name;
	int r;

	vgt_config_init(&cfg);
	r = read_config(ctl, argc, argv, &cfg, &name);
	/*
	 * Check that xengtd runs, before waiting for xengtd's answer to the
	 * request.
	 */
	if (!r)
		r = ctl_ask(ctl, "ping", NULL, &data);
	if (!r) {
		json_object_put(data);
		r = create(ctl, name, &cfg);
	}
	vgt_config_fini(&cfg);

	return r;
}
