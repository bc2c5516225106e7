/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How the object of a GPU begins and ends, in both modules: xengt.ko, which
 * drives the GPU alone, and xengt-i915.ko (kmod/i915), where i915 drives the GPU.
 * The functions may sleep.
 */
#ifndef XENGT_KMOD_LIFE_H
#define XENGT_KMOD_LIFE_H

#include <linux/pci.h>
#include <linux/types.h>

#include "xengt_gpu.h"

/*
 * Make the object of a GPU, with one reference. 'bytes' is the size of the
 * caller's struct, which begins with a struct xengt_gpu. The caller then sets
 * way, hw.ops and hw.engine_ops. ERR_PTR(-ENODEV): the module does not support
 * this GPU, and the function has logged the reason; ERR_PTR(-ENOMEM).
 */
struct xengt_gpu *xengt_gpu_make(struct pci_dev *pdev, size_t bytes);
/*
 * Allocate the host's scratch page. The device's DMA mask must be set. Returns
 * 0; -ENOMEM; -ERANGE: the GPU cannot reach the page.
 */
int xengt_gpu_scratch_init(struct xengt_gpu *gpu);
/*
 * Free the scratch page, unless the GPU is lost: a lost GPU may still use the
 * page.
 */
void xengt_gpu_scratch_fini(struct xengt_gpu *gpu);
/*
 * Zap all vGPUs. Afterwards no vGPU can be created. Call this while the
 * hardware still works.
 */
void xengt_gpu_zap_all(struct xengt_gpu *gpu);
/* The number of vGPUs that are live. */
int xengt_gpu_count_live(struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_LIFE_H */
