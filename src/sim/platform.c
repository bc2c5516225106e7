// SPDX-License-Identifier: GPL-2.0-only
/*
 * The GPUs that can be simulated: identity and fuses, as data.
 *
 * Capability offsets, revisions and fuse values are those of the desktop
 * Skylake GT2, the mobile Kaby Lake GT2 (which Linux drives like a Skylake with
 * other ids) and the mobile Broadwell GT2. Each of these GPUs has one slice
 * with three subslices of eight execution units.
 */
#include "sim/sim_priv.h"

#include <string.h>

/* clang-format off */
static const struct xengt_sim_platform platforms[] = {
	{ .name = "skl", .title = "Skylake GT2 (HD Graphics 530)",
	  .gen = SIM_GEN9, .device = 0x1912, .revision = 0x06,
	  .subvendor = 0x8086, .subdevice = 0x2212,
	  .cap_msi = 0xac, .cap_pm = 0xd0,
	  .fuse2 = 0x02800000,		/* only slice 0, without subslice 3 */
	  .eu_disable = { 0, 0, 0 },
	  .fuse_strap = 0, .sfuse_strap = 0x7,
	  .rp_state_cap = 0x00070717, .rp_efficient = 0x7 },

	{ .name = "kbl", .title = "Kaby Lake GT2 (HD Graphics 620)",
	  .gen = SIM_GEN9, .device = 0x5916, .revision = 0x02,
	  .subvendor = 0x8086, .subdevice = 0x2212,
	  .cap_msi = 0xac, .cap_pm = 0xd0,
	  .fuse2 = 0x02800000,		/* only slice 0, without subslice 3 */
	  .eu_disable = { 0, 0, 0 },
	  .fuse_strap = 0, .sfuse_strap = 0x7,
	  .rp_state_cap = 0x00060614, .rp_efficient = 0x6 },

	{ .name = "bdw", .title = "Broadwell GT2 (HD Graphics 5500)",
	  .gen = SIM_GEN8, .device = 0x1616, .revision = 0x09,
	  .subvendor = 0x8086, .subdevice = 0x2057,
	  .cap_msi = 0x90, .cap_pm = 0xd0,
	  .fuse2 = 0x02000000,		/* slice 0 is present, with all its
					 * subslices */
	  .eu_disable = { 0, 0, 0 },
	  .fuse_strap = 0, .sfuse_strap = 0x7,
	  .rp_state_cap = 0x00060613, .rp_efficient = 0x6 },
};
/* clang-format on */

#define N_PLATFORMS (sizeof(platforms) / sizeof(platforms[0]))

const struct xengt_sim_platform *xengt_sim_platform_find(const char *name)
{
	for (size_t i = 0; i < N_PLATFORMS; i++)
		if (!strcmp(platforms[i].name, name))
			return &platforms[i];
	return NULL;
}

const struct xengt_sim_platform *xengt_sim_platform_at(size_t i)
{
	return i < N_PLATFORMS ? &platforms[i] : NULL;
}

const char *xengt_sim_platform_name(const struct xengt_sim_platform *p)
{
	return p->name;
}

const char *xengt_sim_platform_title(const struct xengt_sim_platform *p)
{
	return p->title;
}

uint16_t xengt_sim_platform_device_id(const struct xengt_sim_platform *p)
{
	return p->device;
}
