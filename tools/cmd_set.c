/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl set: changes settings of a vGPU while its guest runs. The tool
 * writes the new value to a node of the vGPU in xenstore; xengtd reads the node
 * and applies the value.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../xen-hooks/vgt_store.h"
#include "common/edid_check.h"
#include "ctl.h"
#include "ctl_domain.h"

/*
 * Check the EDID file here, so that the user sees an error. xengtd could only
 * write the error to its log.
 */
static int check_edid(struct ctl *ctl, const char *path)
{
	uint8_t buf[XENGT_EDID_MAX_BYTES + 1];
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	int error = errno;
	const char *wrong;

	if (fd >= 0)
		close(fd);
	if (n < 0)
		return ctl_fail(ctl, CTL_FAILED, "%s: %s", path,
				strerror(error));
	wrong = xengt_edid_error(buf, n);
	if (wrong)
		return ctl_fail(ctl, CTL_FAILED, "%s is no EDID that can be used: %s",
				path, wrong);
	return CTL_OK;
}

static int set_node(struct ctl *ctl, const char *text, const char *node,
		    const char *value)
{
	struct ctl_domain domain;
	int error, r = ctl_domain_open(ctl, text, &domain);

	if (r)
		return r;
	error = vgt_store_set(domain.xs, domain.id, node, value);
	if (error == -ENOENT)
		r = ctl_fail(ctl, CTL_NOT_FOUND, "no vGPU for domain \"%s\"; xengt-ctl list shows the vGPUs",
			     domain.name);
	else if (error < 0)
		r = ctl_fail(ctl, CTL_FAILED, "xenstore fails: %s",
			     strerror(-error));
	else
		ctl_say(ctl, "%s: %s is %s", domain.name, node,
			*value ? value : "none");
	ctl_domain_close(&domain);
	return r;
}

static int set_edid(struct ctl *ctl, const char *domain, const char *value)
{
	char path[PATH_MAX];
	int r;

	if (!realpath(value, path))
		return ctl_fail(ctl, CTL_FAILED, "%s: %s", value,
				strerror(errno));
	r = check_edid(ctl, path);
	return r ? r : set_node(ctl, domain, "edid", path);
}

/*
 * Set a value of a key of xl.cfg; the key's row in vgt_keys[] says which values
 * are allowed.
 */
static int set_key(struct ctl *ctl, const char *domain,
		   const struct vgt_key *key, const char *value)
{
	char err[VGT_ERR_MAX];
	struct vgt_config cfg;
	int r;

	vgt_config_init(&cfg);
	r = vgt_config_set(&cfg, key, key->spec, value, err, sizeof(err));
	vgt_config_fini(&cfg);
	return r ? ctl_fail(ctl, CTL_USAGE, "%s", err) :
		   set_node(ctl, domain, key->node, value);
}

int cmd_set(struct ctl *ctl, int argc, char **argv)
{
	/* the settings, except edid, that may change while the guest runs */
	static const enum vgt_key_id keys[] = {
		VGT_KEY_WEIGHT, VGT_KEY_CAP, VGT_KEY_TIMESLICE, VGT_KEY_TIMEOUT,
		VGT_KEY_STOP, VGT_KEY_ON_ABUSE, VGT_KEY_VIEWER,
	};
	const char *words[2], *value;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, words, 2, 2);
	size_t len;

	if (r)
		return r;
	len = strcspn(words[1], "=");
	value = words[1] + len + (words[1][len] != 0);
	if (!strncmp(words[1], "edid=", len + 1))
		return set_edid(ctl, words[0], value);
	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		const struct vgt_key *key = &vgt_keys[keys[i]];

		if (words[1][len] && len == strlen(key->spec) &&
		    !strncmp(words[1], key->spec, len))
			return set_key(ctl, words[0], key, value);
	}
	return ctl_fail(ctl, CTL_USAGE, "\"%s\" cannot be set; these settings can: edid=FILE, weight=N, cap=PERCENT, timeslice=MS, timeout=MS, stop=N, on-abuse=WORD, viewer=DOMAIN",
			words[1]);
}
