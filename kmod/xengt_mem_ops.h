/* SPDX-License-Identifier: GPL-2.0-only */
/* The boundary's interface to memory that belongs to the module. */
#ifndef XENGT_KMOD_MEM_OPS_H
#define XENGT_KMOD_MEM_OPS_H

#include <linux/types.h>

#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"

/* ctx is the struct xengt_gpu. */
extern const struct xengt_mem_ops xengt_gpu_mem_ops;

/*
 * The bus address of a page of the module's own; addr: what Linux's DMA API
 * gave for it. XENGT_BUS_NONE: addr is not below the limit of an entry; the
 * device's DMA mask should have kept it below.
 */
xengt_bus_t xengt_dma_bus(dma_addr_t addr);

#endif /* XENGT_KMOD_MEM_OPS_H */
