/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the GPUs that we drive, as data: one struct for each
 * platform. Code that only some platforms need asks for a feature, never for
 * the platform's name (scripts/check-layers.sh). Facts that all platforms share
 * are in hw/facts.h. The simulator has structs of its own: it is the oracle.
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
#define XENGT_GEN_COUNT	2	/* the index of a generation is the number of
				 * its bit */

/* A GPU by its PCI device id; Intel is the vendor. */
struct xengt_pci_id {
	uint16_t device;
	const char *name;		/* for logs */
};

/*
 * A power domain. Its registers answer once the register ack shows the bit that
 * was written to the register request.
 */
struct xengt_forcewake {
	uint32_t request;		/* 0: the list ends before this
					 * element */
	uint32_t ack;
};

#define XENGT_FORCEWAKES_MAX	3

/* The meaning of one MOCS index (memory object control state of a surface). */
struct xengt_mocs {
	uint8_t index;
	uint8_t control;		/* its byte in each engine's table */
	uint8_t l3;			/* its entry in the table of the L3
					 * cache */
};

struct xengt_platform {
	enum xengt_platform_id id;
	const char *name;		/* short, as command-line options and
					 * logs use it */
	uint8_t gen;			/* one XENGT_GEN* bit */
	/*
	 * The platform was tried on the simulator and is not meant for silicon
	 * yet.
	 */
	bool is_simulator_only;

	/* a vGPU has pci_ids[0] if its configuration names no id */
	const struct xengt_pci_id *pci_ids;
	uint8_t n_pci_ids;
	uint8_t pci_revision;		/* the revision that belongs to
					 * pci_ids[0] */

	/*
	 * The IOMMU of its graphics is not reliable (Linux 6.1,
	 * drivers/iommu/intel/iommu.c, quirk_iommu_igfx), so Xen is booted with
	 * iommu=no-igfx, and bus addresses are machine addresses.
	 */
	bool wants_no_igfx;

	/*
	 * Page tables may have pages of 64 KiB, once GAMW_ECO_DEV enables them.
	 */
	bool has_64k;
	/*
	 * Batches on the blitter can reach registers and memory of the whole
	 * GPU, even without privilege (CVE-2019-0155).
	 */
	bool blitter_reaches_all;
	/*
	 * The engines may leave a batch in the middle and come back to it later.
	 * Where this is false, Linux gave it up after hangs.
	 */
	bool leaves_batches;
	/*
	 * The images of all engines load the same registers as the render
	 * engine's image.
	 */
	bool has_full_xcs_lists;
	/* Pages of a context's image, its status page included. */
	uint8_t image_pages[XENGT_ENGINES];
	/*
	 * Where in the load of a render context the indirect batch runs, in
	 * cachelines of the image (Linux 6.1, gt/intel_lrc.c, lrc_ring_indirect_offset).
	 */
	uint8_t indirect_off;

	struct xengt_forcewake forcewake[XENGT_FORCEWAKES_MAX];
	/* The private PAT: a byte for each index, 0 lowest. */
	uint64_t pat;
	/*
	 * The first row is also that of indices without a row. NULL: the
	 * platform has no table.
	 */
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

/*
 * The platform with this number; NULL: there is none. The struct is constant
 * and is never freed.
 */
const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id);
/* The platform with this short name; NULL: there is none. */
const struct xengt_platform *xengt_platform_find(const char *name);
/*
 * The platform with this PCI device id of Intel; NULL: there is none. *ret_id
 * is set to the id's row; ret_id may be NULL.
 */
const struct xengt_platform *
xengt_platform_of_pci(uint16_t device, const struct xengt_pci_id **ret_id);

/* The number of the generation's bit, which is below XENGT_GEN_COUNT. */
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
