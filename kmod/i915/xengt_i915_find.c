// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: i915's device comes and goes
 *
 * i915 tells a driver that shares its GPU of a device in the middle of the
 * device's probe, when i915 has no engines yet (intel_gvt.c, init_device()), and
 * in the middle of the device's end, when i915 has already given its engines up
 * (clean_device()). So this file takes these calls only as i915's permission.
 * The client gets the device when Linux says that the probe has succeeded, and
 * lets it go when Linux says that i915 will be unbound:
 *
 *   init_device()   i915 offers its device
 *   bound           Linux: i915's probe has succeeded -> found()
 *   unbind          Linux: i915 will be unbound       -> gone()
 *   clean_device()  i915 offers the device no more    -> gone(), if not done
 *
 * A device that i915 drives when the module is loaded is "bound" already.
 * The client also lets the device go while the system sleeps: i915 loses fence
 * registers and entries of the GGTT, and restores only its own.
 */
#include <linux/device.h>
#include <linux/err.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/pci.h>
#include <linux/reboot.h>
#include <linux/suspend.h>

#include "i915_drv.h"
#include "gt/intel_gt.h"
#include "gt/uc/intel_uc.h"
#include "intel_gvt.h"

#include "hw/platform.h"
#include "xengt_i915.h"
#include "xengt_i915_fit.h"

/* The lock guards all members. It is taken within i915's own lock of intel_gvt.c. */
static DEFINE_MUTEX(lock);
static const struct xengt_i915_client *client;
static struct drm_i915_private *offered;	/* NULL: i915 offers no device */
static bool is_found;		/* the client uses the device */
static bool is_leaving;		/* i915 will be unbound */
static bool is_sleeping;	/* the system sleeps, or goes to sleep */

static int take_locked(void)
{
	int r;

	if (!offered || is_found || is_leaving || is_sleeping)
		return 0;
	r = client->found(offered);
	is_found = !r;
	return r;
}

static void let_go_locked(void)
{
	if (is_found)
		client->gone();
	is_found = false;
}

/* ---- what i915 says ---- */

static int init_device(struct drm_i915_private *i915)
{
	int r = -EBUSY;

	mutex_lock(&lock);
	if (!offered && !i915->gvt) {
		offered = i915;
		is_leaving = false;
		/* i915 only looks whether the pointer is NULL */
		i915->gvt = (struct intel_gvt *)client;
		r = 0;
	}
	mutex_unlock(&lock);
	return r;
}

static void clean_device(struct drm_i915_private *i915)
{
	mutex_lock(&lock);
	let_go_locked();
	offered = NULL;
	mutex_unlock(&lock);
	i915->gvt = NULL;
}

/* i915 calls this after the system's sleep; see sleep_comes(). */
static void pm_resume(struct drm_i915_private *i915)
{
}

static const struct intel_vgpu_ops vgpu_ops = {
	.init_device = init_device,
	.clean_device = clean_device,
	.pm_resume = pm_resume,
};

/* ---- what Linux says ---- */

/* Returns true if i915 drives the device, and the module can drive its kind. */
static bool is_candidate(struct device *dev)
{
	struct pci_dev *pdev = to_pci_dev(dev);

	return pdev->vendor == PCI_VENDOR_ID_INTEL &&
	       pdev->class >> 16 == PCI_BASE_CLASS_DISPLAY &&
	       xengt_platform_of_pci(pdev->device, NULL) &&
	       !strcmp(dev_driver_string(dev), "i915");
}

/* Returns the reason why i915, which drives the device, does not offer it. */
static const char *why_not_offered(struct drm_i915_private *i915)
{
	if (!i915->params.enable_gvt)
		return "i915 was loaded without enable_gvt=1: add i915.enable_gvt=1 to the command line of dom0's kernel";
	if (intel_uc_wants_guc_submission(&to_gt(i915)->uc))
		return "i915 submits work by the GuC: add i915.enable_guc=0 to the command line of dom0's kernel";
	return "i915 does not offer this GPU (earlier lines may say why)";
}

/*
 * i915's probe of the device has succeeded. The caller holds the device's lock.
 * Returns 0, or -errno after the function has logged the reason.
 */
static int probe_succeeded(struct pci_dev *pdev)
{
	struct drm_i915_private *i915 = pdev_to_i915(pdev);
	int r = -ENODEV;

	mutex_lock(&lock);
	if (offered && offered == i915)
		r = take_locked();
	else
		dev_err(&pdev->dev, "xengt-i915: %s\n",
			offered ? "another GPU is shared already" :
				  why_not_offered(i915));
	mutex_unlock(&lock);
	return r;
}

