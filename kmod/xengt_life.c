// SPDX-License-Identifier: GPL-2.0-only
/* The begin and the end of the object of a GPU; see xengt_life.h. */
#include <linux/dma-mapping.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "boundary/bnd_vgpu.h"
#include "boundary/gtt.h"
#include "hw/platform.h"
#include "uapi/xengt.h"
#include "xengt_gpu.h"
#include "xengt_life.h"
#include "xengt_mem_ops.h"
#include "xengt_vgpu.h"

static bool simulator;
module_param(simulator, bool, 0444);
MODULE_PARM_DESC(simulator,
		 "the GPU is simulated: also bind GPUs that are not supported on silicon yet");

/* Returns NULL after the function has logged why the module cannot drive the GPU. */
static const struct xengt_platform *find_platform(struct pci_dev *pdev,
						  const struct xengt_pci_id **ret_id)
{
	const struct xengt_platform *platform = NULL;

	if (pdev->vendor == PCI_VENDOR_ID_INTEL)
		platform = xengt_platform_of_pci(pdev->device, ret_id);
	if (!platform) {
		dev_err(&pdev->dev,
			"%04x:%04x is not supported: xengt drives GT2 graphics of Broadwell and Skylake\n",
			pdev->vendor, pdev->device);
		return NULL;
	}
	if (platform->is_simulator_only && !simulator) {
		dev_err(&pdev->dev,
			"%04x:%04x, %s, is not supported yet on silicon: with the parameter simulator=1 the module binds a simulated GPU of this kind\n",
			pdev->vendor, pdev->device, (*ret_id)->name);
		return NULL;
	}
	return platform;
}

struct xengt_gpu *xengt_gpu_make(struct pci_dev *pdev, size_t bytes)
{
	const struct xengt_pci_id *pci_id = NULL;
	const struct xengt_platform *platform = find_platform(pdev, &pci_id);
	struct xengt_gpu *gpu;

	if (!platform)
		return ERR_PTR(-ENODEV);
	gpu = kzalloc(bytes, GFP_KERNEL);
	if (!gpu)
		return ERR_PTR(-ENOMEM);
	kref_init(&gpu->ref);
	gpu->pdev = pci_dev_get(pdev);
	gpu->platform = platform;
	gpu->pci_id = pci_id;
	mutex_init(&gpu->lock);
	mutex_init(&gpu->window_lock);
	mutex_init(&gpu->wake_lock);
	INIT_LIST_HEAD(&gpu->vgpus);
	gpu->hw = (struct xengt_hw){
		.mem_ops = &xengt_gpu_mem_ops,
		.ctx = gpu,
		.platform = platform,
		.health = &gpu->health,
	};
	return gpu;
}

int xengt_gpu_scratch_init(struct xengt_gpu *gpu)
{
	struct device *dev = &gpu->pdev->dev;
	int r;

	gpu->scratch = dma_alloc_coherent(dev, PAGE_SIZE, &gpu->scratch_bus,
					  GFP_KERNEL);
	if (!gpu->scratch)
		return -ENOMEM;
	r = xengt_pte_encode(xengt_dma_bus(gpu->scratch_bus),
			     &gpu->scratch_pte);
	if (r)
		dma_free_coherent(dev, PAGE_SIZE, gpu->scratch,
				  gpu->scratch_bus);
	gpu->hw.scratch = xengt_dma_bus(gpu->scratch_bus);
	return r;
}

void xengt_gpu_scratch_fini(struct xengt_gpu *gpu)
{
	if (!gpu->health.is_lost)
		dma_free_coherent(&gpu->pdev->dev, PAGE_SIZE, gpu->scratch,
				  gpu->scratch_bus);
}

void xengt_gpu_zap_all(struct xengt_gpu *gpu)
{
	struct xengt_kvgpu *vgpu;

	mutex_lock(&gpu->lock);
	gpu->is_gone = true;
	list_for_each_entry(vgpu, &gpu->vgpus, link)
		xengt_kvgpu_zap(vgpu, XENGT_VGPU_GPU_GONE);
	mutex_unlock(&gpu->lock);
}

int xengt_gpu_count_live(struct xengt_gpu *gpu)
{
	struct xengt_kvgpu *vgpu;
	int n = 0;

	mutex_lock(&gpu->lock);
	list_for_each_entry(vgpu, &gpu->vgpus, link)
		n += xengt_kvgpu_is_live(vgpu);
	mutex_unlock(&gpu->lock);
	return n;
}
