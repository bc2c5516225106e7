/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One const struct for each platform. To add a GPU, add a struct here, then set
 * the bit of its generation in the register rows.
 *
 * pvinfo_caps is a promise to the guest's driver: a bit may be set only if the
 * feature that it names works. i915 refuses a device without the first two
 * bits.
 *
 * Fuses are those of the GT2 parts: one slice, three subslices of eight
 * execution units (Broadwell and Skylake PRM, volume 4: device attributes).
 */
#include "hw/platform.h"

#define CAPS	(XENGT_PVINFO_CAP_FULL_PPGTT | XENGT_PVINFO_CAP_HWSP |	\
		 XENGT_PVINFO_CAP_HUGE_GTT)

static const struct xengt_platform platforms[] = {
	{
		.id = XENGT_PLATFORM_BDW,
		.name = "Broadwell",
		.gen = XENGT_GEN8,
		.gen_index = 0,
		.pci_device = 0x1616,
		.pci_revision = 0x09,
		.pvinfo_caps = CAPS,
		.fuse2 = 0x02000000,		/* slice 0, all its subslices */
		.rp_state_cap = 0x00060613,
		.rp_efficient = 0x6,
	},
	{
		.id = XENGT_PLATFORM_SKL,
		.name = "Skylake",
		.gen = XENGT_GEN9,
		.gen_index = 1,
		.pci_device = 0x1912,
		.pci_revision = 0x06,
		.pvinfo_caps = CAPS,
		.fuse2 = 0x02800000,		/* slice 0; no subslice 3 */
		.rp_state_cap = 0x00070717,
		.rp_efficient = 0x7,
	},
};

const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id)
{
	for (size_t i = 0; i < sizeof(platforms) / sizeof(platforms[0]); i++) {
		if (platforms[i].id == id)
			return &platforms[i];
	}
	return NULL;
}
