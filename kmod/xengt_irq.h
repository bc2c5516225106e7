/* SPDX-License-Identifier: GPL-2.0-only */
/* The interrupts of the bound GPU. */
#ifndef XENGT_KMOD_IRQ_H
#define XENGT_KMOD_IRQ_H

#include "xengt_gpu.h"

/*
 * Enable MSI, install the handler, and enable the master interrupt. Returns 0 or
 * -errno. After an error no handler is installed, and MSI is disabled. May sleep.
 */
int xengt_irq_init(struct xengt_gpu *gpu);
/* Remove the handler. On return no handler runs. May sleep. */
void xengt_irq_fini(struct xengt_gpu *gpu);
/*
 * Mask and acknowledge all interrupts. May be called before there is a handler.
 */
void xengt_irq_mask_all(struct xengt_gpu *gpu);
void xengt_irq_enable_master(struct xengt_gpu *gpu);

#endif /* XENGT_KMOD_IRQ_H */
