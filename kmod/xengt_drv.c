// SPDX-License-Identifier: GPL-2.0-only
/*
 * DOC: binding to the GPU
 *
 * The module binds a GPU only if the administrator requests this: the module's
 * PCI driver matches no PCI id, so only driver_override ("xengt") binds the
 * module to a GPU. On all other machines i915 drives the GPU. When the module
 * binds the GPU, it removes the driver of the firmware's framebuffer, stops
 * interrupts, scanout and engines, points every GGTT entry to a scratch page,
 * and then switches bus mastering on.
 *
 * A machine has only one GPU that xengt can drive; the module refuses to bind a
 * second GPU.
 */
#include <linux/aperture.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/pm.h>

#include "boundary/area.h"
#include "boundary/bnd_vgpu.h"
#include "boundary/engine.h"
#include "boundary/gtt.h"
#include "boundary/part.h"
#include "hw/facts.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt_debugfs.h"
#include "xengt_engine.h"
#include "xengt_gpu.h"
#include "xengt_hw.h"
#include "xengt_hw_ops.h"
#include "xengt_ioctl.h"
#include "xengt_irq.h"
#include "xengt_life.h"
#include "xengt_vgpu.h"
#include "xengt_vgpu_ops.h"
#include "xengt_way.h"

#define BAR_MMIO	0
#define BAR_APERTURE	2
/* BAR0: registers in the lower half, GGTT in the upper half */
#define BAR_MMIO_BYTES	(16ull << 20)

#define DMA_BITS	XENGT_PTE_ADDR_BITS

/*
 * Stop all interrupts, scanout and engines, also if the firmware or another
 * driver started them.
 */
static int quiesce(struct xengt_gpu *gpu)
{
	xengt_irq_mask_all(gpu);
	return xengt_hw_stop(gpu);
}

/*
 * ---- xengt_probe() and its steps; xengt_remove() undoes the steps in reverse
 * order ----
 */

static int check_bars(struct pci_dev *pdev)
{
	struct device *dev = &pdev->dev;

	if (!(pci_resource_flags(pdev, BAR_MMIO) & IORESOURCE_MEM) ||
	    pci_resource_len(pdev, BAR_MMIO) < BAR_MMIO_BYTES) {
		dev_err(dev, "BAR%d is not memory of at least 16 MiB\n",
			BAR_MMIO);
		return -ENODEV;
	}
	if (!(pci_resource_flags(pdev, BAR_APERTURE) & IORESOURCE_MEM) ||
	    !pci_resource_len(pdev, BAR_APERTURE)) {
		dev_err(dev, "BAR%d, the aperture, is not there\n",
			BAR_APERTURE);
		return -ENODEV;
	}
	if (!IS_ALIGNED(pci_resource_start(pdev, BAR_APERTURE),
			XENGT_SLICE_ALIGN_MIB << 20)) {
		dev_err(dev, "BAR%d is not aligned to %u MiB\n", BAR_APERTURE,
			XENGT_SLICE_ALIGN_MIB);
		return -ENODEV;
	}
	return 0;
}

static int request_bar(struct pci_dev *pdev, int bar)
{
	const struct resource *holder;
	int r;

	r = pci_request_region(pdev, bar, "xengt");
	if (!r)
		return 0;
	/*
	 * no lock is held, so the message may name a holder that has just
	 * released the BAR
	 */
	holder = READ_ONCE(pdev->resource[bar].child);
	dev_err(&pdev->dev, "BAR%d (%pR) is in use by %s\n", bar,
		&pdev->resource[bar],
		holder && holder->name ? holder->name : "someone else");
	return r;
}

static int init_partition(struct xengt_gpu *gpu)
{
	struct pci_dev *pdev = gpu->pdev;
	int r;

	gpu->ggtt_entries = xengt_hw_ggtt_entries(pdev);
	if (!gpu->ggtt_entries ||
	    gpu->ggtt_entries > BAR_MMIO_BYTES / 2 / sizeof(u64)) {
		dev_err(&pdev->dev, "the firmware has set up no usable GGTT\n");
		return -ENODEV;
	}
	r = xengt_part_init(&gpu->part, pci_resource_len(pdev, BAR_APERTURE),
			    (u64)gpu->ggtt_entries << PAGE_SHIFT,
			    XENGT_FENCES_MAX);
	if (r)
		dev_err(&pdev->dev,
			"the aperture %pR and %u GGTT entries leave no graphics memory for guests\n",
			&pdev->resource[BAR_APERTURE], gpu->ggtt_entries);
	return r;
}

static int map_bars(struct xengt_gpu *gpu)
{
	resource_size_t base = pci_resource_start(gpu->pdev, BAR_MMIO);

	gpu->mmio = ioremap(base, XENGT_MMIO_BYTES);
	if (!gpu->mmio)
		return -ENOMEM;
	gpu->ggtt = ioremap_wc(base + BAR_MMIO_BYTES / 2,
			       gpu->ggtt_entries * sizeof(u64));
	if (!gpu->ggtt) {
		iounmap(gpu->mmio);
		return -ENOMEM;
	}
	return 0;
}

