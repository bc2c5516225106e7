/* SPDX-License-Identifier: GPL-2.0-only */
/* The boundary's operations on memory, and the bus address of a page of the module. */
#ifndef XENGT_KMOD_MEM_OPS_H
#define XENGT_KMOD_MEM_OPS_H

#include <linux/types.h>

#include "boundary/bnd_hw.h"
#include "boundary/bnd_types.h"

/* The ctx of these operations is the struct xengt_gpu. */
extern const struct xengt_mem_ops xengt_gpu_mem_ops;

/*
 * The bus address of a page of the module. addr is the page's address from
 * Linux's DMA API. Returns XENGT_BUS_NONE if addr has too many bits for an
 * entry; this does not happen if Linux obeys the device's DMA mask.
 */
xengt_bus_t xengt_dma_bus(dma_addr_t addr);

#endif /* XENGT_KMOD_MEM_OPS_H */
