/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * xengt-ctl bind: binds a GPU to the kernel module xengt. The module has no
 * list of PCI ids, so at boot the kernel never binds a GPU to xengt instead of
 * i915. This tool writes "xengt" to the device's driver_override, and then
 * binds the device.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "ctl.h"
#include "ctl_pci.h"
#include "hw/platform.h"

#define PCI_VENDOR_INTEL	0x8086
#define PCI_CLASS_DISPLAY	0x03

/* The driver to which the device was bound before this tool binds it to xengt. */
struct owner {
	char driver[64];	/* "": no driver */
	char override[64];	/* text of driver_override; "\n": none */
};

/*
 * Check that the device is an Intel display controller. The module checks this,
 * too, but gives the user no message.
 */
static int check_device(struct ctl *ctl, const char *bdf)
{
	long vendor, class = -1;
	int r = ctl_pci_read_hex(ctl, bdf, "vendor", &vendor);

	if (!r)
		r = ctl_pci_read_hex(ctl, bdf, "class", &class);
	if (r)
		return r;
	if (vendor < 0)
		return ctl_fail(ctl, CTL_NOT_FOUND, "no PCI device %s: 'lspci -D -d 8086::03xx' lists Intel's GPUs",
				bdf);
	if (vendor != PCI_VENDOR_INTEL || class >> 16 != PCI_CLASS_DISPLAY)
		return ctl_fail(ctl, CTL_FAILED, "%s is no Intel GPU (vendor %04lx, class %04lx): 'lspci -D -d 8086::03xx' lists them",
				bdf, vendor, class >> 8);

	return CTL_OK;
}

/*
 * Call this if another driver is bound to the device. With --take the function
 * unbinds this driver; otherwise it refuses.
 */
static int take(struct ctl *ctl, const char *bdf, const char *holder,
		bool is_take)
{
	char path[CTL_PATH_MAX];
	int r;

	if (!is_take)
		return ctl_fail(ctl, CTL_FAILED, "%s is bound to the driver %s: 'xengt-ctl bind %s --take' unbinds that driver (the GPU's monitors go dark)",
				bdf, holder, bdf);
	ctl_pci_hold_signals();
	ctl_path(ctl, path, sizeof(path), "/sys/bus/pci/drivers/%s/unbind",
		 holder);
	r = ctl_pci_write(path, bdf);
	if (r)
		return ctl_fail(ctl, CTL_FAILED, "the driver %s cannot be unbound from %s: %s (see dmesg)",
				holder, bdf, strerror(-r));

	return CTL_OK;
}

/*
 * Check whether the module would refuse the device. The caller unbinds another
 * driver from the device only after this check. This tool cannot find some of
 * the module's reasons for a refusal (IOMMU, firmware): see bind_device().
 */
static int check_first(struct ctl *ctl, const char *bdf)
{
	char path[CTL_PATH_MAX], type[16];
	long device = -1;
	int r = ctl_pci_read(ctl, ctl_path(ctl, path, sizeof(path),
					   "/sys/hypervisor/type"), type,
			     sizeof(type));

	if (!r)
		r = ctl_pci_read_hex(ctl, bdf, "device", &device);
	if (r)
		return r;
	if (strcmp(type, "xen\n"))
		return ctl_fail(ctl, CTL_FAILED, "this system does not run on Xen, and xengt works on Xen only: choose Xen in the boot menu");
	if (device < 0 || !xengt_platform_of_pci(device, NULL))
		return ctl_fail(ctl, CTL_FAILED, "%s is an Intel GPU (8086:%04lx) that xengt does not support: README lists the GPUs that it supports",
				bdf, device);

	return CTL_OK;
}

static int load(struct ctl *ctl)
{
	char path[CTL_PATH_MAX];
	bool is_there;
	int r;

	ctl_path(ctl, path, sizeof(path), "/sys/bus/pci/drivers/xengt");
	r = ctl_pci_exists(ctl, path, &is_there);
	if (!r && !is_there) {
		ctl_pci_load(ctl, "-q", "xengt");
		r = ctl_pci_exists(ctl, path, &is_there);
	}
	if (r || is_there)
		return r;

	return ctl_fail(ctl, CTL_FAILED, "the kernel module xengt is not loaded: run 'modprobe xengt'; if there is no such module, install xengt-dkms and the running kernel's headers");
}