/* Stop the GPU, clear its GGTT, and make the engines ready for work. */
static int start(struct xengt_gpu *gpu)
{
	int r = quiesce(gpu);

	if (!r)
		r = xengt_hw_ggtt_clear(gpu);
	if (r)
		return r;
	/*
	 * xengt_engine_init() needs bus mastering, because engines run contexts
	 * of the module and save them to memory
	 */
	pci_set_master(gpu->pdev);
	r = xengt_engine_init(gpu);
	if (r)
		pci_clear_master(gpu->pdev);
	return r;
}

/*
 * Enable the PCI device, reserve its BARs and map them. The state of the GPU is
 * not changed.
 */
static int claim(struct xengt_gpu *gpu)
{
	struct pci_dev *pdev = gpu->pdev;
	int r;

	r = aperture_remove_conflicting_pci_devices(pdev, "xengt");
	if (r) {
		dev_err(&pdev->dev,
			"cannot remove the firmware's framebuffer: %d\n", r);
		return r;
	}
	r = pci_enable_device(pdev);
	if (r)
		return r;
	r = check_bars(pdev);
	if (r)
		goto disable_device;
	r = request_bar(pdev, BAR_MMIO);
	if (r)
		goto disable_device;
	r = request_bar(pdev, BAR_APERTURE);
	if (r)
		goto release_mmio;
	r = init_partition(gpu);
	if (r)
		goto release_aperture;
	gpu->space_first = gpu->ggtt_entries - XENGT_SPACE_PAGES;
	r = map_bars(gpu);
	if (r)
		goto release_aperture;
	return 0;

release_aperture:
	pci_release_region(pdev, BAR_APERTURE);
release_mmio:
	pci_release_region(pdev, BAR_MMIO);
disable_device:
	pci_disable_device(pdev);
	return r;
}

static void unclaim(struct xengt_gpu *gpu)
{
	if (gpu->window)
		iounmap(gpu->window);
	iounmap(gpu->ggtt);
	iounmap(gpu->mmio);
	pci_release_region(gpu->pdev, BAR_APERTURE);
	pci_release_region(gpu->pdev, BAR_MMIO);
	pci_disable_device(gpu->pdev);
}

/* Set up the engines and the interrupt of a device after claim(). */
static int bring_up(struct xengt_gpu *gpu)
{
	struct device *dev = &gpu->pdev->dev;
	int r;

	r = xengt_hw_check(gpu);
	if (r)
		return r;
	r = dma_set_mask_and_coherent(dev, DMA_BIT_MASK(DMA_BITS));
	if (!r)
		r = xengt_gpu_scratch_init(gpu);
	if (r) {
		dev_err(dev, "cannot allocate a scratch page that the GPU can reach: %d\n", r);
		return r;
	}
	r = start(gpu);
	if (r) {
		dev_err(dev, "cannot set up the engines: %d\n", r);
		goto free_scratch;
	}
	r = xengt_irq_init(gpu);
	if (r) {
		dev_err(dev, "cannot set up the interrupt: %d\n", r);
		goto fini_engines;
	}
	return 0;

fini_engines:
	pci_clear_master(gpu->pdev);
	xengt_engine_fini(gpu);
free_scratch:
	xengt_gpu_scratch_fini(gpu);
	return r;
}

/* Undo bring_up(). All vGPUs must be zapped. */
static void bring_down(struct xengt_gpu *gpu)
{
	xengt_irq_fini(gpu);
	xengt_engine_fini(gpu);
	/*
	 * GGTT entries still point to the scratch page when the page is freed.
	 * The GPU does not use the freed page, because no part of the GPU is
	 * working, and because the GPU cannot reach memory without bus
	 * mastering. The next driver writes its own GGTT entries before it
	 * starts an engine. (The page of a lost GPU is not freed.)
	 */
	pci_clear_master(gpu->pdev);
	xengt_gpu_scratch_fini(gpu);
}

static int xengt_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct xengt_gpu *gpu;
	int r;

	gpu = xengt_gpu_make(pdev, sizeof(*gpu));
	if (IS_ERR(gpu))
		return PTR_ERR(gpu);
	r = xengt_way_find(pdev, gpu->platform, &gpu->way);
	if (r)
		goto put_gpu;
	gpu->hw.ops = &xengt_gpu_hw_ops;
	gpu->hw.engine_ops = &xengt_engine_execlists;
	r = claim(gpu);
	if (r)
		goto put_gpu;
	r = bring_up(gpu);
	if (r)
		goto unclaim;
	pci_set_drvdata(pdev, gpu);
	r = xengt_gpu_publish(gpu);
	if (r)
		goto bring_down;
	dev_info(&pdev->dev, "%s bound: aperture %llu MiB, GGTT %llu MiB\n",
		 gpu->pci_id->name,
		 (u64)pci_resource_len(pdev, BAR_APERTURE) >> 20,
		 ((u64)gpu->ggtt_entries << PAGE_SHIFT) >> 20);
	return 0;

