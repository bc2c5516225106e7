/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl unbind: unbinds a GPU from xengt, and lets the kernel bind another
 * driver to the GPU.
 */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "../xen-hooks/vgt_client.h"
#include "ctl.h"
#include "ctl_pci.h"

/* Says that glob() must fail if it cannot read a folder that exists. */
static int is_unreadable(const char *path, int error)
{
	(void)path;
	return error != ENOENT;
}

/*
 * Finds the guests that would lose their GPU: writes their names to buf and returns their
 * number. Returns -1 if the guests are not known; then err says why. If xengtd does not
 * run, there may still be vGPUs: then the function returns 0 only if no vGPU has a file
 * in /run/xengt.
 */
static int users(struct ctl *ctl, char *buf, size_t size, char *err,
		 size_t err_size)
{
	char path[CTL_PATH_MAX];
	struct json_object *list;
	size_t used = 0;
	glob_t files;
	int count;

	*buf = '\0';
	ctl_path(ctl, path, sizeof(path), "%s", VGT_SOCKET);
	count = vgt_client_ask(path, "list", NULL, &list, err, err_size);
	if (count == -ECONNREFUSED) {
		ctl_path(ctl, path, sizeof(path), "/run/xengt/vgpu-*.json");
		if (glob(path, 0, is_unreadable, &files) == GLOB_NOMATCH)
			return 0;
	}
	if (count)
		return -1;
	count = json_object_is_type(list, json_type_array) ?
		(int)json_object_array_length(list) : 0;
	for (int i = 0; i < count && used < size; i++)
		used += snprintf(buf + used, size - used, "%s%s", i ? ", " : "",
				 vgt_json_string(json_object_array_get_idx(list, i),
						 "name", "?"));
	json_object_put(list);

	return count;
}

/* Refuse if a guest uses the GPU. */
static int check_users(struct ctl *ctl, const char *bdf)
{
	char names[256], err[CTL_ERR_MAX / 2];
	int count = users(ctl, names, sizeof(names), err, sizeof(err));

	if (count < 0)
		return ctl_fail(ctl, CTL_FAILED, "cannot find out which guests have a vGPU on %s: %s; --force unbinds nevertheless (a running guest then has no GPU)",
				bdf, err);
	if (count)
		return ctl_fail(ctl, CTL_FAILED, "%d vGPU%s on %s: %.200s; shut these guests down first, or use --force (a running guest then has no GPU)",
				count, count > 1 ? "s exist" : " exists", bdf,
				names);

	return CTL_OK;
}

/* i915 drives the GPU, and guests share it: unload the module that lets them. */
static int unbind_beside(struct ctl *ctl, const char *bdf, bool is_force)
{
	int r = is_force ? CTL_OK : check_users(ctl, bdf);
	bool is_beside;

	if (r)
		return r;
	ctl_pci_unload(ctl, "xengt-i915");
	r = ctl_pci_has_module(ctl, "xengt_i915", &is_beside);
	if (r)
		return r;
	if (is_beside)
		return ctl_fail(ctl, CTL_FAILED, "the kernel module xengt-i915 cannot be unloaded while a vGPU exists, also not with --force: shut the guests down, or end their vGPUs ('xengt-ctl destroy')");
	ctl_say(ctl, "i915 has the whole of %s now", bdf);

	return CTL_OK;
}

/* The module xengt drives the GPU: unbind it. */
static int unbind_alone(struct ctl *ctl, const char *bdf, bool is_force)
{
	char holder[64], path[CTL_PATH_MAX];
	int r = is_force ? CTL_OK : check_users(ctl, bdf);

	if (r)
		return r;
	ctl_pci_hold_signals();
	r = ctl_pci_write(ctl_path(ctl, path, sizeof(path),
				   "/sys/bus/pci/drivers/xengt/unbind"), bdf);
	if (r)
		return ctl_fail(ctl, r == -EACCES ? CTL_NOT_ROOT : CTL_FAILED,
				"cannot release %s: %s", bdf, strerror(-r));
	ctl_pci_set_driver(ctl, bdf, "\n");
	/*
	 * Let the kernel bind the driver that has this PCI id, usually i915. If there is no
	 * such driver, the device has no driver.
	 */
	ctl_pci_write(ctl_path(ctl, path, sizeof(path),
			       "/sys/bus/pci/drivers_probe"), bdf);
	r = ctl_pci_driver(ctl, bdf, holder, sizeof(holder));
	if (!r && *holder)
		ctl_say(ctl, "%s is bound to %s now", bdf, holder);
	else if (!r)
		ctl_say(ctl, "%s has no driver now", bdf);

	return r;
}

/* Find the driver of the device, and find out whether i915 shares it with guests. */
static int find(struct ctl *ctl, const char *bdf, char *holder, size_t size,
		bool *ret_is_beside)
{
	long vendor;
	int r = ctl_pci_read_hex(ctl, bdf, "vendor", &vendor);

	*ret_is_beside = false;
	if (!r && vendor < 0)
		r = ctl_fail(ctl, CTL_NOT_FOUND, "no PCI device %s", bdf);
	if (!r)
		r = ctl_pci_driver(ctl, bdf, holder, size);
	if (!r && !strcmp(holder, "i915"))
		r = ctl_pci_has_module(ctl, "xengt_i915", ret_is_beside);

	return r;
}

int cmd_unbind(struct ctl *ctl, int argc, char **argv)
{
	bool is_force = false, is_beside;
	const struct ctl_option options[] = {
		{ .name = "force", .flag = &is_force },
	};
	char bdf[CTL_BDF_LEN], holder[64];
	const char *word;
	int r = ctl_parse(ctl, argc, argv, options, 1, &word, 1, 1);

	if (!r)
		r = ctl_pci_parse(ctl, word, bdf);
	if (!r)
		r = find(ctl, bdf, holder, sizeof(holder), &is_beside);
	if (r)
		return r;
	if (is_beside)
		return unbind_beside(ctl, bdf, is_force);
	if (strcmp(holder, "xengt"))
		return ctl_fail(ctl, CTL_FAILED, "%s is not bound to xengt but to %s%s",
				bdf, *holder ? "the driver " : "no driver",
				holder);

	return unbind_alone(ctl, bdf, is_force);
}
