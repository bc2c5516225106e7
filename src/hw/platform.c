// SPDX-License-Identifier: GPL-2.0-only
/*
 * One const struct for each platform. To support a new GPU, first add a struct
 * to this file and another struct to src/sim/platform.c; then add the bit of
 * the GPU's generation to the rows of its registers.
 *
 * pvinfo_caps tells the guest's driver what the device can do: a bit may be set
 * only if the feature of this bit works. i915 refuses a device without the
 * first two bits.
 *
 * PCI ids and their names: Linux, include/drm/i915_pciids.h. Fuses are those of
 * the GT2 parts: one slice, three subslices of eight execution units (Broadwell
 * and Skylake PRM, volume 4: device attributes). Images: volume 7, "Logical
 * Ring Context Format".
 *
 * PAT and MOCS have the values that Linux sets, because guests rely on these
 * values. Indices of PAT: 0 write-back, 1 write-combining, 2 for scanout, 3
 * uncached, 4 to 7 write-back in LLC and eLLC, with different ages. Indices of
 * MOCS: 0 uncached, 1 as the page table says, 2 cached, 63 for evictions of the
 * L3 cache. All other indices of MOCS have the meaning of index 1.
 */
#include "hw/platform.h"
#include "hw/facts.h"
#include "uapi/xengt.h"

#ifdef __KERNEL__
#include <linux/string.h>
#else
#include <string.h>
#endif

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

#define CAPS	(XENGT_PVINFO_CAP_FULL_PPGTT | XENGT_PVINFO_CAP_HWSP |	\
		 XENGT_PVINFO_CAP_HUGE_GTT)

static const struct xengt_pci_id bdw_ids[] = {
	{ 0x1616, "Broadwell GT2 (HD 5500)" },
	{ 0x1612, "Broadwell GT2 (HD 5600)" },
	{ 0x161a, "Broadwell GT2 (P5700)" },
	{ 0x161b, "Broadwell GT2" },
	{ 0x161d, "Broadwell GT2 (workstation)" },
	{ 0x161e, "Broadwell GT2 (HD 5300)" },
};

static const struct xengt_pci_id skl_ids[] = {
	{ 0x1912, "Skylake GT2 (HD 530)" },
	{ 0x1916, "Skylake GT2 (HD 520)" },
	{ 0x191a, "Skylake GT2 (server)" },
	{ 0x191b, "Skylake GT2 (HD 530 mobile)" },
	{ 0x191d, "Skylake GT2 (P530)" },
	{ 0x191e, "Skylake GT2 (HD 515)" },
	{ 0x1921, "Skylake GT2F (HD 520)" },
};

static const struct xengt_pci_id kbl_ids[] = {
	{ 0x5916, "Kaby Lake GT2 (HD 620)" },
};

static const struct xengt_mocs gen9_mocs[] = {
	{ 1, 0x30, 0x30 },
	{ 0, 0x09, 0x10 },
	{ 2, 0x3b, 0x30 },
	{ 63, 0x37, 0x10 },
};

/*
 * What Skylake and Kaby Lake have in common: everything except ids, revision
 * and clocks. FORCEWAKE_MT powers all registers, including the blitter's,
 * except the registers of render and media. FUSE2 says that only slice 0
 * exists, and that its subslice 3 does not exist.
 */
#define GEN9_GT2						\
	.gen = XENGT_GEN9,					\
	.has_64k = true,					\
	.blitter_reaches_all = true,				\
	.has_full_xcs_lists = true,				\
	.leaves_batches = true,					\
	.image_pages = { XENGT_PLATFORM_IMAGE_PAGES, 2, 2, 2 },	\
	.indirect_off = 0x26,					\
	.forcewake = {						\
		{ XENGT_FORCEWAKE_RENDER, XENGT_FORCEWAKE_RENDER_ACK }, \
		{ XENGT_FORCEWAKE_MT, XENGT_FORCEWAKE_MT_ACK },	\
		{ XENGT_FORCEWAKE_MEDIA, XENGT_FORCEWAKE_MEDIA_ACK }, \
	},							\
	.pat = 0x3b2b1b0b00030907,				\
	.mocs = gen9_mocs,					\
	.n_mocs = COUNT(gen9_mocs),				\
	/* CTX_PREEMPT, CS_CHICKEN1, COMMON_SLICE_CHICKEN2, HDC_CHICKEN1, L3SQCREG4 */ \
	.nonpriv = { 0x2248, 0x2580, 0x7014, 0x7304, 0xb118 },	\
	.pvinfo_caps = CAPS,					\
	.fuse2 = 0x02800000

static const struct xengt_platform platforms[] = {
	{
		.id = XENGT_PLATFORM_BDW,
		.name = "bdw",
		.gen = XENGT_GEN8,
		.pci_ids = bdw_ids,
		.n_pci_ids = COUNT(bdw_ids),
		.pci_revision = 0x09,
		.wants_no_igfx = true,
		.image_pages = { 20, 2, 2, 2 },
		.indirect_off = 0x17,
		.forcewake = {
			{ XENGT_FORCEWAKE_MT, XENGT_FORCEWAKE_MT_ACK },
		},
		.pat = 0x3b2b1b0b000a0907,
		.pvinfo_caps = CAPS,
		.fuse2 = 0x02000000,		/* slice 0 exists, with all its
						 * subslices */
		.rp_state_cap = 0x00060613,
		.rp_efficient = 0x6,
	},
	{
		.id = XENGT_PLATFORM_SKL,
		.name = "skl",
		GEN9_GT2,
		.pci_ids = skl_ids,
		.n_pci_ids = COUNT(skl_ids),
		.pci_revision = 0x06,
		.rp_state_cap = 0x00070717,
		.rp_efficient = 0x7,
	},
	{
		.id = XENGT_PLATFORM_KBL,
		.name = "kbl",
		GEN9_GT2,
		.is_simulator_only = true,
		.pci_ids = kbl_ids,
		.n_pci_ids = COUNT(kbl_ids),
		.pci_revision = 0x02,
		.rp_state_cap = 0x00060614,	/* 300 to 1,000 MHz */
		.rp_efficient = 0x6,
	},
};

const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id)
{
	size_t i;

	for (i = 0; i < COUNT(platforms); i++) {
		if (platforms[i].id == id)
			return &platforms[i];
	}
	return NULL;
}

const struct xengt_platform *xengt_platform_find(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(platforms); i++) {
		if (!strcmp(platforms[i].name, name))
			return &platforms[i];
	}
	return NULL;
}

const struct xengt_platform *
xengt_platform_of_pci(uint16_t device, const struct xengt_pci_id **ret_id)
{
	size_t i, n;

	for (i = 0; i < COUNT(platforms); i++) {
		for (n = 0; n < platforms[i].n_pci_ids; n++) {
			if (platforms[i].pci_ids[n].device != device)
				continue;
			if (ret_id)
				*ret_id = &platforms[i].pci_ids[n];
			return &platforms[i];
		}
	}
	return NULL;
}
