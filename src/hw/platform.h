/* SPDX-License-Identifier: GPL-2.0-only */
/* The differences between the supported GPUs, as data. */
#ifndef XENGT_PLATFORM_H
#define XENGT_PLATFORM_H

#include "uapi/xengt.h"

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* PVINFO_CAPS: what the guest's driver may count on. */
#define XENGT_PVINFO_CAP_FULL_PPGTT	0x04	/* page tables of 4 levels */
#define XENGT_PVINFO_CAP_HWSP		0x08	/* status buffer in memory */
#define XENGT_PVINFO_CAP_HUGE_GTT	0x10	/* pages above 4 KiB */

/*
 * Generations, as bits: a register row names all generations that have the
 * register.
 */
#define XENGT_GEN8	0x01
#define XENGT_GEN9	0x02
#define XENGT_GEN_COUNT	2	/* index of a generation: its bit's number */

struct xengt_platform {
	enum xengt_platform_id id;
	const char *name;
	uint8_t gen;			/* one XENGT_GEN* bit */
	uint8_t gen_index;
	uint16_t pci_device;		/* PCI device id, when the caller
					 * names none */
	uint8_t pci_revision;
	uint32_t pvinfo_caps;		/* XENGT_PVINFO_CAP_* */
	/* fuses: what drivers compute their thread counts from */
	uint32_t fuse2;			/* masks of slices and subslices that
					 * are off */
	uint32_t eu_disable[3];
	/* frequencies in the GT's units: lowest, efficient, highest */
	uint32_t rp_state_cap;
	uint8_t rp_efficient;
};

/* NULL: no such platform. */
const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id);

#endif /* XENGT_PLATFORM_H */