/*
 * Bind the device again to the driver that had it before, and write the result
 * to text, as the end of a message.
 * A driver such as vfio-pci accepts only a device whose driver_override names this
 * driver.
 */
static void give_back(struct ctl *ctl, const char *bdf,
		      const struct owner *owner, char *text, size_t size)
{
	char path[CTL_PATH_MAX];
	int r;

	ctl_pci_set_driver(ctl, bdf, owner->override);
	*text = '\0';
	if (!*owner->driver)
		return;
	r = ctl_pci_write(ctl_path(ctl, path, sizeof(path),
				   "/sys/bus/pci/drivers/%s/bind",
				   owner->driver), bdf);
	if (r)
		snprintf(text, size, "; %s did not bind the GPU again (%s), so no driver has the GPU now",
			 owner->driver, strerror(-r));
	else
		snprintf(text, size, "; %s has the GPU again", owner->driver);
}

static int bind_device(struct ctl *ctl, const char *bdf,
		       const struct owner *owner)
{
	char path[CTL_PATH_MAX], text[160];
	int r = ctl_pci_set_driver(ctl, bdf, "xengt");

	if (!r)
		r = ctl_pci_write(ctl_path(ctl, path, sizeof(path),
					   "/sys/bus/pci/drivers/xengt/bind"),
				  bdf);
	if (r) {
		give_back(ctl, bdf, owner, text, sizeof(text));
		return ctl_fail(ctl, r == -EACCES ? CTL_NOT_ROOT : CTL_FAILED,
				"xengt cannot bind %s: %s (dmesg says why)%s",
				bdf, strerror(-r), text);
	}
	ctl_say(ctl, "%s is bound to xengt now; monitors at this GPU stay dark until 'xengt-ctl unbind %s'",
		bdf, bdf);

	return CTL_OK;
}

/*
 * Finds out whether the module xengt-i915 shares this device with i915. Returns
 * CTL_OK, or another status after an error message.
 */
static int find_beside(struct ctl *ctl, const char *bdf, bool *ret_is_beside)
{
	char gpu[CTL_BDF_LEN];
	int r = ctl_pci_parameter(ctl, "xengt_i915", "gpu", gpu, sizeof(gpu));

	*ret_is_beside = !r && !strcmp(gpu, bdf);

	return r;
}

/*
 * Check whether guests can share the device with i915, as far as this tool can
 * find out, before anything changes.
 */
static int check_beside(struct ctl *ctl, const char *bdf,
			const struct owner *owner)
{
	bool has_kvmgt;
	char gvt[8];
	int r;

	if (strcmp(owner->driver, "i915"))
		return ctl_fail(ctl, CTL_FAILED, "%s is bound to %s%s: with --beside i915 must drive the GPU",
				bdf, *owner->driver ? "the driver " : "no driver",
				owner->driver);
	r = ctl_pci_parameter(ctl, "i915", "enable_gvt", gvt, sizeof(gvt));
	if (r)
		return r;
	if (!*gvt)
		return ctl_fail(ctl, CTL_FAILED, "this kernel's i915 cannot share its GPU (it has no parameter enable_gvt: CONFIG_DRM_I915_GVT is off); Debian's kernels can");
	if (strcmp(gvt, "Y"))
		return ctl_fail(ctl, CTL_FAILED, "i915 was loaded without enable_gvt=1: add i915.enable_gvt=1 to the command line of dom0's kernel, and boot again");
	r = ctl_pci_has_module(ctl, "kvmgt", &has_kvmgt);
	if (r)
		return r;
	if (has_kvmgt)
		return ctl_fail(ctl, CTL_FAILED, "the kernel module kvmgt is loaded, and i915 shares its GPU with one module only: run 'rmmod kvmgt', and keep kvmgt from being loaded at boot");
	if (!ctl_pci_load(ctl, "-nq", "xengt-i915"))
		return ctl_fail(ctl, CTL_FAILED, "there is no kernel module xengt-i915 for this kernel: install xengt-i915-dkms, the running kernel's headers, and the linux-source package of the same version; dkms says if the module cannot be built");

	return CTL_OK;
}

/*
 * Load xengt-i915, which shares the GPU when it is loaded. Only one of xengt and
 * xengt-i915 can be loaded, so xengt is unloaded first, and loaded again if
 * xengt-i915 refuses.
 */
