/* SPDX-License-Identifier: GPL-2.0-only */
/* What differs between the supported GPUs, as data. */
#ifndef XENGT_PLATFORM_H
#define XENGT_PLATFORM_H

#include "uapi/xengt.h"
#include "xengt/types.h"

/* Generations, as bits: a register row names all that have it. */
#define XENGT_GEN8	0x01
#define XENGT_GEN9	0x02
#define XENGT_GEN_COUNT	2	/* index of a generation: its bit's number */

struct xengt_platform {
	enum xengt_platform_id id;
	const char *name;
	uint8_t gen;			/* one XENGT_GEN* bit */
	uint8_t gen_index;
	uint16_t pci_device;		/* when the caller names none */
	uint8_t pci_revision;
	uint32_t pvinfo_caps;		/* XENGT_PVINFO_CAP_* */
};

/* NULL: no such platform. */
const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id);

#endif /* XENGT_PLATFORM_H */
