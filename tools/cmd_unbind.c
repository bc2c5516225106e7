/* SPDX-License-Identifier: GPL-2.0-only */
/* xengt-ctl unbind: gives a GPU back. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "../xen-hooks/vgt_client.h"
#include "ctl.h"
#include "ctl_pci.h"

/*
 * The guests that would lose their GPU: writes their names to buf and returns
 * their number. If no daemon runs the number is unknown; the module has a check
 * of its own.
 */
static size_t users(struct ctl *ctl, char *buf, size_t size)
{
	char path[CTL_PATH_MAX], err[CTL_ERR_MAX];
	struct json_object *list;
	size_t count, used = 0;

	*buf = '\0';
	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	if (vgt_client_ask(path, "list", NULL, &list, err, sizeof(err)))
		return 0;
	count = json_object_is_type(list, json_type_array) ?
		json_object_array_length(list) : 0;
	for (size_t i = 0; i < count && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", i ? ", " : "",
				 vgt_json_string(json_object_array_get_idx(list, i),
						 "name", "?"));
	json_object_put(list);

	return count;
}

int cmd_unbind(struct ctl *ctl, int argc, char **argv)
{
	bool is_force = false;
	const struct ctl_option options[] = {
		{ .name = "force", .flag = &is_force },
	};
	char bdf[CTL_BDF_LEN], holder[64], names[256], path[CTL_PATH_MAX];
	const char *word;
	size_t count;
	int r = ctl_parse(ctl, argc, argv, options, 1, &word, 1, 1);

	if (!r)
		r = ctl_pci_parse(ctl, word, bdf);
	if (r)
		return r;
	if (ctl_pci_read_hex(ctl, bdf, "vendor") < 0)
		return ctl_fail(ctl, CTL_NOT_FOUND, "no PCI device %s", bdf);
	if (!ctl_pci_driver(ctl, bdf, holder, sizeof(holder)) ||
	    strcmp(holder, "xengt"))
		return ctl_fail(ctl, CTL_FAILED, "%s is not xengt's but %s%s",
				bdf, *holder ? "the driver's " : "nobody's",
				holder);
	count = users(ctl, names, sizeof(names));
	if (count && !is_force)
		return ctl_fail(ctl, CTL_FAILED, "%zu vGPU%s on %s: %.200s; shut down first, or use --force (a running guest's GPU goes dead)",
				count, count > 1 ? "s live" : " lives", bdf,
				names);

	r = ctl_pci_write(ctl_path(ctl, path, sizeof(path),
				   "/sys/bus/pci/drivers/xengt/unbind"), bdf);
	if (r)
		return ctl_fail(ctl, r == -EACCES ? CTL_NOT_ROOT : CTL_FAILED,
				"cannot release %s: %s", bdf, strerror(-r));
	ctl_pci_set_driver(ctl, bdf, "\n");
	/*
	 * Let the kernel bind the driver for this PCI id, mostly i915. It is no
	 * error if there is none.
	 */
	ctl_pci_write(ctl_path(ctl, path, sizeof(path),
			       "/sys/bus/pci/drivers_probe"), bdf);
	if (ctl_pci_driver(ctl, bdf, holder, sizeof(holder)))
		ctl_say(ctl, "%s is %s's now", bdf, holder);
	else
		ctl_say(ctl, "%s is free; no driver has taken it", bdf);

	return CTL_OK;
}