bring_down:
	bring_down(gpu);
unclaim:
	unclaim(gpu);
put_gpu:
	xengt_gpu_put(gpu);
	return r;
}

static void xengt_remove(struct pci_dev *pdev)
{
	struct xengt_gpu *gpu = pci_get_drvdata(pdev);

	xengt_gpu_unpublish(gpu);
	xengt_gpu_zap_all(gpu);
	bring_down(gpu);
	unclaim(gpu);
	dev_info(&pdev->dev, "released\n");
	xengt_gpu_put(gpu);
}

/*
 * Called at power-off, reboot and kexec. Stops the GPU, so that it does not
 * write to the RAM of the next kernel.
 */
static void xengt_shutdown(struct pci_dev *pdev)
{
	struct xengt_gpu *gpu = pci_get_drvdata(pdev);

	xengt_gpu_zap_all(gpu);
	quiesce(gpu);
	pci_clear_master(pdev);
}

/* ---- suspend: the GPU loses its GGTT ---- */

static int xengt_pm_prepare(struct device *dev)
{
	struct xengt_gpu *gpu = dev_get_drvdata(dev);
	/* user space is frozen, so no further vGPU can be created */
	int n = xengt_gpu_count_live(gpu);

	if (n) {
		dev_err(dev, "cannot suspend: %d guests use the GPU\n", n);
		return -EBUSY;
	}
	return 0;
}

static int xengt_pm_suspend(struct device *dev)
{
	/*
	 * ignore errors: no guest uses the GPU, and a part that does not stop
	 * loses its power
	 */
	quiesce(dev_get_drvdata(dev));
	return 0;
}

/*
 * Called after the GGTT was cleared. Points the entries of each vGPU's slices
 * to the vGPU's own scratch page again: a zapped vGPU has its slices until the
 * last close, and its domain may still access them.
 */
static void restore_slices(struct xengt_gpu *gpu)
{
	struct xengt_kvgpu *vgpu;

	mutex_lock(&gpu->lock);
	list_for_each_entry(vgpu, &gpu->vgpus, link) {
		mutex_lock(&vgpu->lock);
		xengt_bnd_vgpu_restore(&vgpu->bnd);
		mutex_unlock(&vgpu->lock);
	}
	mutex_unlock(&gpu->lock);
}

static int xengt_pm_resume(struct device *dev)
{
	struct xengt_gpu *gpu = dev_get_drvdata(dev);
	int r = quiesce(gpu);

	if (!r)
		r = xengt_hw_ggtt_clear(gpu);
	if (!r)
		restore_slices(gpu);
	/* after an error bus mastering stays off, and no vGPU can be created */
	if (r) {
		gpu->health.is_stopped = true;
		return r;
	}
	pci_set_master(gpu->pdev);
	r = xengt_engine_resume(gpu);
	if (r) {
		pci_clear_master(gpu->pdev);
		gpu->health.is_stopped = true;
		return r;
	}
	xengt_irq_enable_master(gpu);
	return 0;
}

static const struct dev_pm_ops xengt_pm_ops = {
	.prepare = pm_sleep_ptr(xengt_pm_prepare),
	SYSTEM_SLEEP_PM_OPS(xengt_pm_suspend, xengt_pm_resume)
};

/*
 * The driver has no id_table, and the module has no MODULE_DEVICE_TABLE. The
 * comment at the top of this file gives the reason.
 */
static struct pci_driver xengt_driver = {
	.name = "xengt",
	.probe = xengt_probe,
	.remove = xengt_remove,
	.shutdown = xengt_shutdown,
	.driver.pm = pm_sleep_ptr(&xengt_pm_ops),
};

static int __init xengt_init(void)
{
	int r;

	r = xengt_ioctl_init();
	if (r)
		return r;
	xengt_debugfs_init();
	r = pci_register_driver(&xengt_driver);
	if (r)
		goto fini_interfaces;
	return 0;

fini_interfaces:
	xengt_debugfs_fini();
	xengt_ioctl_fini();
	return r;
}

static void __exit xengt_exit(void)
{
	pci_unregister_driver(&xengt_driver);
	xengt_debugfs_fini();
	xengt_ioctl_fini();
}

module_init(xengt_init);
module_exit(xengt_exit);

MODULE_DESCRIPTION("Intel graphics shared between Xen guests");
MODULE_LICENSE("GPL");
MODULE_VERSION("0.1.0");
