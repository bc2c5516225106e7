/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl set: changes settings of a vGPU while its guest runs. It writes the
 * wish to xenstore, as at creation, and xengtd carries it out.
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
#include "common/vgt_request.h"
#include "ctl.h"
#include "ctl_domain.h"

/*
 * Check the file here, so that the user sees the error: xengtd could only log
 * it.
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
		r = ctl_fail(ctl, CTL_NOT_FOUND, "no vGPU for domain \"%s\"; xengt-ctl list shows what there is",
			     domain.name);
	else if (error < 0)
		r = ctl_fail(ctl, CTL_FAILED, "xenstore fails: %s",
			     strerror(-error));
	else
		ctl_say(ctl, "%s: %s is %s", domain.name, node, value);
	ctl_domain_close(&domain);
	return r;
}

static int set_edid(struct ctl *ctl, const char *name, const char *file)
{
	char path[PATH_MAX];
	int r;

	if (!realpath(file, path))
		return ctl_fail(ctl, CTL_FAILED, "%s: %s", file,
				strerror(errno));
	r = check_edid(ctl, path);
	return r ? r : set_node(ctl, name, "edid", path);
}

/* A request that says one thing. */
struct wish {
	const char *node, *value;
};

static char *get_wish(void *ctx, const char *node)
{
	const struct wish *wish = ctx;

	return strcmp(node, wish->node) ? NULL : strdup(wish->value);
}

static int set_share(struct ctl *ctl, const char *name, const char *node,
		     const char *value)
{
	struct wish wish = { node, value };
	char err[XENGT_REQUEST_ERR_MAX];
	struct xengt_request req;

	if (xengt_request_parse(get_wish, &wish, &req, err, sizeof(err)) < 0)
		return ctl_fail(ctl, CTL_USAGE, "%s", err);
	return set_node(ctl, name, node, value);
}

int cmd_set(struct ctl *ctl, int argc, char **argv)
{
	static const char *const shares[] = {
		"weight", "cap", "timeslice", "timeout", "stop",
	};
	const char *words[2], *value;
	int r = ctl_parse(ctl, argc, argv, NULL, 0, words, 2, 2);
	size_t len;

	if (r)
		return r;
	len = strcspn(words[1], "=");
	value = words[1] + len + 1;
	if (!strncmp(words[1], "edid=", len + 1))
		return set_edid(ctl, words[0], value);
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(shares) && words[1][len]; i++)
		if (len == strlen(shares[i]) &&
		    !strncmp(words[1], shares[i], len))
			return set_share(ctl, words[0], shares[i], value);
	return ctl_fail(ctl, CTL_USAGE, "\"%s\" cannot be set: edid=FILE, weight=N, cap=PERCENT, timeslice=MS, timeout=MS and stop=N can",
			words[1]);
}
