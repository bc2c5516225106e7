// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: xengt-i915.ko
 *
 * The module for a dom0 that keeps its desktop: i915 drives the GPU, and the
 * module runs guests' work as contexts of i915. The module gives the broker and
 * the workers the same /dev/xengt as xengt.ko, so only one of the two can be
 * loaded. It binds the GPU that i915 drives when the module is loaded ("xengt-ctl
 * bind --beside"), or when i915 has probed a GPU later. It lets the GPU go when
 * the module is unloaded, when i915 leaves the GPU, and while the system sleeps.
 */
#include <linux/module.h>
#include <linux/pci.h>

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
	if (way != XENGT_WAY_PV) {
		dev_err(&pdev->dev,
			"xengt-i915 does not work in a PVH dom0 yet: start dom0 as a PV domain (without dom0=pvh), or use the module xengt\n");
		return -ENODEV;
	}
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

/* A zapped vGPU counts, too: its domain may still reach its slices. */
static u32 count(void)
{
	struct xengt_gpu *gpu = &beside->gpu;
	struct list_head *vgpu;
	u32 n = 0;

	mutex_lock(&gpu->lock);
	list_for_each(vgpu, &gpu->vgpus)
		n++;
	mutex_unlock(&gpu->lock);
	return n;
}

/* Writes the PCI address of the GPU to the parameter's file, or "none". */
static int get_gpu(char *text, const struct kernel_param *param)
{
	struct xengt_gpu *gpu = xengt_gpu_get();
	int n = sysfs_emit(text, "%s\n", gpu ? pci_name(gpu->pdev) : "none");

	if (gpu)
		xengt_gpu_put(gpu);
	return n;
}

static const struct kernel_param_ops gpu_ops = { .get = get_gpu };
module_param_cb(gpu, &gpu_ops, NULL, 0444);
MODULE_PARM_DESC(gpu, "the GPU that guests share with i915");

static const struct xengt_i915_client client = {
	.found = found,
	.gone = gone,
	.count = count,
};

static int __init xengt_i915_init(void)
{
	int r = xengt_ioctl_init();

	if (r) {
		pr_err("xengt-i915: no /dev/xengt: %d (is the module xengt loaded?)\n", r);
		return r;
	}
	xengt_debugfs_init();
	r = xengt_i915_register(&client);
	if (!r)
		return 0;
	xengt_debugfs_fini();
	xengt_ioctl_fini();
	return r;
}

static void __exit xengt_i915_exit(void)
{
	xengt_i915_unregister();
	xengt_debugfs_fini();
	xengt_ioctl_fini();
}

module_init(xengt_i915_init);
module_exit(xengt_i915_exit);

MODULE_DESCRIPTION("Intel graphics shared between dom0's desktop and Xen guests");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
