// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: xengt-i915.ko
 *
 * The module for a dom0 that keeps its desktop: i915 drives the GPU, and the
 * module runs guests' work as contexts of i915. The module gives the broker and
 * the workers the same /dev/xengt as xengt.ko, so only one of the two can be
 * loaded. It binds the GPU of i915 when it is loaded ("xengt-ctl bind
 * --beside"), and lets the GPU go when it is unloaded or when i915 leaves the
 * GPU.
 */
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/suspend.h>

#include "boundary/way.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt_beside.h"
#include "xengt_debugfs.h"
#include "xengt_gpu.h"
#include "xengt_i915.h"
#include "xengt_ioctl.h"
#include "xengt_life.h"
#include "xengt_way.h"

static struct xengt_beside *beside;	/* NULL: no GPU is bound */

static int found(struct drm_i915_private *i915)
{
	struct pci_dev *pdev = xengt_i915_pdev(i915);
	const struct xengt_platform *platform =
		xengt_platform_of_pci(pdev->device, NULL);
	struct xengt_beside *b;
	enum xengt_way way;
	int r;

	if (!platform)
		return -ENODEV;
	r = xengt_way_find(pdev, platform, &way);
	if (r)
		return r;
	b = xengt_beside_up(i915, way);
	if (IS_ERR(b))
		return PTR_ERR(b);
	r = xengt_gpu_publish(&b->gpu);
	if (r) {
		xengt_beside_down(b);
		return r;
	}
	beside = b;
	return 0;
}

static void gone(void)
{
	struct xengt_beside *b = beside;

	beside = NULL;
	xengt_gpu_unpublish(&b->gpu);
	xengt_beside_down(b);
}

static const struct xengt_i915_client client = {
	.found = found,
	.gone = gone,
};

/* The system's sleep is refused while there are guests. */
static int sleep_comes(struct notifier_block *nb, unsigned long what, void *data)
{
	struct xengt_gpu *gpu;
	int n;

	if (what != PM_SUSPEND_PREPARE && what != PM_HIBERNATION_PREPARE)
		return NOTIFY_OK;
	gpu = xengt_gpu_get();
	if (!gpu)
		return NOTIFY_OK;
	n = xengt_gpu_count_live(gpu);
	if (n)
		dev_err(&gpu->pdev->dev, "cannot suspend: %d guests use the GPU\n", n);
	xengt_gpu_put(gpu);
	return n ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
}

static struct notifier_block sleep_notifier = { .notifier_call = sleep_comes };

static int __init xengt_i915_init(void)
{
	int r = xengt_ioctl_init();

	if (r) {
		pr_err("xengt-i915: no /dev/xengt: %d (is the module xengt loaded?)\n", r);
		return r;
	}
	xengt_debugfs_init();
	r = register_pm_notifier(&sleep_notifier);
	if (r)
		goto fini_interfaces;
	r = xengt_i915_register(&client);
	if (r) {
		pr_err("xengt-i915: i915 already has another driver that shares its GPU: unload kvmgt\n");
		goto unregister_notifier;
	}
	if (beside)
		return 0;
	pr_err("xengt-i915: i915 offers no GPU. Check that i915 drives the GPU, and was loaded with enable_gvt=1; earlier lines of dmesg may have another reason\n");
	xengt_i915_unregister();
	r = -ENODEV;

unregister_notifier:
	unregister_pm_notifier(&sleep_notifier);
fini_interfaces:
	xengt_debugfs_fini();
	xengt_ioctl_fini();
	return r;
}

static void __exit xengt_i915_exit(void)
{
	xengt_i915_unregister();
	unregister_pm_notifier(&sleep_notifier);
	xengt_debugfs_fini();
	xengt_ioctl_fini();
}

module_init(xengt_i915_init);
module_exit(xengt_i915_exit);

MODULE_DESCRIPTION("Intel graphics shared between dom0's desktop and Xen guests");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