static int driver_changes(struct notifier_block *nb, unsigned long what,
			  void *data)
{
	struct device *dev = data;

	if (what == BUS_NOTIFY_BOUND_DRIVER && is_candidate(dev)) {
		probe_succeeded(to_pci_dev(dev));
	} else if (what == BUS_NOTIFY_UNBIND_DRIVER && is_candidate(dev)) {
		mutex_lock(&lock);
		if (offered && offered == pdev_to_i915(to_pci_dev(dev))) {
			is_leaving = true;
			let_go_locked();
		}
		mutex_unlock(&lock);
	}
	return NOTIFY_OK;
}

static struct notifier_block bus_notifier = { .notifier_call = driver_changes };

/* The system's sleep is refused while there are vGPUs. */
static int sleep_comes(struct notifier_block *nb, unsigned long what, void *data)
{
	u32 vgpus = 0;

	mutex_lock(&lock);
	switch (what) {
	case PM_SUSPEND_PREPARE:
	case PM_HIBERNATION_PREPARE:
	case PM_RESTORE_PREPARE:
		vgpus = is_found ? client->count() : 0;
		if (vgpus) {
			dev_err(offered->drm.dev, "cannot suspend: %u guests use the GPU\n",
				vgpus);
			break;
		}
		is_sleeping = true;
		let_go_locked();
		break;
	case PM_POST_SUSPEND:
	case PM_POST_HIBERNATION:
	case PM_POST_RESTORE:
		is_sleeping = false;
		take_locked();
		break;
	}
	mutex_unlock(&lock);
	return vgpus ? notifier_from_errno(-EBUSY) : NOTIFY_OK;
}

static struct notifier_block sleep_notifier = { .notifier_call = sleep_comes };

/*
 * i915 does not end its shutdown while the module has contexts of i915 and keeps
 * the GPU awake. So the module lets the GPU go before the system goes down.
 */
static int system_goes_down(struct notifier_block *nb, unsigned long what,
			    void *data)
{
	intel_gvt_clear_ops(&vgpu_ops);
	return NOTIFY_OK;
}

static struct notifier_block reboot_notifier = {
	.notifier_call = system_goes_down,
};

/* ---- the beginning and the end ---- */

/* Returns a GPU that i915 drives, with a reference; NULL: there is none. */
static struct pci_dev *find_gpu(void)
{
	struct pci_dev *pdev = NULL;

	while ((pdev = pci_get_device(PCI_VENDOR_ID_INTEL, PCI_ANY_ID, pdev))) {
		if (is_candidate(&pdev->dev))
			return pdev;
	}
	return NULL;
}

static int set_ops(void)
{
	int r = intel_gvt_set_ops(&vgpu_ops);

	if (r)
		pr_err("xengt-i915: i915 already has another driver that shares its GPU: unload kvmgt\n");
	return r ? -EBUSY : 0;
}

/*
 * If i915 drives a GPU already, intel_gvt_set_ops() reads registers of this GPU.
 * If the GPU sleeps, i915 warns about these reads. So this function wakes the
 * GPU first. The device's lock keeps i915 on the device, and is held until a
 * probe has ended.
 */
static int set_ops_and_take(struct pci_dev *pdev)
{
	struct drm_i915_private *i915;
	int r;

	device_lock(&pdev->dev);
	if (!pdev->dev.driver) {
		/* i915 has left the device, or its probe has failed */
		device_unlock(&pdev->dev);
		return set_ops();
	}
	i915 = pdev_to_i915(pdev);
	intel_runtime_pm_get(&i915->runtime_pm);
	r = set_ops();
	intel_runtime_pm_put_unchecked(&i915->runtime_pm);
	if (!r) {
		r = probe_succeeded(pdev);
		if (r)
			intel_gvt_clear_ops(&vgpu_ops);
	}
	device_unlock(&pdev->dev);
	return r;
}

int xengt_i915_register(const struct xengt_i915_client *c)
{
	struct pci_dev *pdev;
	int r = xengt_i915_fit();

	if (r)
		return r;
	client = c;
	/* the following three cannot fail */
	bus_register_notifier(&pci_bus_type, &bus_notifier);
	register_pm_notifier(&sleep_notifier);
	register_reboot_notifier(&reboot_notifier);
	pdev = find_gpu();
	if (pdev) {
		r = set_ops_and_take(pdev);
	} else {
		r = set_ops();
		if (!r)
			pr_info("xengt-i915: i915 drives no GPU that can be shared yet\n");
	}
	pci_dev_put(pdev);
	if (r)
		xengt_i915_unregister();
	return r;
}

void xengt_i915_unregister(void)
{
	/* no notifier runs any more afterwards */
	unregister_reboot_notifier(&reboot_notifier);
	unregister_pm_notifier(&sleep_notifier);
	bus_unregister_notifier(&pci_bus_type, &bus_notifier);
	intel_gvt_clear_ops(&vgpu_ops);
}
