/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the GPUs that we drive, as data: one struct for each
 * platform. Code that only some platforms need tests a feature, never the
 * platform's name (scripts/check-layers.sh). Facts that all platforms share are
 * in hw/facts.h. The simulator has its own structs, because it checks these.
 */
#ifndef XENGT_HW_PLATFORM_H
#define XENGT_HW_PLATFORM_H

#include "hw/facts.h"
#include "uapi/xengt.h"

#ifdef __KERNEL__
#include <linux/types.h>
#else
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#endif

/* PVINFO_CAPS: the features that the guest's driver may use. */
#define XENGT_PVINFO_CAP_FULL_PPGTT	0x04	/* page tables of 4 levels */
#define XENGT_PVINFO_CAP_HWSP		0x08	/* status buffer in memory */
#define XENGT_PVINFO_CAP_HUGE_GTT	0x10	/* pages above 4 KiB */

/*
 * Generations, as bits, so that a register's row can name all generations that
 * have the register.
 */
#define XENGT_GEN8	0x01
#define XENGT_GEN9	0x02
#define XENGT_GEN_COUNT	2	/* a generation's index is the number of its
				 * bit */

/* The PCI device id of a GPU; the vendor is Intel. */
struct xengt_pci_id {
	uint16_t device;
	const char *name;		/* for logs */
};

/*
 * A power domain of the GPU. Its registers can be used when the register 'ack'
 * shows the bit that was written to the register 'request'.
 */
struct xengt_forcewake {
	uint32_t request;		/* 0 if the list ends before this
					 * element */
	uint32_t ack;
};

#define XENGT_FORCEWAKES_MAX	3

/* The meaning of one MOCS index (memory object control state of a surface). */
struct xengt_mocs {
	uint8_t index;
	uint8_t control;		/* the byte of this index in each
					 * engine's table */
	uint8_t l3;			/* the entry of this index in the table
					 * of the L3 cache */
};

/* Pages of the largest image of all platforms: Gen9's render engine has it. */
#define XENGT_PLATFORM_IMAGE_PAGES	22

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

	/* a vGPU has the first of these if its configuration names no id */
	const struct xengt_pci_id *pci_ids;
	uint8_t n_pci_ids;
	uint8_t pci_revision;		/* the revision that belongs to
					 * pci_ids[0] */

	/*
	 * The IOMMU of its graphics is not reliable (Linux 6.1,
	 * drivers/iommu/intel/iommu.c, quirk_iommu_igfx): the admin should boot
	 * Xen with iommu=no-igfx. Bus addresses are then machine addresses, so a
	 * PVH dom0 is refused.
	 */
	bool wants_no_igfx;

	/*
	 * Page tables may have pages of 64 KiB while GAMW_ECO_DEV enables them.
	 */
	bool has_64k;
	/*
	 * Batches on the blitter can reach registers and memory of the whole
	 * GPU, even without privilege (CVE-2019-0155).
	 */
	bool blitter_reaches_all;
	/*
	 * The engines may leave a batch in the middle and come back to it later.
	 * False: Linux stopped doing this on the platform after hangs.
	 */
	bool leaves_batches;
	/*
	 * The images of all engines load the same registers as the render
	 * engine's image.
	 */
	bool has_full_xcs_lists;
	/*
	 * Number of pages of each engine's context image, including the status
	 * page; at most XENGT_PLATFORM_IMAGE_PAGES.
	 */
	uint8_t image_pages[XENGT_ENGINES];
	/*
	 * The place in a render context's image at which a load runs the
	 * indirect batch, in cachelines (Linux 6.1, gt/intel_lrc.c,
	 * lrc_ring_indirect_offset).
	 */
	uint8_t indirect_off;

	struct xengt_forcewake forcewake[XENGT_FORCEWAKES_MAX];
	/* The private PAT: a byte for each index, 0 lowest. */
	uint64_t pat;
	/*
	 * Indices without a row have the values of the first row. NULL if the
	 * platform has no table.
	 */
	const struct xengt_mocs *mocs;
	uint8_t n_mocs;

	/*
	 * The registers that batches of the render engine may write though the
	 * hardware does not list them for users, in the order of Linux 6.1's
	 * slots (gt/intel_workarounds.c): programs rely on them. 0: no more.
	 */
	uint32_t nonpriv[XENGT_NONPRIV_SLOTS];

	uint32_t pvinfo_caps;		/* XENGT_PVINFO_CAP_* */
	/* fuses: what drivers compute their thread counts from */
	uint32_t fuse2;			/* mask of the slices that exist, and of
					 * the subslices that do not */
	uint32_t eu_disable[3];
	/*
	 * frequencies in the GT's units. rp_state_cap has, from bit 23 down, a
	 * byte each for the lowest, the efficient and the highest
	 */
	uint32_t rp_state_cap;
	uint8_t rp_efficient;
};

/*
 * The platform with this number, or NULL if there is none. The struct is
 * constant and is never freed.
 */
const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id);
/* The platform with this short name, or NULL if there is none. */
const struct xengt_platform *xengt_platform_find(const char *name);
/*
 * The platform with this PCI device id of Intel, or NULL if there is none.
 * *ret_id is set to the id's row; ret_id NULL: the caller does not need the
 * row.
 */
const struct xengt_platform *
xengt_platform_of_pci(uint16_t device, const struct xengt_pci_id **ret_id);

/* The number of the generation's bit, which is below XENGT_GEN_COUNT. */
static inline unsigned int
xengt_gen_index(const struct xengt_platform *platform)
{
	return platform->gen == XENGT_GEN9;
}

/*
 * The value of a slot of FORCE_TO_NONPRIV of the engine whose registers begin at base.
 * A slot that opens nothing names NOPID, which is open anyway.
 */
static inline uint32_t
xengt_platform_nonpriv(const struct xengt_platform *platform, uint32_t base,
		       uint32_t slot)
{
	static const uint32_t bases[XENGT_ENGINES] = XENGT_ENGINE_BASES;

	if (base == bases[XENGT_ENGINE_RCS] && platform->nonpriv[slot])
		return platform->nonpriv[slot];
	return base + XENGT_RING_NOPID;
}

/* The short name; "none": there is no such platform. */
static inline const char *xengt_platform_name(enum xengt_platform_id id)
{
	const struct xengt_platform *platform = xengt_platform_get(id);

	return platform ? platform->name : "none";
}

#endif /* XENGT_HW_PLATFORM_H */
