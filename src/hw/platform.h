/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The differences between the GPUs that xengt drives, as data: one struct for
 * each platform. Code that only some platforms need tests a feature in the
 * struct, and never the platform's name (scripts/check-layers.sh). Facts that
 * all platforms share are in hw/facts.h. The simulator has its own structs, so
 * that it can find a wrong fact in these structs.
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

/* Bits of PVINFO_CAPS: features that the guest's driver may use. */
#define XENGT_PVINFO_CAP_FULL_PPGTT	0x04	/* page tables with 4 levels */
#define XENGT_PVINFO_CAP_HWSP		0x08	/* the driver may read the CSB
						 * from the status page in
						 * memory */
#define XENGT_PVINFO_CAP_HUGE_GTT	0x10	/* pages larger than 4 KiB */

/*
 * Generations, as bits, so that a register's row can name all generations that
 * have the register.
 */
#define XENGT_GEN8	0x01
#define XENGT_GEN9	0x02
#define XENGT_GEN_COUNT	2	/* a generation's index is the position of
				 * its bit: XENGT_GEN8 is bit 0 */

/* The PCI device id of a GPU; the vendor is Intel. */
struct xengt_pci_id {
	uint16_t device;
	const char *name;		/* the name that logs use */
};

/*
 * A forcewake domain: registers of the GPU that share power. The registers of a
 * domain can be used when its register 'ack' shows the bit that was written to
 * its register 'request'.
 */
struct xengt_forcewake {
	uint32_t request;		/* offset of the register; 0: the list
					 * has ended before this element */
	uint32_t ack;
};

#define XENGT_FORCEWAKES_MAX	3

/*
 * The meaning of one MOCS index (memory object control state: how the caches
 * treat a surface).
 */
struct xengt_mocs {
	uint8_t index;
	uint8_t control;		/* the value of this index in each
					 * engine's table */
	uint8_t l3;			/* the value of this index in the table
					 * of the L3 cache */
};

/*
 * The number of pages of the largest context image on any platform, which is
 * the image of Gen9's render engine.
 */
#define XENGT_PLATFORM_IMAGE_PAGES	22

struct xengt_platform {
	enum xengt_platform_id id;
	const char *name;		/* the short name that command-line
					 * options and logs use */
	uint8_t gen;			/* the generation, one XENGT_GEN* bit */
	/*
	 * The platform was tried on the simulator and is not meant for silicon
	 * yet.
	 */
	bool is_simulator_only;

	/*
	 * the ids of the platform's GPUs. A vGPU has the first id if its
	 * configuration names no id
	 */
	const struct xengt_pci_id *pci_ids;
	uint8_t n_pci_ids;
	uint8_t pci_revision;		/* the revision that belongs to
					 * pci_ids[0] */

	/*
	 * The IOMMU that translates the GPU's accesses is not reliable (Linux
	 * 6.1, drivers/iommu/intel/iommu.c, quirk_iommu_igfx), so the admin
	 * should boot Xen with iommu=no-igfx. With this option the GPU's bus
	 * addresses are machine addresses, so the module refuses to run in a PVH
	 * dom0.
	 */
	bool wants_no_igfx;

	/*
	 * Page tables may have pages of 64 KiB while the register GAMW_ECO_DEV
	 * enables such pages.
	 */
	bool has_64k;
	/*
	 * Batches on the blitter can reach registers and memory of the whole
	 * GPU, even without privilege (CVE-2019-0155).
	 */
	bool blitter_reaches_all;
	/*
	 * The module may let an engine leave a context in the middle of a batch
	 * and continue the batch later. False: Linux does not allow this on the
	 * platform any more, because this has caused hangs.
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
	 * The place in a render context's image at which the hardware runs the
	 * indirect context batch when it loads the image. Unit: cachelines
	 * (Linux 6.1, gt/intel_lrc.c, lrc_ring_indirect_offset).
	 */
	uint8_t indirect_off;

	struct xengt_forcewake forcewake[XENGT_FORCEWAKES_MAX];
	/*
	 * The private PAT: one byte for each index. The lowest byte is for
	 * index 0.
	 */
	uint64_t pat;
	/*
	 * The table of MOCS indices. An index without a row has the values of
	 * the first row. NULL: the platform has no table.
	 */
	const struct xengt_mocs *mocs;
	uint8_t n_mocs;

	/*
	 * The registers that FORCE_TO_NONPRIV lets batches of the render engine
	 * write, because programs rely on this. Without FORCE_TO_NONPRIV these
	 * registers need privilege. The order is the order in which Linux 6.1
	 * fills the slots of FORCE_TO_NONPRIV (gt/intel_workarounds.c). 0: the
	 * list has ended.
	 */
	uint32_t nonpriv[XENGT_NONPRIV_SLOTS];

	uint32_t pvinfo_caps;		/* XENGT_PVINFO_CAP_* */
	/*
	 * values of the fuse registers, from which drivers compute their thread
	 * counts
	 */
	uint32_t fuse2;			/* has a mask of the slices that exist,
					 * and a mask of the subslices that do
					 * not exist */
	uint32_t eu_disable[3];
	/*
	 * Frequencies in the GT's units. rp_state_cap has three bytes: bits
	 * 23:16 are the lowest frequency, bits 15:8 the efficient one, bits 7:0
	 * the highest
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
 * *ret_id is set to the row of this id in the platform's pci_ids. ret_id may be
 * NULL.
 */
const struct xengt_platform *
xengt_platform_of_pci(uint16_t device, const struct xengt_pci_id **ret_id);

/*
 * The index of the platform's generation: the position of its XENGT_GEN* bit.
 * The index is below XENGT_GEN_COUNT.
 */
static inline unsigned int
xengt_gen_index(const struct xengt_platform *platform)
{
	return platform->gen == XENGT_GEN9;
}

/*
 * The value of a slot of the engine's FORCE_TO_NONPRIV. The engine's registers
 * begin at base. A slot of FORCE_TO_NONPRIV that is not used has the offset of
 * the register NOPID, which batches may write anyway.
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

/*
 * The short name of the platform; "none": there is no platform with this
 * number.
 */
static inline const char *xengt_platform_name(enum xengt_platform_id id)
{
	const struct xengt_platform *platform = xengt_platform_get(id);

	return platform ? platform->name : "none";
}

#endif /* XENGT_HW_PLATFORM_H */