static int load_beside(struct ctl *ctl, const char *bdf)
{
	bool had_xengt, had_beside, is_beside;
	int r = ctl_pci_has_module(ctl, "xengt", &had_xengt);

	if (!r)
		r = ctl_pci_has_module(ctl, "xengt_i915", &had_beside);
	if (r)
		return r;
	ctl_pci_hold_signals();
	if (had_xengt && !ctl_pci_unload(ctl, "xengt"))
		return ctl_fail(ctl, CTL_FAILED, "the kernel module xengt is loaded and in use, and only one of xengt and xengt-i915 can be loaded: end its guests, and run this verb again");
	/* it may be loaded without a GPU, and wait for i915's next probe */
	if (had_beside)
		ctl_pci_unload(ctl, "xengt-i915");
	ctl_pci_load(ctl, "-q", "xengt-i915");
	r = find_beside(ctl, bdf, &is_beside);
	if (!r && is_beside)
		return CTL_OK;
	if (!r)
		r = ctl_pci_has_module(ctl, "xengt_i915", &had_beside);
	if (r || had_beside)
		ctl_pci_unload(ctl, "xengt-i915");
	if (had_xengt)
		ctl_pci_load(ctl, "-q", "xengt");
	return r ? r : ctl_fail(ctl, CTL_FAILED, "xengt-i915 refuses %s (dmesg says why); i915 still drives the GPU, as before",
				bdf);
}

/* i915 keeps the GPU, and the module xengt-i915 lets guests work beside i915. */
static int bind_beside(struct ctl *ctl, const char *bdf,
		       const struct owner *owner)
{
	bool is_beside;
	int r = find_beside(ctl, bdf, &is_beside);

	if (r)
		return r;
	if (is_beside) {
		ctl_say(ctl, "%s is shared with i915 already", bdf);
		return CTL_OK;
	}
	r = check_beside(ctl, bdf, owner);
	if (!r)
		r = load_beside(ctl, bdf);
	if (!r)
		ctl_say(ctl, "guests share %s with i915 now; dom0's graphics go on",
			bdf);

	return r;
}

/* xengt gets the device for itself. */
static int bind_alone(struct ctl *ctl, const char *bdf,
		      const struct owner *owner, bool is_take)
{
	bool has_beside;
	int r = ctl_pci_has_module(ctl, "xengt_i915", &has_beside);

	if (r)
		return r;
	if (has_beside)
		return ctl_fail(ctl, CTL_FAILED, "the kernel module xengt-i915 is loaded, with which guests share a GPU with i915, and only one of xengt and xengt-i915 can be loaded: run 'xengt-ctl unbind %s' first",
				bdf);
	r = load(ctl);
	if (!r && *owner->driver)
		r = take(ctl, bdf, owner->driver, is_take);

	return r ? r : bind_device(ctl, bdf, owner);
}

/* Find the device that the user names, and its owner. */
static int find(struct ctl *ctl, const char *word, char *bdf,
		struct owner *ret_owner)
{
	int r = ctl_pci_parse(ctl, word, bdf);

	if (!r)
		r = check_device(ctl, bdf);
	if (!r)
		r = ctl_pci_driver(ctl, bdf, ret_owner->driver,
				   sizeof(ret_owner->driver));
	if (!r)
		r = ctl_pci_get_driver(ctl, bdf, ret_owner->override,
				       sizeof(ret_owner->override));

	return r;
}

int cmd_bind(struct ctl *ctl, int argc, char **argv)
{
	bool is_take = false, wants_beside = false;
	const struct ctl_option options[] = {
		{ .name = "take", .flag = &is_take },
		{ .name = "beside", .flag = &wants_beside },
	};
	char bdf[CTL_BDF_LEN];
	struct owner owner;
	const char *word;
	int r = ctl_parse(ctl, argc, argv, options, 2, &word, 1, 1);

	if (!r && is_take && wants_beside)
		r = ctl_fail(ctl, CTL_USAGE, "--take unbinds i915, and --beside needs i915: choose one of them");
	if (!r)
		r = find(ctl, word, bdf, &owner);
	if (r)
		return r;

	if (!strcmp(owner.driver, "xengt")) {
		ctl_say(ctl, "%s is bound to xengt already", bdf);
		return CTL_OK;
	}
	r = check_first(ctl, bdf);
	if (r)
		return r;

	return wants_beside ? bind_beside(ctl, bdf, &owner) :
			      bind_alone(ctl, bdf, &owner, is_take);
}
