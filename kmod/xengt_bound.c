// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pointer to the bound GPU, and the GPU's reference count. Each vGPU and
 * each reader of debugfs has a reference, so the object of an unbound GPU is
 * not freed while a vGPU or a reader uses it.
 */
#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/pci.h>
#include <linux/slab.h>

#include "xengt_gpu.h"


static DEFINE_MUTEX(xengt_bound_lock);
static struct xengt_gpu *xengt_bound;	/* xengt_bound_lock guards this pointer,
					 * which has a reference to the GPU */

static void free_gpu(struct kref *ref)
{
	struct xengt_gpu *gpu = container_of(ref, struct xengt_gpu, ref);

	pci_dev_put(gpu->pdev);
	kfree(gpu);
}

struct xengt_gpu *xengt_gpu_get(void)
{
	struct xengt_gpu *gpu;

	mutex_lock(&xengt_bound_lock);
	gpu = xengt_bound;
	if (gpu)
		kref_get(&gpu->ref);
	mutex_unlock(&xengt_bound_lock);
	return gpu;
}

void xengt_gpu_put(struct xengt_gpu *gpu)
{
	kref_put(&gpu->ref, free_gpu);
}

int xengt_gpu_publish(struct xengt_gpu *gpu)
{
	int r = -EBUSY;

	mutex_lock(&xengt_bound_lock);
	if (!xengt_bound) {
		kref_get(&gpu->ref);
		xengt_bound = gpu;
		r = 0;
	}
	mutex_unlock(&xengt_bound_lock);
	if (r)
		dev_err(&gpu->pdev->dev, "another GPU is bound already\n");
	return r;
}

void xengt_gpu_unpublish(struct xengt_gpu *gpu)
{
	mutex_lock(&xengt_bound_lock);
	xengt_bound = NULL;
	mutex_unlock(&xengt_bound_lock);
	xengt_gpu_put(gpu);
}
