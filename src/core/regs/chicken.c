/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Workaround registers whose high half is a mask (Broadwell and Skylake PRM,
 * volume 2c). Most of these registers belong to a context: the context's image
 * or the context's commands set them on the hardware. Values that the guest's
 * CPU writes stay in the vGPU's memory, so that a driver that checks its
 * workarounds reads back what it wrote. Workaround registers without a mask are
 * plain memory and have no row.
 */
#include "core/regs.h"
#include "hw/platform.h"
#include "xengt/types.h"

#define BOTH	(XENGT_GEN8 | XENGT_GEN9)
#define MASKED	.len = 4, .policy = XENGT_REG_SHADOW, .flags = XENGT_REG_MASKED

/* clang-format off */
static const struct xengt_reg rows[] = {
	{ .name = "FF_SLICE_CHICKEN", .off = 0x2088, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "3D_CHICKEN3", .off = 0x2090, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "GFX_20DC", .off = 0x20dc, .gens = BOTH, MASKED },	/* public documents give this register no name */
	{ .name = "FF_SLICE_CS_CHICKEN1", .off = 0x20e0, .gens = XENGT_GEN9, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "FF_SLICE_CS_CHICKEN2", .off = 0x20e4, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "CS_DEBUG_MODE1", .off = 0x20ec, .gens = XENGT_GEN9, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "CACHE_MODE_0_OLD", .off = 0x2120, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "GFX_2124", .off = 0x2124, .gens = BOTH, MASKED },	/* public documents give this register no name */
	{ .name = "GFX_2470", .off = 0x2470, .gens = BOTH, MASKED },	/* public documents give this register no name */
	{ .name = "CS_CHICKEN1", .off = 0x2580, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "ARB_MODE", .off = 0x4030, .gens = BOTH, MASKED },	/* the host controls the arbiter */
	{ .name = "WM_CHICKEN3", .off = 0x5588, .gens = XENGT_GEN9, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "CACHE_MODE_0", .off = 0x7000, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "CACHE_MODE_1", .off = 0x7004, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "GT_MODE", .off = 0x7008, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "COMMON_SLICE_CHICKEN1", .off = 0x7010, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "COMMON_SLICE_CHICKEN2", .off = 0x7014, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HIZ_CHICKEN", .off = 0x7018, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HDC_CHICKEN0", .off = 0x7300, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HDC_CHICKEN1", .off = 0x7304, .gens = XENGT_GEN9, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HALF_SLICE_CHICKEN1", .off = 0xe100, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HALF_SLICE_CHICKEN2", .off = 0xe180, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HALF_SLICE_CHICKEN3", .off = 0xe184, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HALF_SLICE_CHICKEN5", .off = 0xe188, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "HALF_SLICE_CHICKEN7", .off = 0xe194, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "ROW_CHICKEN", .off = 0xe4f0, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
	{ .name = "ROW_CHICKEN2", .off = 0xe4f4, .gens = BOTH, MASKED },	/* a workaround; the hardware uses the context's own value */
};
/* clang-format on */

const struct xengt_reg_block xengt_regs_chicken = {
	.name = "chicken",
	.rows = rows,
	.count = XENGT_ARRAY_SIZE(rows),
};
