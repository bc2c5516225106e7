/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the GPUs that we drive, as data: one struct each. Code
 * that is for some platforms only asks for a feature, never for the platform's
 * name (scripts/check-layers.sh). What all platforms share is in hw/facts.h. The
 * simulator has structs of its own: it is the oracle.
 */
#ifndef XENGT_HW_PLATFORM_H
#define XENGT_HW_PLATFORM_H

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

/* A GPU by its PCI device id; Intel is the vendor. */
struct xengt_pci_id {
	uint16_t device;
	const char *name;		/* for logs */
};

/* A power domain: its registers answer once ack says what request was told. */
struct xengt_forcewake {
	uint32_t request;		/* 0: no more */
	uint32_t ack;
};

#define XENGT_FORCEWAKES_MAX	3

/* What one number in a surface's memory object control state means. */
struct xengt_mocs {
	uint8_t index;
	uint8_t control;		/* in each engine's table */
	uint8_t l3;			/* in the table of the L3 cache */
};

struct xengt_platform {
	enum xengt_platform_id id;
	const char *name;		/* short, as options have it */
	uint8_t gen;			/* one XENGT_GEN* bit */
	/* Tried on the simulator, not meant for silicon yet. */
	bool is_simulator_only;

	/* pci_ids[0] is a vGPU's when its maker names none */
	const struct xengt_pci_id *pci_ids;
	uint8_t n_pci_ids;
	uint8_t pci_revision;		/* goes with pci_ids[0] */

	/* Pages of 64 KiB, once GAMW_ECO_DEV says so. */
	bool has_64k;
	/*
	 * The blitter's batches can reach what is the GPU's, not the context's,
	 * even without privilege (CVE-2019-0155).
	 */
	bool blitter_reaches_all;
	/*
	 * The engines may leave a batch in the middle and come back to it later.
	 * Where not, Linux gave it up after hangs.
	 */
	bool leaves_batches;
	/* Images of all engines load the registers that the render engine's does. */
	bool has_full_xcs_lists;
	/* Pages of a context's image, its status page included. */
	uint8_t image_pages[XENGT_ENGINES];

	struct xengt_forcewake forcewake[XENGT_FORCEWAKES_MAX];
	/* The private PAT: a byte for each index, 0 lowest. */
	uint64_t pat;
	/* The first row is also for indices without a row. NULL: no table. */
	const struct xengt_mocs *mocs;
	uint8_t n_mocs;

	uint32_t pvinfo_caps;		/* XENGT_PVINFO_CAP_* */
	/* fuses: what drivers compute their thread counts from */
	uint32_t fuse2;			/* masks of slices and subslices that
					 * are off */
	uint32_t eu_disable[3];
	/* frequencies in the GT's units: lowest, efficient, highest */
	uint32_t rp_state_cap;
	uint8_t rp_efficient;
};

/* NULL: no such platform. Whatever is found is constant and lives for ever. */
const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id);
/* The same by its short name. */
const struct xengt_platform *xengt_platform_find(const char *name);
/* The same by a PCI device id of Intel's; *ret_id (may be NULL) is its row. */
const struct xengt_platform *
xengt_platform_of_pci(uint16_t device, const struct xengt_pci_id **ret_id);

/* The number of the generation's bit: below XENGT_GEN_COUNT. */
static inline unsigned int
xengt_gen_index(const struct xengt_platform *platform)
{
	return platform->gen == XENGT_GEN9;
}

/* The short name; "none": there is no such platform. */
static inline const char *xengt_platform_name(enum xengt_platform_id id)
{
	const struct xengt_platform *platform = xengt_platform_get(id);

	return platform ? platform->name : "none";
}

#endif /* XENGT_HW_PLATFORM_H */
