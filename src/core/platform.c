/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One const struct a platform. A new GPU starts here; then its register rows
 * get its generation's bit.
 *
 * pvinfo_caps is a promise to the guest's driver: a bit may be set only when
 * what it names works. Full PPGTT, the status page and huge GTT entries arrive
 * with the engines; until then the word is 0, and an i915 refuses the device
 * with an error that says so, instead of hanging on it.
 */
#include "core/platform.h"

static const struct xengt_platform platforms[] = {
	{
		.id = XENGT_PLATFORM_BDW,
		.name = "Broadwell",
		.gen = XENGT_GEN8,
		.gen_index = 0,
		.pci_device = 0x1616,
		.pci_revision = 0x09,
		.pvinfo_caps = 0,
	},
	{
		.id = XENGT_PLATFORM_SKL,
		.name = "Skylake",
		.gen = XENGT_GEN9,
		.gen_index = 1,
		.pci_device = 0x1912,
		.pci_revision = 0x06,
		.pvinfo_caps = 0,
	},
};

const struct xengt_platform *xengt_platform_get(enum xengt_platform_id id)
{
	for (size_t i = 0; i < XENGT_ARRAY_SIZE(platforms); i++) {
		if (platforms[i].id == id)
			return &platforms[i];
	}
	return NULL;
}
